"""mmf_store: the generator's action, the C library over its output, and the label that users see."""

load("@rules_cc//cc:defs.bzl", "cc_library")
load("//rules/private:copts.bzl", "MMF_COPTS")
load("//rules/private:names.bzl", "store_name_problem")

def mmf_store(name, schema, visibility = None, tags = [], **kwargs):
    """Declares a store and the targets behind it; see //rules:defs.bzl.

    Args:
      name: names the target, its header and its module.
      schema: the label of one *.mmfs file.
      visibility: of the target; the targets behind it are private.
      tags: of the target and of those behind it.
      **kwargs: common attributes, for the target and for those behind it.
    """
    problem = store_name_problem(name)
    if problem:
        fail("mmf_store: the name \"%s\" %s" % (name, problem))

    # A store's name has no dash, so the names behind one store never meet those of another.
    generated = name + "-generated"
    library = name + "-c"
    private = dict(kwargs, tags = tags, visibility = ["//visibility:private"])

    _store_sources(
        name = generated,
        store = name,
        schema = schema,
        header = name + ".h",
        source = name + ".c",
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
        deps = [Label("//core:gencode")],
        **private
    )
    _store(
        name = name,
        c_header = name + ".h",
        c_library = library,
        tags = tags,
        visibility = visibility,
        **kwargs
    )

def _store_sources_impl(ctx):
    schema = ctx.file.schema
    if schema.extension != "mmfs":
        fail("mmf_store: the schema of \"%s\" is %s; it must be a file whose name ends in .mmfs" %
             (ctx.attr.store, ctx.attr.schema.label))

    arguments = ctx.actions.args()
    arguments.add("--schema", schema)
    arguments.add("--name", ctx.attr.store)
    arguments.add("--header", ctx.outputs.header)
    arguments.add("--source", ctx.outputs.source)
    ctx.actions.run(
        executable = ctx.executable._generator,
        arguments = [arguments],
        inputs = [schema],
        outputs = [ctx.outputs.header, ctx.outputs.source],
        # Nothing but the schema and the name may decide what is generated.
        env = {},
        mnemonic = "MmfGenerate",
        progress_message = "Generating %s from %s" % (ctx.outputs.header.basename, schema.short_path),
    )
    return [DefaultInfo(files = depset([ctx.outputs.header, ctx.outputs.source]))]

_store_sources = rule(
    implementation = _store_sources_impl,
    doc = "Runs the generator over one schema.",
    attrs = {
        "header": attr.output(doc = "The C header.", mandatory = True),
        "schema": attr.label(doc = "The *.mmfs file.", allow_single_file = True, mandatory = True),
        "source": attr.output(doc = "The C source file.", mandatory = True),
        "store": attr.string(doc = "The name of the store's target.", mandatory = True),
        "_generator": attr.label(
            default = Label("//gen:mmfgen"),
            cfg = "exec",
            executable = True,
        ),
    },
)

def _store_impl(ctx):
    library = ctx.attr.c_library

    # Only the directory of the generated header, and only for quoted includes: `includes = ["."]`
    # would put every file beside the BUILD file before the system's headers of the same name.
    by_name = CcInfo(compilation_context = cc_common.create_compilation_context(
        headers = depset([ctx.file.c_header]),
        quote_includes = depset([ctx.file.c_header.dirname]),
    ))

    # A binding adds its provider and its runfiles here, and every user's deps stay as they are.
    return [
        cc_common.merge_cc_infos(cc_infos = [by_name, library[CcInfo]]),
        DefaultInfo(
            files = depset([ctx.file.c_header], transitive = [library[DefaultInfo].files]),
            runfiles = library[DefaultInfo].default_runfiles,
        ),
        coverage_common.instrumented_files_info(ctx, dependency_attributes = ["c_library"]),
    ]

_store = rule(
    implementation = _store_impl,
    doc = "One label for all languages of a store.",
    attrs = {
        "c_header": attr.label(doc = "The generated header.", allow_single_file = True),
        "c_library": attr.label(doc = "The compiled C half.", providers = [CcInfo]),
    },
    provides = [CcInfo],
)
