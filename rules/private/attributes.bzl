"""What the rules' macros may be given, and what to say of anything else."""

# What every rule of Bazel takes.
_COMMON = [
    "applicable_licenses",
    "aspect_hints",
    "compatible_with",
    "deprecation",
    "exec_compatible_with",
    "exec_group_compatible_with",
    "exec_properties",
    "features",
    "licenses",
    "package_metadata",
    "restricted_to",
    "tags",
    "target_compatible_with",
    "testonly",
    "toolchains",
    "visibility",
]

# Attributes that other rules have, and where they belong.
_ELSEWHERE = {
    "copts": "write a cc_library over the store, or set --copt",
    "data": "add it to the target that has the store in its deps",
    "deps": "a schema depends on nothing; put the store into the deps of a cc_* or py_* target",
    "hdrs": "write a cc_library that has the store in its deps",
    "includes": "the header is found by its name and by its path",
    "schemas": "a store has one schema: schema = \"tick.mmfs\"",
    "src": "the *.mmfs file is called schema here: schema = \"tick.mmfs\"",
    "srcs": "the *.mmfs file is called schema here: schema = \"tick.mmfs\"",
}

def attributes_problem(macro, name, own, given):
    """Says which attribute a macro does not have.

    Args:
      macro: the name of the macro.
      name: of the target.
      own: the attributes of the macro itself.
      given: a dict of all other arguments.

    Returns:
      a sentence that says what was found and what to do, or None if all is well.
    """
    for attribute in sorted(given.keys()):
        # A symbolic macro hands on what it was not given as None.
        if attribute not in _COMMON and given[attribute] != None:
            return "%s: \"%s\" is given %s, which %s does not take; %s" % (
                macro,
                name,
                attribute,
                macro,
                _ELSEWHERE.get(
                    attribute,
                    "it takes %s, and what every rule takes, such as visibility and tags" %
                    ", ".join(own),
                ),
            )
    return None

# What a store can be for, in the order in which it is told.
LANGUAGES = ["c", "python"]

def languages_problem(macro, name, value):
    """Says what is wrong with the languages of a store.

    Args:
      macro: the name of the macro.
      name: of the target.
      value: what was given.

    Returns:
      a sentence, or None if they are a list with C in it.
    """
    all = "languages = [%s]" % ", ".join(["\"%s\"" % language for language in LANGUAGES])
    if type(value) != "list":
        return "%s: languages of \"%s\" is a %s; it must be a list, such as %s" % (macro, name, type(value), all)
    for language in value:
        if language not in LANGUAGES:
            return "%s: languages of \"%s\" has %s; a store is for %s" % (
                macro,
                name,
                repr(language),
                " and ".join(["\"%s\"" % known for known in LANGUAGES]),
            )
        if len([1 for other in value if other == language]) > 1:
            return "%s: languages of \"%s\" has \"%s\" twice; write it once" % (macro, name, language)
    if "c" not in value:
        return "%s: languages of \"%s\" is without \"c\"; every store has its C library, so write %s, or leave the attribute out" % (macro, name, all)
    return None

def label_problem(macro, name, attribute, value, what):
    """Says what is wrong with an attribute that must be one label.

    Args:
      macro: the name of the macro.
      name: of the target.
      attribute: its name.
      value: what was given.
      what: what the label is to be of, such as "one *.mmfs file".

    Returns:
      a sentence, or None if the value may be a label.
    """
    kind = type(value)
    if kind in ["string", "Label", "select"]:
        return None
    advice = ""
    if kind == "list":
        advice = "; declare one target for each" if len(value) != 1 else "; write %s = %s without the brackets" % (attribute, repr(value[0]))
    return "%s: %s of \"%s\" is a %s; it must be the label of %s%s" % (macro, attribute, name, kind, what, advice)
