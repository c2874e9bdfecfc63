"""mmf_store: the generator's action, what is made of its output, and the label that users see."""

load("@mmapforge_symbols//:cc_common.bzl", "cc_common")
load("@mmapforge_symbols//:cc_info.bzl", "CcInfo")
load("@mmapforge_symbols//:py_info.bzl", "PyInfo")
load("@mmapforge_symbols//:py_infos.bzl", "PY_INFOS")
load("@rules_cc//cc:defs.bzl", "cc_library")
load("//:version.bzl", "MMF_VERSION")
load("//rules/private:attributes.bzl", "attributes_problem", "label_problem", "languages_problem")
load("//rules/private:copts.bzl", "MMF_COPTS")
load("//rules/private:names.bzl", "store_name_problem")
load("//rules/private:package.bzl", "MmfPackageInfo")
load("//rules/private:store_info.bzl", "MmfStoreInfo")

def mmf_store(name, schema, languages, visibility = None, tags = None, **kwargs):
    """Declares a store and the targets that it consists of; see //rules:defs.bzl.

    Args:
      name: names the target, its header and its module.
      schema: the label of one *.mmfs file.
      languages: a list of "c" and, unless it is for C alone, "python".
      visibility: of the target; the others are private.
      tags: of the target and of the others.
      **kwargs: common attributes, for the target and for the others.
    """
    problem = store_name_problem(name)
    if problem:
        fail("mmf_store: the name \"%s\" %s" % (name, problem))
    problem = attributes_problem("mmf_store", name, ["name", "schema", "languages"], kwargs) or \
              label_problem("mmf_store", name, "schema", schema, "one *.mmfs file") or \
              languages_problem("mmf_store", name, languages)
    if problem:
        fail(problem)

    # A symbolic macro hands on what it was not given as None, which a rule of another Bazel may not have.
    kwargs = {attribute: value for attribute, value in kwargs.items() if value != None}

    # A store's name has no dash, so the names of one store's targets never meet those of another.
    generated = name + "-generated"
    library = name + "-c"
    private = dict(kwargs, tags = tags, visibility = ["//visibility:private"])

    # Python searches this directory, where nothing but the store's package may be found.
    package = "%s-python/%s/" % (name, name)
    python = {
        "module": package + "__init__.py",
        "stub": package + "__init__.pyi",
    } if "python" in languages else {}

    _store_sources(
        name = generated,
        store = name,
        schema = schema,
        header = name + ".h",
        source = name + ".c",
        **dict(private, **python)
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
    (_store if python else _c_store)(
        name = name,
        c_header = name + ".h",
        c_library = library,
        generated = generated,
        tags = tags,
        visibility = visibility,
        **dict(kwargs, **python)
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
    outputs = [ctx.outputs.header, ctx.outputs.source]
    if ctx.outputs.module:
        arguments.add("--python", ctx.outputs.module)
        arguments.add("--stub", ctx.outputs.stub)
        outputs += [ctx.outputs.module, ctx.outputs.stub]
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
    return [
        DefaultInfo(files = depset(outputs)),
        MmfStoreInfo(
            header = ctx.outputs.header,
            module = ctx.outputs.module,
            name = ctx.attr.store,
            schema = schema,
            source = ctx.outputs.source,
            stub = ctx.outputs.stub,
            version = MMF_VERSION,
        ),
    ]

_store_sources = rule(
    implementation = _store_sources_impl,
    doc = "Runs the generator over one schema.",
    attrs = {
        "header": attr.output(doc = "The C header.", mandatory = True),
        "module": attr.output(doc = "The Python module, unless the store is for C alone."),
        "schema": attr.label(doc = "The *.mmfs file.", allow_files = True, mandatory = True),
        "source": attr.output(doc = "The C source file.", mandatory = True),
        "store": attr.string(doc = "The name of the store's target.", mandatory = True),
        "stub": attr.output(doc = "The types of the Python module."),
        "_generator": attr.label(
            default = Label("//gen:generator"),
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
        providers = [
            Info(
                imports = depset([directory], transitive = [shared[PyInfo].imports]),
                transitive_sources = depset(
                    [ctx.file.module],
                    transitive = [shared[PyInfo].transitive_sources],
                ),
            )
            for Info in PY_INFOS
        ],
        runfiles = runfiles.merge(shared[DefaultInfo].default_runfiles),
    )

def _store_providers(ctx, c, python):
    """What a store is to the rules that depend on it; python is None for a store in C alone."""
    store = ctx.attr.generated[MmfStoreInfo]
    files = [c.files] + ([python.files] if python else [])
    groups = {
        "c": depset([store.source], transitive = [c.files]),
        "generated": ctx.attr.generated[DefaultInfo].files,
    }
    if python:
        groups["python"] = python.files
    return [
        c.provider,
        store,
        DefaultInfo(
            files = depset(transitive = files),
            # A cc_test takes those of the Python half along, and a py_test those of the C half:
            # both kinds of rules collect the same runfiles, and Bazel has no other way for a py_*
            # rule to get files of what it depends on.
            runfiles = c.runfiles.merge(python.runfiles) if python else c.runfiles,
        ),
        OutputGroupInfo(**groups),
        coverage_common.instrumented_files_info(ctx, dependency_attributes = ["c_library"]),
    ]

def _c_store_impl(ctx):
    return _store_providers(ctx, _c_half(ctx), None)

def _store_impl(ctx):
    python = _python_half(ctx)
    return _store_providers(ctx, _c_half(ctx), python) + python.providers + [python.package]

_C_ATTRIBUTES = {
    "c_header": attr.label(doc = "The generated header.", allow_single_file = True),
    "c_library": attr.label(doc = "The compiled C half.", providers = [CcInfo]),
    "generated": attr.label(doc = "All that the generator made.", providers = [MmfStoreInfo]),
}

_c_store = rule(
    implementation = _c_store_impl,
    doc = "The label of a store that is for C alone: nothing of Python is built for it.",
    attrs = _C_ATTRIBUTES,
    provides = [CcInfo, MmfStoreInfo],
)

_store = rule(
    implementation = _store_impl,
    doc = "One label for all languages of a store.",
    attrs = dict(
        _C_ATTRIBUTES,
        module = attr.label(doc = "The generated Python module.", allow_single_file = True),
        stub = attr.label(doc = "Its types.", allow_single_file = True),
        _package = attr.label(
            doc = "What every generated module imports.",
            default = Label("//bindings/python:mmapforge"),
            providers = [MmfPackageInfo],
        ),
    ),
    provides = [CcInfo, MmfStoreInfo, PyInfo],
)
