"""mmf_store: the generator's action, what is made of its output, and the label that users see."""

load("@mmapforge_symbols//:cc_common.bzl", "cc_common")
load("@mmapforge_symbols//:cc_info.bzl", "CcInfo")
load("@mmapforge_symbols//:py_info.bzl", "PyInfo")
load("@rules_cc//cc:defs.bzl", "cc_library")
load("//rules/private:attributes.bzl", "attributes_problem", "label_problem")
load("//rules/private:copts.bzl", "MMF_COPTS")
load("//rules/private:names.bzl", "store_name_problem")
load("//rules/private:package.bzl", "MmfPackageInfo")

def mmf_store(name, schema, visibility = None, tags = [], **kwargs):
    """Declares a store and the targets that it consists of; see //rules:defs.bzl.

    Args:
      name: names the target, its header and its module.
      schema: the label of one *.mmfs file.
      visibility: of the target; the others are private.
      tags: of the target and of the others.
      **kwargs: common attributes, for the target and for the others.
    """
    problem = store_name_problem(name)
    if problem:
        fail("mmf_store: the name \"%s\" %s" % (name, problem))
    problem = attributes_problem("mmf_store", name, ["name", "schema"], kwargs) or \
              label_problem("mmf_store", name, "schema", schema, "one *.mmfs file")
    if problem:
        fail(problem)

    # A store's name has no dash, so the names of one store's targets never meet those of another.
    generated = name + "-generated"
    library = name + "-c"

    # Python searches this directory, where nothing but the store's package may be found.
    python = name + "-python"
    private = dict(kwargs, tags = tags, visibility = ["//visibility:private"])

    _store_sources(
        name = generated,
        store = name,
        schema = schema,
        header = name + ".h",
        module = "%s/%s/__init__.py" % (python, name),
        source = name + ".c",
        stub = "%s/%s/__init__.pyi" % (python, name),
        **private
    )
    cc_library(
        name = library,
        srcs = [name + ".c"],
        hdrs = [name + ".h"],
        copts = MMF_COPTS,
        # Always linked, and statically: of two stores with the same record in one program the
        # linker would silently take one. This way it reports every function defined twice.
        alwayslink = True,
        linkstatic = True,
        deps = [Label("//core:generated")],
        **private
    )
    _store(
        name = name,
        c_header = name + ".h",
        c_library = library,
        module = "%s/%s/__init__.py" % (python, name),
        stub = "%s/%s/__init__.pyi" % (python, name),
        tags = tags,
        visibility = visibility,
        **kwargs
    )

def _store_sources_impl(ctx):
    if len(ctx.files.schema) != 1:
        fail(("mmf_store: the schema of \"%s\" is %s, which is %d files; it must be one, whose name " +
              "ends in .mmfs, and one mmf_store for each") %
             (ctx.attr.store, ctx.attr.schema.label, len(ctx.files.schema)))
    schema = ctx.files.schema[0]
    if schema.extension != "mmfs":
        fail("mmf_store: the schema of \"%s\" is %s; it must be a file whose name ends in .mmfs" %
             (ctx.attr.store, ctx.attr.schema.label))

    arguments = ctx.actions.args()
    arguments.add("--schema", schema)
    arguments.add("--name", ctx.attr.store)
    arguments.add("--header", ctx.outputs.header)
    arguments.add("--source", ctx.outputs.source)
    arguments.add("--python", ctx.outputs.module)
    arguments.add("--stub", ctx.outputs.stub)
    outputs = [ctx.outputs.header, ctx.outputs.source, ctx.outputs.module, ctx.outputs.stub]
    ctx.actions.run(
        executable = ctx.executable._generator,
        arguments = [arguments],
        inputs = [schema],
        outputs = outputs,
        # Nothing but the schema and the name may decide what is generated.
        env = {},
        mnemonic = "MmfGenerate",
        progress_message = "Generating %s from %s" % (ctx.outputs.header.basename, schema.short_path),
    )
    return [DefaultInfo(files = depset(outputs))]

