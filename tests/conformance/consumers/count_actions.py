"""Compares the actions of two builds with what is recorded: bazel/counted says of which programs.

usage: count_actions.py RECORDED DOCUMENT C_EVENTS BOTH_EVENTS

The events are what Bazel writes with --build_event_json_file and --build_event_publish_all_actions, each
by a build into an empty output directory. A store for C alone must have no action of Python, by any Bazel.
The numbers are of one version of Bazel, which does not say its version; for another one they are printed,
in a line that begins with `skipped`, and not compared.
"""

import collections
import json
import pathlib
import re
import sys


class Build:
    """What one build did: its actions as pairs of kind and target, and those of Python in words."""

    def __init__(self, lines):
        self.actions = collections.Counter()
        self.of_python = []
        self.version = ""
        self.finished = False
        for event in map(json.loads, lines):
            self.version = event.get("started", {}).get("buildToolVersion", self.version)
            if event.get("finished", {}).get("overallSuccess"):
                self.finished = True
            if "action" in event:
                self._add(event["action"], event["id"]["actionCompleted"])

    def _add(self, action, of):
        kind = action["type"]
        target = of.get("label", "no target")
        self.actions[kind, target] += 1
        words = [kind, of.get("primaryOutput", ""), *action.get("commandLine", [])]
        for word in words:
            name = word.rsplit("/", 1)[-1]
            if re.match(r"Py[A-Z]|MmfCffi$|MmfPy", kind) or re.match(r"(python[0-9.]*|.*\.(py|pyi|pyc|typed|abi3\.so))$", name):
                self.of_python.append(f"{kind} of {target}: {word}")
                break

    def kinds(self):
        kinds = collections.Counter()
        for (kind, _), count in self.actions.items():
            kinds[kind] += count
        return kinds

    def targets(self, kind):
        """The targets that have actions of a kind, most first, in words."""
        counts = {target: count for (of, target), count in self.actions.items() if of == kind}
        return ", ".join(f"{target} {count}" for target, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def recorded(text):
    """{program: {kind: count}} of the file."""
    programs = {"c": collections.Counter(), "both": collections.Counter()}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, c, both = line.split()
            programs["c"][kind] = int(c)
            programs["both"][kind] = int(both)
    return programs


def problems(expected, document, builds):
    """What is wrong, a sentence each."""
    found = []
    for name, build in builds.items():
        if not build.finished:
            found.append(f"//{name}:recorder was not built to its end")
    found += [f"a store for C alone has an action of Python: {action}" for action in builds["c"].of_python]
    if not builds["both"].of_python:
        found.append("no action of Python was seen for both languages, so that none was seen for C alone says nothing")
    if found or builds["c"].version:
        return found

    for name, build in builds.items():
        kinds = build.kinds()
        for kind in sorted(kinds | expected[name]):
            if kinds[kind] != expected[name][kind]:
                found.append(
                    f"//{name}:recorder has {kinds[kind]} actions of the kind {kind}, and {expected[name][kind]} are "
                    f"recorded; they are of: {build.targets(kind) or 'none'}"
                )
    c, both = (sum(build.kinds().values()) for build in (builds["c"], builds["both"]))
    said = f"({c} actions for a first program in place of {both},"
    if said not in " ".join(document.split()):
        found.append(f"rules/README.md does not say \"{said}\"")
    if found:
        found.append(
            "if a user's first build is meant to have these actions (a new file in core or gen adds one or two), write the "
            "numbers into tests/conformance/consumers/bazel/counted/actions.txt and their sums into rules/README.md; "
            "if not, a target of the list above is built that a user does not need"
        )
    return found


def main(arguments):
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    table, document, c, both = (pathlib.Path(path).read_text() for path in arguments)
    builds = {"c": Build(c.splitlines()), "both": Build(both.splitlines())}
    found = problems(recorded(table), document, builds)
    for problem in found:
        print(f"count_actions: {problem}")
    if not found and builds["c"].version:
        c, both = (sum(build.kinds().values()) for build in builds.values())
        print(
            f"skipped: tests/conformance/consumers/bazel: the numbers of actions: none are recorded for Bazel "
            f"{builds['c'].version}, which has {c} for C alone and {both} for both languages"
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
