"""core_test: a test of core, in C++ with Google Test."""

load("@rules_cc//cc:defs.bzl", "cc_test")
load("//rules/private:copts.bzl", "MMF_CXXOPTS")

def core_test(name, deps, srcs = None, size = "small", copts = [], concurrent = False, wrap = [], **kwargs):
    """Declares the test whose source is NAME.cpp.

    Every test is linked with Google Test, its main function and threads.

    Args:
      name: of the target, which ends in _test.
      deps: libraries of core, and what the test uses of //tests/support.
      srcs: the sources, if there is more than NAME.cpp, or another.
      size: as in cc_test: "small" is up to a minute, "medium" up to five.
      copts: options of the compiler, beside those of all C++ of the repository.
      concurrent: whether threads of the test use one store at once; such tests also run under TSan.
      wrap: functions of the C library. Calls of them go to __wrap_NAME, which the test defines, and
        __real_NAME is the original.
      **kwargs: other attributes of cc_test.
    """
    cc_test(
        name = name,
        size = size,
        srcs = srcs or [name + ".cpp"],
        copts = MMF_CXXOPTS + copts,
        linkopts = kwargs.pop("linkopts", []) + ["-pthread"] + ["-Wl,--wrap=" + function for function in wrap],
        # The linker redirects calls only within what it links.
        linkstatic = True if wrap else None,
        tags = kwargs.pop("tags", []) + (["concurrency"] if concurrent else []),
        deps = deps + ["@googletest//:gtest_main"],
        **kwargs
    )
