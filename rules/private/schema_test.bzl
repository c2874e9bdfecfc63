"""mmf_schema_test: a schema beside the one that was released, as a test."""

load("//rules/private:attributes.bzl", "attributes_problem", "label_problem")

# Whom a change must not break; as mmfgen --compatibility has it.
_COMPATIBILITIES = ["full", "backward", "forward"]

def compatibility_problem(macro, name, value):
    """Says what is wrong with the compatibility of a test.

    Args:
      macro: the name of the macro.
      name: of the target.
      value: what was given.

    Returns:
      a sentence, or None if it is one that there is.
    """
    if value in _COMPATIBILITIES:
        return None
    return "%s: compatibility of \"%s\" is %s; it is %s" % (
        macro,
        name,
        repr(value),
        " or ".join(["\"%s\"" % known for known in _COMPATIBILITIES]),
    )

def _quoted(path):
    return "'" + path.replace("'", "'\\''") + "'"

def _schema_test_impl(ctx):
    for attribute in ["baseline", "schema"]:
        file = getattr(ctx.file, attribute)
        if file.extension != "mmfs":
            fail("mmf_schema_test: the %s of \"%s\" is %s; it must be a file whose name ends in .mmfs" %
                 (attribute, ctx.label.name, getattr(ctx.attr, attribute).label))
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        script,
        "#!/bin/sh\nexec %s --check %s %s --compatibility %s\n" % (
            _quoted("./" + ctx.executable._generator.short_path),
            _quoted("./" + ctx.file.baseline.short_path),
            _quoted("./" + ctx.file.schema.short_path),
            ctx.attr.compatibility,
        ),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles(files = [
            ctx.executable._generator,
            ctx.file.baseline,
            ctx.file.schema,
        ]).merge(ctx.attr._generator[DefaultInfo].default_runfiles),
    )]

_schema_test = rule(
    implementation = _schema_test_impl,
    doc = "Runs mmfgen --check over two versions of a schema.",
    attrs = {
        "baseline": attr.label(doc = "The older *.mmfs file.", allow_single_file = True, mandatory = True),
        "compatibility": attr.string(default = "full"),
        "schema": attr.label(doc = "The newer *.mmfs file.", allow_single_file = True, mandatory = True),
        "_generator": attr.label(
            default = Label("//gen:generator"),
            cfg = "target",
            executable = True,
        ),
    },
    test = True,
)

def mmf_schema_test(name, schema, baseline, compatibility = "full", **kwargs):
    """The macro that //rules:defs.bzl documents.

    Args:
      name: of the target.
      schema: the label of the schema as it is now.
      baseline: the label of the schema that must not be broken.
      compatibility: one of _COMPATIBILITIES.
      **kwargs: of every test.
    """
    own = ["name", "schema", "baseline", "compatibility"]
    of_tests = ["size", "timeout", "flaky", "local", "shard_count", "args", "env"]
    for problem in [
        attributes_problem(
            "mmf_schema_test",
            name,
            own,
            {key: value for key, value in kwargs.items() if key not in of_tests},
        ),
        label_problem("mmf_schema_test", name, "schema", schema, "one *.mmfs file"),
        label_problem("mmf_schema_test", name, "baseline", baseline, "one *.mmfs file"),
        compatibility_problem("mmf_schema_test", name, compatibility),
    ]:
        if problem:
            fail(problem)
    if kwargs.get("size") == None and kwargs.get("timeout") == None:
        kwargs["size"] = "small"
    _schema_test(
        name = name,
        baseline = baseline,
        compatibility = compatibility,
        schema = schema,
        **kwargs
    )
