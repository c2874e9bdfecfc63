"""What a WORKSPACE that uses mmapforge calls, in this order:

    load("@mmapforge//rules:deps.bzl", "mmf_dependencies", "mmf_register_toolchains")

    mmf_dependencies()

    mmf_register_toolchains()

Nothing is downloaded. A repository that the WORKSPACE has declared before is left alone. With
MODULE.bazel none of this is called.
"""

load("//rules/private:maybe.bzl", "maybe")
load("//rules/private:python.bzl", "python_repository")
load("//rules/private:shims.bzl", "SHIMS", "shim_repository")
load("//rules/private:symbols.bzl", "symbols_repository")

def mmf_dependencies():
    """Declares, where absent, the repositories that a build of mmf_store asks for."""
    for name, files in SHIMS.items():
        maybe(shim_repository, name = name, files = files)

    # Loaded by every mmf_store: what Bazel has built in, and which Python there is, if any.
    maybe(symbols_repository, name = "mmapforge_symbols")
    maybe(python_repository, name = "mmapforge_python", cpu_flag = True)

# buildifier: disable=unnamed-macro
def mmf_register_toolchains():
    """Registers the toolchains of the bindings. C needs none beyond Bazel's own."""
    native.register_toolchains("@mmapforge_python//:toolchain")
