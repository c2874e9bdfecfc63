"""mmf_wheel and the wheel of the runtime: what pip installs of a store, and of all stores."""

load("@mmapforge_python//:defs.bzl", "PYTHON_INTERPRETER", "PYTHON_MACHINE", "PYTHON_PROBLEM")
load("//:version.bzl", "MMF_VERSION")
load("//rules/private:attributes.bzl", "attributes_problem", "label_problem")
load("//rules/private:package.bzl", "MmfPackageInfo")
load("//rules/private:pep440.bzl", "normalised_version")

def mmf_wheel(name, store, version, distribution, summary, tags, **kwargs):
    """Declares the wheel of a store; see //rules:defs.bzl.

    Args:
      name: names the target.
      store: an mmf_store.
      version: of the distribution, by PEP 440.
      distribution: the name that pip knows it by.
      summary: one line about it.
      tags: of the target.
      **kwargs: what every rule takes.
    """
    own = ["name", "store", "version", "distribution", "summary"]
    problem = attributes_problem("mmf_wheel", name, own, kwargs) or \
              label_problem("mmf_wheel", name, "store", store, "an mmf_store")
    if problem:
        fail(problem)
    _wheel(
        name = name,
        distribution = distribution,
        package = store,
        # Every store is text over the one runtime, which is a wheel of its own: a second copy of it
        # in the same place would be gone when the first wheel is uninstalled.
        requires = ["mmapforge>=" + MMF_VERSION],
        summary = summary,
        # With no Python there is no wheel, and a build of everything goes on without it.
        tags = tags + ([] if PYTHON_INTERPRETER else ["manual"]),
        version = version,
        **kwargs
    )

def mmf_runtime_wheel(name, package, sources, programs, scripts, summary, **kwargs):
    """Declares the wheel of the package that every store imports, with its extension module.

    Args:
      name: names the target.
      package: a python_package.
      sources: files that are put into the package, by their paths in the repository.
      programs: executables that are put into the package's directory bin.
      scripts: a dict from commands that pip makes to the functions that they call, "module:function".
      summary: one line about it.
      **kwargs: what every rule takes.
    """
    _wheel(
        name = name,
        distribution = "mmapforge",
        # The machine that the build is for: an extension for another one is not to be had.
        machine = select({
            "@mmapforge_python//:for_another_machine": "",
            "//conditions:default": PYTHON_MACHINE or "",
        }),
        native = True,
        package = package,
        programs = programs,
        requires = ["cffi>=1.15"],
        scripts = scripts,
        sources = sources,
        summary = summary,
        tags = ["manual"] if PYTHON_PROBLEM else [],
        version = MMF_VERSION,
        **kwargs
    )

def _wheel_impl(ctx):
    problem = PYTHON_PROBLEM if ctx.attr.native or not PYTHON_INTERPRETER else None
    if problem:
        fail("mmf_wheel: %s cannot be built: %s" % (ctx.label, problem))
    if ctx.attr.native and not ctx.attr.machine:
        fail("mmf_wheel: %s cannot be built: it has an extension module for the machine that builds it, which is %s, and this build is for another one; build it there" %
             (ctx.label, PYTHON_MACHINE))
    package = ctx.attr.package
    if MmfPackageInfo not in package:
        fail("mmf_wheel: store of \"%s\" is %s, which is no mmf_store; give the label of one" %
             (ctx.label.name, package.label))
    version = normalised_version(ctx.attr.version)
    if not version:
        fail("mmf_wheel: version of \"%s\" is \"%s\", which is not a version by PEP 440; write it like \"1.0\" or \"1.0rc1\"" %
             (ctx.label.name, ctx.attr.version))

    distribution = ctx.attr.distribution or package.label.name.replace("_", "-")
    tag = "cp39-abi3-linux_" + ctx.attr.machine if ctx.attr.native else "py3-none-any"
    wheel = ctx.actions.declare_file("%s-%s-%s.whl" % (
        distribution.replace("-", "_").replace(".", "_").lower(),
        version,
        tag,
    ))
    files = dict(package[MmfPackageInfo].files)
    for file in ctx.files.sources:
        # Of another repository the path begins with "../" and its name.
        path = file.short_path
        files["mmapforge/" + (path.split("/", 2)[2] if path.startswith("../") else path)] = file
    programs = ["mmapforge/bin/" + file.basename for file in ctx.files.programs]
    files.update(zip(programs, ctx.files.programs))

    arguments = ctx.actions.args()
    arguments.add("-sB")
    arguments.add(ctx.file._builder)
    arguments.add("--out", wheel)
    arguments.add("--name", distribution)
    arguments.add("--version", version)
    arguments.add("--tag", tag)
    arguments.add("--summary", ctx.attr.summary or "The records of %s." % package.label.name)
    arguments.add_all(ctx.attr.requires, before_each = "--requires")
    arguments.add_all(programs, before_each = "--executable")
    for command, function in ctx.attr.scripts.items():
        arguments.add("--script", "%s=%s" % (command, function))
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
    doc = "Puts one package into a wheel: text for any machine, or with an extension for the stable ABI.",
    attrs = {
        "distribution": attr.string(doc = "The name for pip; that of the package's target if empty."),
        "machine": attr.string(doc = "What the extension module is for, as the tags of wheels spell it."),
        "native": attr.bool(doc = "Whether the package has an extension module."),
        "package": attr.label(doc = "An mmf_store or a python_package.", mandatory = True),
        "programs": attr.label_list(doc = "Executables, for the package's directory bin.", allow_files = True),
        "requires": attr.string_list(doc = "What pip installs with it, by PEP 508."),
        "scripts": attr.string_dict(doc = "Commands that pip makes, and the functions that they call."),
        "sources": attr.label_list(doc = "Files for the package, by their paths.", allow_files = True),
        "summary": attr.string(doc = "One line."),
        "version": attr.string(doc = "By PEP 440.", mandatory = True),
        "_builder": attr.label(
            default = Label("//rules/private:build_wheel.py"),
            allow_single_file = True,
        ),
    },
)
