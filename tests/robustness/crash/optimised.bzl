"""Tests whose C is compiled with -O2 in every build mode: that is the order of stores that ships."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//rules/private:copts.bzl", "MMF_CXXOPTS")
load("//rules/private:optimised.bzl", "optimise")

def _optimised_test_impl(ctx):
    program = ctx.attr.program[0][DefaultInfo]
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = executable,
        target_file = program.files_to_run.executable,
        is_executable = True,
    )
    return [
        DefaultInfo(
            executable = executable,
            runfiles = program.default_runfiles,
        ),
        testing.TestEnvironment(ctx.attr.env),
    ]

_optimised_test = rule(
    implementation = _optimised_test_impl,
    doc = "Runs a program as a test, compiled with -c opt whatever the build's mode is.",
    test = True,
    attrs = {
        "program": attr.label(cfg = optimise, executable = True, mandatory = True),
        "env": attr.string_dict(),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)

def crash_test(name, long_env, envs = {}, shard_count = 2):
    """A test of name.cpp, and name_long, which does more of the same for as long as it takes.

    Args:
      name: of the test, and of its source without the suffix.
      long_env: variables of the environment by which the program knows how much more.
      envs: by the kinds of records (":crash_KIND"), the same for name_KIND, which is the test over records of that
        kind, and has a name_KIND_long as well. None: there is the long one alone.
      shard_count: how many parts the tests of name.cpp run in, at the same time. A writer and the
        process that steps it take turns, and are faster beside others than on an idle machine.
    """
    _crash_test(name, name, ":crash", {}, long_env, shard_count)
    for kind, env in envs.items():
        _crash_test(name + "_" + kind, name, ":crash_" + kind, env, long_env, shard_count)

def _crash_test(name, source, library, env, long_env, shard_count):
    cc_binary(
        name = name + "_program",
        testonly = True,
        srcs = [source + ".cpp"],
        copts = MMF_CXXOPTS,
        # Built as what the tests need, and not on its own.
        tags = ["manual"],
        deps = [
            library,
            "@googletest//:gtest_main",
        ],
    )
    if env != None:
        _optimised_test(
            name = name,
            size = "large",
            env = env,
            program = name + "_program",
            shard_count = shard_count,
            # A sanitizer's own instructions would be stepped through as well.
            tags = ["nosan"],
        )
    _optimised_test(
        name = name + "_long",
        size = "enormous",
        env = long_env,
        program = name + "_program",
        tags = ["manual"],
    )
