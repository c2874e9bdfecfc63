"""The shared Python package, as py_* rules, plain directories and wheels take it."""

load("@mmapforge_symbols//:py_infos.bzl", "PY_INFOS")

MmfPackageInfo = provider(
    doc = "A Python package as files.",
    fields = {
        "files": "dict from the path under the directory that Python searches to a File",
    },
)

def _python_package_impl(ctx):
    # The part of a path that is below this BUILD file: source or generated, here or elsewhere.
    prefix = ctx.label.package + "/"
    files = {}
    for file in ctx.files.srcs:
        _, found, path = file.short_path.partition(prefix)
        if not found:
            fail("%s is not below %s" % (file, ctx.label.package))
        files[path] = file
    return [
        # The repository is named like the package, and in the runfiles of a py_* target it is a
        # directory of that name, which Python looks into before any other. So the package itself
        # goes there. Nothing else of it is in the runfiles: for one Python file of the repository
        # Bazel would put an empty __init__.py into that directory, in its place.
        DefaultInfo(
            files = depset(ctx.files.srcs),
            runfiles = ctx.runfiles(root_symlinks = files),
        ),
        MmfPackageInfo(files = files),
    ] + [
        Info(
            # The root of the runfiles, in which newer rules of Python do not look by themselves.
            imports = depset(["."]),
            transitive_sources = depset([
                file
                for file in ctx.files.srcs
                if file.extension == "py"
            ]),
        )
        for Info in PY_INFOS
    ]

python_package = rule(
    implementation = _python_package_impl,
    doc = "A package that is found at the root of the runfiles of every py_* target.",
    attrs = {
        "srcs": attr.label_list(
            doc = "Files below this BUILD file, in the package's directory.",
            allow_files = True,
            mandatory = True,
        ),
    },
)
