"""Which names a store may have: they become file names, C include guards and Python modules."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"

# As in gen/main.c, which refuses the same names.
_LENGTH_MAX = 128

# `import class` is a syntax error, so a module cannot have such a name.
_PYTHON_KEYWORDS = [
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
]

def store_name_problem(name):
    """Says what is wrong with a store's name.

    Args:
      name: the name that a BUILD file gave.

    Returns:
      a sentence that says what was found and what to do, or None if the name is fine.
    """
    if name != name.lower():
        return "has capital letters; write \"%s\"" % name.lower()
    for character in name.elems():
        if character not in _LETTERS + _DIGITS + "_":
            return "has the character \"%s\"; use only a-z, 0-9 and _" % character
    if not name or name[0] not in _LETTERS:
        return "does not begin with a letter; begin with one"

    # The include guard would be a name that belongs to the C++ implementation.
    if "__" in name or name.endswith("_"):
        return "has a \"_\" that no letter or digit follows; write one between two words"
    if len(name) > _LENGTH_MAX:
        return "has %d characters; use at most %d" % (len(name), _LENGTH_MAX)
    if name in _PYTHON_KEYWORDS:
        return "is a keyword of Python, where it names a module; write \"%s_store\"" % name
    if name == "mmapforge":
        return "is that of the package that every store imports; write \"mmapforge_store\""
    return None
