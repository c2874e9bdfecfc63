"""Tests what the rules say of attributes that are wrong: while a BUILD file is read, and later."""

load("//rules/private:attributes.bzl", "attributes_problem", "label_problem", "languages_problem")

_OWN = ["name", "schema"]

# What was given beside the macro's own attributes, to what must be said; None where all is well.
_ATTRIBUTES = [
    ({"visibility": [], "tags": [], "testonly": True}, None),
    # As a symbolic macro hands on what it was not given.
    ({"aspect_hints": None, "of_a_newer_bazel": None, "tags": None}, None),
    ({"deps": [":other"]}, "mmf_store: \"s\" is given deps, which mmf_store does not take; a schema depends on nothing; put the store into the deps of a cc_* or py_* target"),
    ({"srcs": ["a.mmfs"]}, "mmf_store: \"s\" is given srcs, which mmf_store does not take; the *.mmfs file is called schema here: schema = \"tick.mmfs\""),
    ({"tags": [], "colour": "red"}, "mmf_store: \"s\" is given colour, which mmf_store does not take; it takes name, schema, and what every rule takes, such as visibility and tags"),
]

_LABELS = [
    ("tick.mmfs", None),
    (Label("//examples/ticks:tick.mmfs"), None),
    (select({"//conditions:default": "tick.mmfs"}), None),
    (["a.mmfs"], "mmf_store: schema of \"s\" is a list; it must be the label of one *.mmfs file; write schema = \"a.mmfs\" without the brackets"),
    (["a.mmfs", "b.mmfs"], "mmf_store: schema of \"s\" is a list; it must be the label of one *.mmfs file; declare one target for each"),
    (None, "mmf_store: schema of \"s\" is a NoneType; it must be the label of one *.mmfs file"),
    (3, "mmf_store: schema of \"s\" is a int; it must be the label of one *.mmfs file"),
]

_LANGUAGES = [
    (["c", "python"], None),
    (["python", "c"], None),
    (["c"], None),
    ("c", "mmf_store: languages of \"s\" is a string; it must be a list, such as languages = [\"c\", \"python\"]"),
    (None, "mmf_store: languages of \"s\" is a NoneType; it must be a list, such as languages = [\"c\", \"python\"]"),
    (["c", "rust"], "mmf_store: languages of \"s\" has \"rust\"; a store is for \"c\" and \"python\""),
    (["c", 3], "mmf_store: languages of \"s\" has 3; a store is for \"c\" and \"python\""),
    (["c", "c"], "mmf_store: languages of \"s\" has \"c\" twice; write it once"),
    (["python"], "mmf_store: languages of \"s\" is without \"c\"; every store has its C library, so write languages = [\"c\", \"python\"], or leave the attribute out"),
    ([], "mmf_store: languages of \"s\" is without \"c\"; every store has its C library, so write languages = [\"c\", \"python\"], or leave the attribute out"),
]

def _loading_problems():
    found = []
    for value, expected in _LANGUAGES:
        said = languages_problem("mmf_store", "s", value)
        if said != expected:
            found.append("of %s was said: %s" % (value, said))
    for given, expected in _ATTRIBUTES:
        said = attributes_problem("mmf_store", "s", _OWN, given)
        if said != expected:
            found.append("of %s was said: %s" % (given, said))
    for value, expected in _LABELS:
        said = label_problem("mmf_store", "s", "schema", value, "one *.mmfs file")
        if said != expected:
            found.append("of %s was said: %s" % (value, said))
    return found

def _messages_test_impl(ctx):
    problems = _loading_problems()
    for target, expected in ctx.attr.wrong.items():
        if AnalysisFailureInfo not in target:
            problems.append("%s is not refused" % target.label)
            continue
        said = "; ".join([cause.message for cause in target[AnalysisFailureInfo].causes.to_list()])
        if expected not in said:
            problems.append("of %s was said: %s" % (target.label, said))
    return [AnalysisTestResultInfo(success = not problems, message = "\n".join(problems))]

_allow_failures = analysis_test_transition(
    settings = {"//command_line_option:allow_analysis_failures": "True"},
)

messages_test = rule(
    implementation = _messages_test_impl,
    doc = "Passes when wrong attributes, and targets that cannot be analysed, are told what to do.",
    attrs = {
        "wrong": attr.label_keyed_string_dict(
            doc = "From targets that must fail to a part of what is said then.",
            cfg = _allow_failures,
        ),
    },
    analysis_test = True,
)