_store_sources = rule(
    implementation = _store_sources_impl,
    doc = "Runs the generator over one schema.",
    attrs = {
        "header": attr.output(doc = "The C header.", mandatory = True),
        "module": attr.output(doc = "The Python module.", mandatory = True),
        "schema": attr.label(doc = "The *.mmfs file.", allow_files = True, mandatory = True),
        "source": attr.output(doc = "The C source file.", mandatory = True),
        "store": attr.string(doc = "The name of the store's target.", mandatory = True),
        "stub": attr.output(doc = "The types of the Python module.", mandatory = True),
        "_generator": attr.label(
            default = Label("//gen:mmfgen"),
            cfg = "exec",
            executable = True,
        ),
    },
)

def _c_half(ctx):
    """Providers and runfiles of the C library, and the files that a build of the store makes."""

    # Only the directory of the generated header, and only for quoted includes: `includes = ["."]`
    # would put every file beside the BUILD file before the system's headers of the same name.
    library = ctx.attr.c_library
    by_name = CcInfo(compilation_context = cc_common.create_compilation_context(
        headers = depset([ctx.file.c_header]),
        quote_includes = depset([ctx.file.c_header.dirname]),
    ))
    return struct(
        files = depset([ctx.file.c_header], transitive = [library[DefaultInfo].files]),
        provider = cc_common.merge_cc_infos(cc_infos = [by_name, library[CcInfo]]),
        runfiles = library[DefaultInfo].default_runfiles,
    )

def _python_half(ctx):
    """The same of the Python module, and the package as files."""
    name = ctx.label.name
    shared = ctx.attr._package

    # Marks the package as one that has types; see PEP 561.
    marker = ctx.actions.declare_file("%s-python/%s/py.typed" % (name, name))
    ctx.actions.write(marker, "")
    package = {
        name + "/__init__.py": ctx.file.module,
        name + "/__init__.pyi": ctx.file.stub,
        name + "/py.typed": marker,
    }

    # The shared package stands beside it for a python3 that Bazel does not run.
    links = []
    for path, file in shared[MmfPackageInfo].files.items():
        link = ctx.actions.declare_file("%s-python/%s" % (name, path))
        ctx.actions.symlink(output = link, target_file = file)
        links.append(link)

    # In runfiles these are links, too, and no files of the repository: for one Python file of
    # another repository Bazel makes an __init__.py of the directory of that repository, and that
    # of this one has the name of the package.
    directory = "/".join([
        part
        for part in [ctx.label.workspace_name or ctx.workspace_name, ctx.label.package, name + "-python"]
        if part
    ])
    runfiles = ctx.runfiles(root_symlinks = {
        directory + "/" + path: file
        for path, file in package.items()
    })
    return struct(
        files = depset(package.values() + links),
        package = MmfPackageInfo(files = package),
        provider = PyInfo(
            imports = depset([directory]),
            transitive_sources = depset(
                [ctx.file.module],
                transitive = [shared[PyInfo].transitive_sources],
            ),
        ),
        runfiles = runfiles.merge(shared[DefaultInfo].default_runfiles),
    )

def _store_impl(ctx):
    c = _c_half(ctx)
    python = _python_half(ctx)
    return [
        c.provider,
        python.provider,
        python.package,
        DefaultInfo(
            files = depset(transitive = [c.files, python.files]),
            # A cc_test takes those of the Python half along, and a py_test those of the C half:
            # both kinds of rules collect the same runfiles, and Bazel has no other way for a py_*
            # rule to get files of what it depends on.
            runfiles = c.runfiles.merge(python.runfiles),
        ),
        coverage_common.instrumented_files_info(ctx, dependency_attributes = ["c_library"]),
    ]

_store = rule(
    implementation = _store_impl,
    doc = "One label for all languages of a store.",
    attrs = {
        "c_header": attr.label(doc = "The generated header.", allow_single_file = True),
        "c_library": attr.label(doc = "The compiled C half.", providers = [CcInfo]),
        "module": attr.label(doc = "The generated Python module.", allow_single_file = True),
        "stub": attr.label(doc = "Its types.", allow_single_file = True),
        "_package": attr.label(
            doc = "What every generated module imports.",
            default = Label("//bindings/python:mmapforge"),
            providers = [MmfPackageInfo],
        ),
    },
    provides = [CcInfo, PyInfo],
)
