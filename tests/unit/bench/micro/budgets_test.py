"""The judge of instruction counts: what fails, what is said, and which file is refused."""

import json

import pytest

from bench.micro import budgets

FILE = "some/budgets.json"
COMPILER = "gcc 12, x86_64"


def judge(found, allowed):
    """The verdict on counts of one program."""
    return budgets.judge({"tick_loop": found}, {"tick_loop": allowed}, COMPILER, FILE)


def test_equal_passes_in_silence():
    assert judge({"get": 14, "set": 16}, {"get": 14, "set": 16}) == ([], [])


def test_two_more_fail():
    failures, notes = judge({"get": 16, "set": 16}, {"get": 14, "set": 16})
    assert failures == [
        "tick_loop, get: 16 instructions, and its budget for gcc 12, x86_64 in some/budgets.json is "
        "14: 2 more. Lower it, or raise the budget in the same commit and give the reason in "
        "bench/README.md."
    ]
    assert notes == []


def test_one_more_is_said():
    failures, notes = judge({"get": 15}, {"get": 14})
    assert failures == []
    assert len(notes) == 1
    assert notes[0].startswith("tick_loop, get: 15 instructions")
    assert "is 14: 1 more." in notes[0]


def test_one_fewer_is_said():
    failures, notes = judge({"get": 13}, {"get": 14})
    assert failures == []
    assert len(notes) == 1
    assert "is 14: 1 fewer." in notes[0]


def test_two_fewer_fail_because_the_budget_must_follow():
    failures, notes = judge({"get": 12}, {"get": 14})
    assert len(failures) == 1
    assert "is 14: 2 fewer. Lower the budget in the same commit" in failures[0]
    assert notes == []


def test_every_failure_is_reported():
    failures, _ = judge({"get": 99, "set": 99, "append": 50}, {"get": 14, "set": 16, "append": 50})
    assert [line.split(":")[0] for line in failures] == ["tick_loop, get", "tick_loop, set"]


def test_a_loop_without_a_budget_fails():
    failures, _ = judge({"get": 14, "set": 16}, {"get": 14})
    assert failures == [
        "tick_loop, set: 16 instructions, and there is no budget for gcc 12, x86_64 in "
        "some/budgets.json. Add it."
    ]


def test_a_budget_without_a_loop_fails():
    failures, _ = judge({"get": 14}, {"get": 14, "got": 14})
    assert len(failures) == 1
    assert failures[0].startswith("tick_loop, got: there is a budget for gcc 12, x86_64 in")
    assert "no such loop was counted" in failures[0]


def test_a_program_without_budgets_and_one_without_counts_fail():
    failures, _ = budgets.judge({"new": {"get": 1}}, {"old": {"get": 1}}, COMPILER, FILE)
    assert [line.split(":")[0] for line in failures] == ["new, get", "old, get"]


def test_the_same_loop_of_another_program_is_another_one():
    found = {"a": {"set": 16}, "b": {"set": 200}}
    assert budgets.judge(found, found, COMPILER, FILE) == ([], [])
    swapped = {"a": {"set": 200}, "b": {"set": 16}}
    assert len(budgets.judge(found, swapped, COMPILER, FILE).failures) == 2


def test_parses():
    held = {COMPILER: {"tick_loop": {"get": 14}}, "clang 14, x86_64": {}}
    assert budgets.parse(json.dumps(held), FILE) == held


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "no JSON"),
        ('{"gcc 12": ', "no JSON"),
        ("[]", "the whole is not an object"),
        ('{"gcc 12": 14}', '"gcc 12" is not an object'),
        ('{"gcc 12": {"tick_loop": [14]}}', '"tick_loop" of "gcc 12" is not an object'),
        ('{"gcc 12": {"tick_loop": {"get": "14"}}}', '"get" in "tick_loop" of "gcc 12" is "14"'),
        ('{"gcc 12": {"tick_loop": {"get": 14.5}}}', "is 14.5; a budget is a whole number"),
        ('{"gcc 12": {"tick_loop": {"get": true}}}', "is true; a budget is a whole number"),
        ('{"gcc 12": {"tick_loop": {"get": null}}}', "is null; a budget is a whole number"),
        ('{"gcc 12": {"tick_loop": {"get": 0}}}', "is 0; a budget is a whole number"),
        ('{"gcc 12": {"tick_loop": {"get": -1}}}', "is -1; a budget is a whole number"),
        ('{"gcc 12": {"tick_loop": {"get": 1, "get": 2}}}', '"get" is there twice'),
        ('{"gcc 12": {}, "gcc 12": {}}', '"gcc 12" is there twice'),
    ],
)
def test_a_malformed_file_is_named_with_the_reason(text, reason):
    with pytest.raises(budgets.BudgetError) as caught:
        budgets.parse(text, FILE)
    assert str(caught.value).startswith(FILE + ": ")
    assert reason in str(caught.value)
