"""What only this repository's own tests and benchmarks need; no user's build loads it.

Google Test and Google Benchmark are the distribution's files where those are installed, else a
pinned archive.
"""

load("//rules/private:distro.bzl", "distro_repository")
load("//rules/private:maybe.bzl", "maybe")
load("//rules/private:peers.bzl", "peers_repository")
load("//rules/private:shims.bzl", "TEST_SHIMS", "shim_repository")

def _googletest(declare):
    declare(
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

def _google_benchmark(declare):
    declare(
        distro_repository,
        name = "google_benchmark",
        distro_build_file = Label("//rules/private:benchmark_distro.BUILD"),
        distro_paths = {"include/benchmark": "/usr/include/benchmark"},
        archive_build_file = Label("//rules/private:benchmark_archive.BUILD"),
        sha256 = "6430e4092653380d9dc4ccb45a1e2dc9259d581f4866dc0759713126056bc1d7",
        strip_prefix = "benchmark-1.7.1",
        url = "https://github.com/google/benchmark/archive/v1.7.1.tar.gz",
    )

def declare_test_dependencies(declare):
    """Declares them in any mode.

    Args:
      declare: called with a repository rule, and with its attributes by name.
    """
    _googletest(declare)
    _google_benchmark(declare)

    # What benchmarks compare with, where it is installed; the rest is left out.
    declare(peers_repository, name = "mmapforge_peers")

def mmf_test_dependencies():
    """Declares, where absent, what the tests and benchmarks need, in a WORKSPACE."""
    declare_test_dependencies(maybe)
    for name, files in TEST_SHIMS.items():
        maybe(shim_repository, name = name, files = files)
