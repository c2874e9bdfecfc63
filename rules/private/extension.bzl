"""An extension module of Python, written by cffi and compiled for the stable ABI."""

load("@mmapforge_python//:defs.bzl", "PYTHON_INTERPRETER", "PYTHON_MACHINE", "PYTHON_PROBLEM")
load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//rules/private:copts.bzl", "MMF_CFFI_COPTS")
load("//rules/private:optimised.bzl", "optimised")

def cffi_extension(name, module, generator, declarations, header, exports, deps):
    """Declares an extension; the target is one file for the package that the module belongs to.

    Where no Python can build it, or the build is for another machine than this one, the file is a
    module that raises ImportError and says why.

    Args:
      name: names the target.
      module: the path of the module, without an ending, from this package on.
      generator: a program that takes declarations, header and output, and writes C by cffi.
      declarations: the file of C declarations that cffi reads.
      header: the path of the header that the generated C includes.
      exports: a version script for the linker.
      deps: cc_library targets that define the declarations.
    """
    if PYTHON_PROBLEM:
        _absent_extension(
            name = name,
            out = module + ".py",
            problem = PYTHON_PROBLEM,
        )
        return

    source = name + "-cffi.c"
    library = module + ".abi3.so"
    _cffi_source(
        name = name + "-cffi",
        declarations = declarations,
        generator = generator,
        header = header,
        out = source,
    )
    cc_binary(
        name = library,
        srcs = [source],
        additional_linker_inputs = [exports],
        copts = MMF_CFFI_COPTS + ["-fvisibility=hidden"],
        linkopts = [
            # The interpreter has the symbols of Python, and may have no libpython.
            "-Wl,--as-needed",
            "-Wl,--version-script=$(location %s)" % exports,
        ],
        linkshared = True,
        linkstatic = True,
        # Python 3.9 is the oldest that loads it.
        local_defines = ["Py_LIMITED_API=0x03090000"],
        deps = deps + ["@mmapforge_python//:headers"],
    )

    # A program's author chooses how C is compiled. A user of a Python module makes no
    # such choice, and an extension without optimisation is a slow module.
    _absent_extension(
        name = name + "-elsewhere",
        out = module + ".py",
        problem = ("it is compiled for the machine that builds it, which is %s, and this build was " +
                   "for another one; build it there") % PYTHON_MACHINE,
    )
    optimised(
        name = name,
        file = select({
            "@mmapforge_python//:for_another_machine": name + "-elsewhere",
            "//conditions:default": library,
        }),
    )

def _cffi_source_impl(ctx):
    ctx.actions.run(
        executable = PYTHON_INTERPRETER,
        arguments = [
            # Nothing of the user's own packages, and no caches beside the sources.
            "-sB",
            ctx.file.generator.path,
            ctx.file.declarations.path,
            ctx.attr.header,
            ctx.outputs.out.path,
        ],
        inputs = [ctx.file.generator, ctx.file.declarations, ctx.file._facts],
        outputs = [ctx.outputs.out],
        # Sets may be walked in any order, and the bytes must not change.
        env = {"PYTHONHASHSEED": "0"},
        mnemonic = "MmfCffi",
        progress_message = "Generating %s" % ctx.outputs.out.short_path,
    )

_cffi_source = rule(
    implementation = _cffi_source_impl,
    doc = "Runs cffi over declarations, with the interpreter that was chosen for this build.",
    attrs = {
        "declarations": attr.label(allow_single_file = True, mandatory = True),
        "generator": attr.label(allow_single_file = [".py"], mandatory = True),
        "header": attr.string(mandatory = True),
        "out": attr.output(mandatory = True),
        "_facts": attr.label(
            default = Label("@mmapforge_python//:facts.txt"),
            allow_single_file = True,
        ),
    },
)

_ABSENT = '''"""Stands in for the extension, which could not be built."""

raise ImportError({message})
'''

def _absent_extension_impl(ctx):
    message = "mmapforge was built without its native part: %s" % ctx.attr.problem
    ctx.actions.write(ctx.outputs.out, _ABSENT.format(message = repr(message)))
    return [DefaultInfo(files = depset([ctx.outputs.out]))]

_absent_extension = rule(
    implementation = _absent_extension_impl,
    doc = "A module that cannot be imported, and says why.",
    attrs = {
        "out": attr.output(mandatory = True),
        "problem": attr.string(mandatory = True),
    },
)
