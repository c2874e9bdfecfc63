"""mmf_wheel: a store and the package that it imports, as pip installs them."""

load("@mmapforge_python//:defs.bzl", "PYTHON_INTERPRETER", "PYTHON_MACHINE", "PYTHON_PROBLEM")
load("//rules/private:package.bzl", "MmfPackageInfo")

def mmf_wheel(name, store, version, distribution, summary, tags, **kwargs):
    """Declares a wheel; see //rules:defs.bzl.

    Args:
      name: names the target.
      store: an mmf_store.
      version: of the distribution, by PEP 440.
      distribution: the name that pip knows it by.
      summary: one line about it.
      tags: of the target.
      **kwargs: what every rule takes.
    """
    _wheel(
        name = name,
        distribution = distribution,
        store = store,
        summary = summary,
        # With no Python there is no wheel, and a build of everything goes on without it.
        tags = tags + (["manual"] if PYTHON_PROBLEM else []),
        version = version,
        **kwargs
    )

def _wheel_impl(ctx):
    if PYTHON_PROBLEM:
        fail("mmf_wheel: %s cannot be built: %s" % (ctx.label, PYTHON_PROBLEM))

    distribution = ctx.attr.distribution or ctx.attr.store.label.name.replace("_", "-")
    tag = "cp39-abi3-linux_" + PYTHON_MACHINE
    wheel = ctx.actions.declare_file("%s-%s-%s.whl" % (
        distribution.replace("-", "_").replace(".", "_").lower(),
        ctx.attr.version.replace("-", "_"),
        tag,
    ))
    files = {}
    for package in [ctx.attr.store[MmfPackageInfo], ctx.attr._package[MmfPackageInfo]]:
        files.update(package.files)

    arguments = ctx.actions.args()
    arguments.add("-sB")
    arguments.add(ctx.file._builder)
    arguments.add("--out", wheel)
    arguments.add("--name", distribution)
    arguments.add("--version", ctx.attr.version)
    arguments.add("--tag", tag)
    arguments.add("--summary", ctx.attr.summary or "The records of %s." % ctx.attr.store.label.name)
    for path, file in files.items():
        arguments.add(file, format = path.replace("%", "%%") + "=%s")
    ctx.actions.run(
        executable = PYTHON_INTERPRETER,
        arguments = [arguments],
        inputs = files.values() + [ctx.file._builder],
        outputs = [wheel],
        env = {},
        mnemonic = "MmfWheel",
        progress_message = "Building wheel %s" % wheel.short_path,
    )
    return [DefaultInfo(
        files = depset([wheel]),
        runfiles = ctx.runfiles([wheel]),
    )]

_wheel = rule(
    implementation = _wheel_impl,
    doc = "Puts the packages of a store into a wheel for the stable ABI.",
    attrs = {
        "distribution": attr.string(doc = "The name for pip; that of the store if empty."),
        "store": attr.label(doc = "An mmf_store.", providers = [MmfPackageInfo], mandatory = True),
        "summary": attr.string(doc = "One line."),
        "version": attr.string(doc = "By PEP 440.", mandatory = True),
        "_builder": attr.label(
            default = Label("//rules/private:build_wheel.py"),
            allow_single_file = True,
        ),
        "_package": attr.label(
            default = Label("//bindings/python:mmapforge"),
            providers = [MmfPackageInfo],
        ),
    },
)
