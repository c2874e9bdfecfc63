"""What a MODULE.bazel that chooses the Python of mmapforge uses; others need nothing of it:

    mmapforge = use_extension("@mmapforge//rules:extensions.bzl", "mmapforge")
    mmapforge.python(interpreter = "/opt/python/bin/python3")

Bazel 4 has no modules, and a WORKSPACE calls what is in deps.bzl.
"""

load("//rules/private:python.bzl", "python_repository")
load("//rules/private:symbols.bzl", "symbols_repository")

_python = tag_class(
    doc = "Chooses the Python that builds the extension module. Heard from the root module alone: " +
          "what a program is built with is not for a library to say.",
    attrs = {
        "interpreter": attr.string(
            doc = "The path of a Python 3, or its name on the PATH. $MMF_PYTHON goes before it.",
            mandatory = True,
        ),
    },
)

def _chosen_interpreter(modules):
    """What the root module says, or "" if it says nothing."""
    tags = [tag for module in modules if module.is_root for tag in module.tags.python]
    if len(tags) > 1:
        fail("mmapforge.python is called %d times, for %s; call it once" % (
            len(tags),
            " and ".join(["\"%s\"" % tag.interpreter for tag in tags]),
        ))
    if not tags:
        return ""
    if not tags[0].interpreter:
        fail("mmapforge.python is given an empty interpreter; give the path of a Python 3, or leave the call out")
    return tags[0].interpreter

def _mmapforge_impl(ctx):
    python_repository(
        name = "mmapforge_python",
        interpreter = _chosen_interpreter(ctx.modules),
        rules_python = Label("@rules_python//python:defs.bzl"),
    )
    symbols_repository(
        name = "mmapforge_symbols",
        from_homes = True,
    )

mmapforge = module_extension(
    implementation = _mmapforge_impl,
    doc = "Declares what a build of mmf_store asks for. Nothing is downloaded.",
    tag_classes = {"python": _python},
)
