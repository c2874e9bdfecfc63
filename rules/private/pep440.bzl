"""Versions by PEP 440, in the one form that wheels and their files have."""

# The spellings of each part, longest first, to the one that is kept.
_PRE = [
    ("preview", "rc"),
    ("alpha", "a"),
    ("beta", "b"),
    ("pre", "rc"),
    ("rc", "rc"),
    ("a", "a"),
    ("b", "b"),
    ("c", "rc"),
]
_POST = [("post", ".post"), ("rev", ".post"), ("r", ".post")]
_DEV = [("dev", ".dev")]

def _number(text):
    """The digits that text begins with, without zeros in front, and the rest; None if there are none."""
    rest = text.lstrip("0123456789")
    digits = text[:len(text) - len(rest)]
    return (digits.lstrip("0") or "0") if digits else None, rest

def _release(text):
    """The numbers with dots between them, and the rest; None if there are none."""
    number, rest = _number(text)
    release = number
    for _ in range(len(text)):
        if not release or not rest.startswith("."):
            break
        number, after = _number(rest[1:])
        if number == None:
            break
        release += "." + number
        rest = after
    return release, rest

def _part(text, spellings):
    """One of the spellings with its number, which may be left out; "" if text begins otherwise."""
    bare = text[1:] if text[:1] in ["-", "_", "."] else text
    for spelling, kept in spellings:
        if not bare.startswith(spelling):
            continue
        rest = bare[len(spelling):]
        if rest[:1] in ["-", "_", "."]:
            rest = rest[1:]
        number, rest = _number(rest)
        return kept + (number or "0"), rest
    return "", text

def _post(text):
    """The same of a part that may be a dash and a number alone."""
    number, rest = _number(text[1:] if text.startswith("-") else "")
    if number != None:
        return ".post" + number, rest
    return _part(text, _POST)

def _local(text):
    """What is after the plus; None if it cannot be there."""
    parts = text.replace("-", ".").replace("_", ".").split(".")
    for part in parts:
        if not part or part.strip("abcdefghijklmnopqrstuvwxyz0123456789"):
            return None
    return ".".join([
        part if part.strip("0123456789") else _number(part)[0]
        for part in parts
    ])

def normalised_version(text):
    """Brings a version into the form that PEP 440 calls normalised.

    Args:
      text: a version, such as "2024.01.05" or "1.0-RC1".

    Returns:
      the version, such as "2024.1.5" or "1.0rc1"; None if it is not valid by PEP 440.
    """
    rest = text.strip().lower()
    if rest.startswith("v"):
        rest = rest[1:]
    number, after = _number(rest)
    epoch = ""
    if number != None and after.startswith("!"):
        epoch = "" if number == "0" else number + "!"
        rest = after[1:]
    release, rest = _release(rest)
    if release == None:
        return None
    pre, rest = _part(rest, _PRE)
    post, rest = _post(rest)
    dev, rest = _part(rest, _DEV)
    local = ""
    if rest.startswith("+"):
        local = _local(rest[1:])
        if local == None:
            return None
        local = "+" + local
    elif rest:
        return None
    return epoch + release + pre + post + dev + local
