"""Which names a store may have: they become file names, C include guards and Python modules."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz_"
_DIGITS = "0123456789"

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
        if character not in _LETTERS + _DIGITS:
            return "has the character \"%s\"; use only a-z, 0-9 and _" % character
    if name[:1] in _DIGITS.elems():
        return "begins with a digit; begin with a letter"
    if name in _PYTHON_KEYWORDS:
        return "is a keyword of Python, where it names a module; write \"%s_store\"" % name
    if name == "mmapforge":
        return "is that of the package that every store imports; write \"mmapforge_store\""
    return None
