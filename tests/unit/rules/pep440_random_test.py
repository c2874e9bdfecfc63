"""Versions made of random parts become what `packaging` makes of them, or are refused as it refuses them.

The file of the rule is read as Python, of which its language is a part.
"""

import random

import pytest

version = pytest.importorskip("packaging.version")

PARTS = "0 1 01 2024 . . - _ a b rc c alpha beta pre preview post rev r dev + ! v local x".split() + [" ", "\n"]


def normalised_by_packaging(text):
    try:
        return str(version.Version(text))
    except version.InvalidVersion:
        return None


def test_random_versions():
    names = {}
    with open("rules/private/pep440.bzl", encoding="utf-8") as opened:
        exec(opened.read(), names)  # pylint: disable=exec-used
    choose = random.Random(20240105)
    good = 0
    for _ in range(60000):
        text = "".join(choose.choice(PARTS) for _ in range(choose.randint(1, 9)))
        expected = normalised_by_packaging(text)
        assert names["normalised_version"](text) == expected, repr(text)
        good += expected is not None
    assert good > 1000
