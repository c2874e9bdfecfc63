"""What a WORKSPACE that uses mmapforge calls, in this order:

    load("@mmapforge//rules:deps.bzl", "mmf_dependencies", "mmf_register_toolchains")

    mmf_dependencies()

    mmf_register_toolchains()

Nothing is downloaded. A repository that the WORKSPACE has declared before is left alone.
"""

load("//rules/private:distro.bzl", "distro_repository")
load("//rules/private:peers.bzl", "peers_repository")
load("//rules/private:python.bzl", "python_repository")
load("//rules/private:shims.bzl", "SHIMS", "shim_repository")

def mmf_dependencies():
    """Declares, where absent, the repositories that a build of mmf_store asks for."""
    for name, files in SHIMS.items():
        _maybe(shim_repository, name = name, files = files)

    # Loaded by every mmf_store: it says which Python there is, if any.
    _maybe(python_repository, name = "mmapforge_python")

# buildifier: disable=unnamed-macro
def mmf_register_toolchains():
    """Registers the toolchains of the bindings. C needs none beyond Bazel's own."""
    native.register_toolchains("@mmapforge_python//:toolchain")

def mmf_test_dependencies():
    """Declares, where absent, what only this repository's own tests and benchmarks ask for.

    They are the distribution's files where those are installed, else a pinned archive.
    """
    _maybe(
        distro_repository,
        name = "googletest",
        distro_build_file = Label("//rules/private:googletest.BUILD"),
        distro_paths = {
            "googlemock": "/usr/src/googletest/googlemock",
            "googletest": "/usr/src/googletest/googletest",
        },
        archive_build_file = Label("//rules/private:googletest.BUILD"),
        sha256 = "81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2",
        strip_prefix = "googletest-release-1.12.1",
        url = "https://github.com/google/googletest/archive/release-1.12.1.tar.gz",
    )
    _maybe(
        distro_repository,
        name = "google_benchmark",
        distro_build_file = Label("//rules/private:benchmark_distro.BUILD"),
        distro_paths = {"include/benchmark": "/usr/include/benchmark"},
        archive_build_file = Label("//rules/private:benchmark_archive.BUILD"),
        sha256 = "6430e4092653380d9dc4ccb45a1e2dc9259d581f4866dc0759713126056bc1d7",
        strip_prefix = "benchmark-1.7.1",
        url = "https://github.com/google/benchmark/archive/v1.7.1.tar.gz",
    )

    # What benchmarks compare with, where it is installed; the rest is left out.
    _maybe(peers_repository, name = "mmapforge_peers")

def _maybe(repository_rule, name, **kwargs):
    if not native.existing_rule(name):
        repository_rule(name = name, **kwargs)
