"""The version of this project; core/include/mmapforge/version.h and the Python package repeat it."""

MMF_VERSION = "0.2.0"
