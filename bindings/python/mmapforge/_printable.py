"""Text of a file on its way to a terminal, which would obey what it may hold."""

import unicodedata

# Control characters, those that turn the direction of writing or show nothing, lone surrogates, what
# has no character, and the separators that end a line.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"))
# A text has lines and tabs, and some scripts need the joiners within words.
_KEPT = frozenset("\n\t\u200c\u200d")


def printable(text: str) -> str:
    """The text with what a terminal would obey, or not show, as escapes: "\\x1b[2J"."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(
        character
        if character in _KEPT or unicodedata.category(character) not in _HIDDEN
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
