"""The version of this project."""

MMF_VERSION = "0.1.0"
