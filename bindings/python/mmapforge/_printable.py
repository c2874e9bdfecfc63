"""Escapes for text from a file: printed as it is, it could send commands to a terminal."""

import unicodedata

# Control characters, characters that change the direction of writing or are invisible, lone
# surrogates, code points without a character, and line and paragraph separators.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"))
# Newlines and tabs are harmless, and some scripts need the zero-width joiners inside words.
_KEPT = frozenset("\n\t\u200c\u200d")


def printable(text: str) -> str:
    """The text with escapes for control and invisible characters: "\\x1b[2J"."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(
        character
        if character in _KEPT or unicodedata.category(character) not in _HIDDEN
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
