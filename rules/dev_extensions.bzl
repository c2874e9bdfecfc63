"""The extension of this repository's own MODULE.bazel; it is no dependency of other modules."""

load("//rules:dev_deps.bzl", "declare_test_dependencies")

def _declare(repository_rule, name, **kwargs):
    repository_rule(name = name, **kwargs)

def _mmapforge_dev_impl(_ctx):
    declare_test_dependencies(_declare)

mmapforge_dev = module_extension(
    implementation = _mmapforge_dev_impl,
    doc = "Declares what tests and benchmarks need.",
)
