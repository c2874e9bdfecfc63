"""What a call may cost in instructions: reading bench/budgets.json, and holding counts to it."""

import json
from typing import Dict, List, NamedTuple

Counts = Dict[str, Dict[str, int]]  # of the loops of each program

# From here on a difference fails. One instruction may come or go with a detail of the compiler's.
FAILS = 2


class BudgetError(Exception):
    """budgets.json cannot be used; the message names it and says why."""


class Verdict(NamedTuple):
    """What is wrong, which fails, and what is only worth saying."""

    failures: List[str]
    notes: List[str]


def _no_twins(pairs):
    """An object of JSON; of two members with one name, the first would be lost in silence."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError('"%s" is there twice' % name)
    return dict(pairs)


def _object(value, where, path):
    if not isinstance(value, dict):
        raise BudgetError("%s: %s is not an object" % (path, where))
    return value


def parse(text: str, path: str) -> Dict[str, Counts]:
    """The budgets of every compiler: {compiler: {program: {loop: instructions}}}."""
    try:
        budgets = json.loads(text, object_pairs_hook=_no_twins)
    except ValueError as problem:
        raise BudgetError("%s: no JSON: %s" % (path, problem)) from problem
    for compiler, programs in _object(budgets, "the whole", path).items():
        for program, loops in _object(programs, '"%s"' % compiler, path).items():
            where = '"%s" of "%s"' % (program, compiler)
            for loop, budget in _object(loops, where, path).items():
                if type(budget) is not int or budget <= 0:
                    raise BudgetError(
                        '%s: "%s" in %s is %s; a budget is a whole number of instructions above 0'
                        % (path, loop, where, json.dumps(budget))
                    )
    return budgets


def _judge_loop(call: str, found: int, budget: int, of: str, verdict: Verdict) -> None:
    over = found - budget
    line = "%s: %d instructions, and %s is %d: " % (call, found, of, budget)
    if over >= FAILS:
        verdict.failures.append(
            line + "%d more. Lower it, or raise the budget in the same commit and give the reason "
            "in bench/README.md." % over
        )
    elif over <= -FAILS:
        verdict.failures.append(
            line + "%d fewer. Lower the budget in the same commit, or the path may grow again "
            "unseen." % -over
        )
    elif over != 0:
        more = "more" if over > 0 else "fewer"
        verdict.notes.append(line + "1 %s. That is allowed, and worth a look." % more)


def judge(found: Counts, budgets: Counts, compiler: str, path: str) -> Verdict:
    """Holds what was found to the budgets of that compiler, which are in the file at path."""
    verdict = Verdict([], [])
    of = "its budget for %s in %s" % (compiler, path)
    for program in sorted(set(found) | set(budgets)):
        counted = found.get(program, {})
        allowed = budgets.get(program, {})
        for loop in list(counted) + [name for name in allowed if name not in counted]:
            call = "%s, %s" % (program, loop)
            if loop not in allowed:
                verdict.failures.append(
                    "%s: %d instructions, and there is no budget for %s in %s. Add it."
                    % (call, counted[loop], compiler, path)
                )
            elif loop not in counted:
                verdict.failures.append(
                    "%s: there is a budget for %s in %s, and no such loop was counted. Remove the "
                    "budget, or bring the loop back." % (call, compiler, path)
                )
            else:
                _judge_loop(call, counted[loop], allowed[loop], of, verdict)
    return verdict
