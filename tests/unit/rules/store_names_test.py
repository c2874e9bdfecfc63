"""The names that no store may have: the rule and the generator list the same, and enough."""

import keyword
import re
import sys

import pytest


def lists(path, pattern):
    """From the name of each list in a file to its words."""
    with open(path, encoding="utf-8") as opened:
        text = opened.read()
    return {name.strip("_"): re.findall(r'"(\w+)"', words) for name, words in re.findall(pattern, text)}


GENERATOR = lists("gen/model/names_store.c", r"const (\w+)\[\] = \{([^}]*)\}")
RULE = lists("rules/private/names.bzl", r"(?m)^(_[A-Z]+S?) = \[([^\]]*)\]")


def test_the_rule_and_the_generator_list_the_same():
    assert sorted(GENERATOR) == ["HEADERS", "KEYWORDS", "PACKAGES", "STANDARD"]
    assert RULE == GENERATOR


@pytest.mark.parametrize("name", sorted(GENERATOR))
def test_a_list_is_sorted(name):
    assert GENERATOR[name] == sorted(set(GENERATOR[name]))


def can_name_a_store(word):
    return re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", word) is not None


def test_every_keyword_is_listed():
    assert {word for word in keyword.kwlist if can_name_a_store(word)} <= set(GENERATOR["KEYWORDS"])


@pytest.mark.skipif(sys.version_info < (3, 10), reason="Python 3.9 does not know its own modules")
def test_every_module_of_this_python_is_listed():
    modules = {name for name in sys.stdlib_module_names if can_name_a_store(name)}
    assert modules - set(GENERATOR["STANDARD"]) == set()
