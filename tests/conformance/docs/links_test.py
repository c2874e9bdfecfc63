"""Every relative link of every document leads to a file, and every anchor to a heading of it."""

import os
import re

import pytest

from documents import TREE, documents, files_of, read

LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)(?:\s+\"[^\"]*\")?\)")
SOURCES = (".c", ".h", ".cpp", ".py", ".pyi", ".sh", ".bzl", ".bazel", ".cmake", "CMakeLists.txt", ".mmfs", ".yml")


def without_code(text):
    """The document with empty lines in place of its fenced blocks, and without code in its lines."""
    fenced = False
    lines = []
    for line in text.split("\n"):
        fence = line.strip().startswith("```")
        lines.append("" if fenced or fence else re.sub(r"`[^`]*`", "", line))
        fenced = fenced != fence
    return "\n".join(lines)


def headings(text):
    """The anchors of a document, as GitHub makes them of its headings."""
    found = []
    fenced = False
    for line in text.split("\n"):
        if line.strip().startswith("```"):
            fenced = not fenced
        title = re.match(r"#{1,6} +(.*?) *#*$", line)
        if fenced or not title:
            continue
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title.group(1)).replace("`", "")
        anchor = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        # The second heading of a name gets a number.
        same = sum(1 for other in found if re.fullmatch(re.escape(anchor) + r"(-\d+)?", other))
        found.append("%s-%d" % (anchor, same) if same else anchor)
    return found


def wrong_links(path, text):
    """What is wrong with the links of a document."""
    problems = []
    for number, line in enumerate(without_code(text).split("\n"), 1):
        for target in LINK.findall(line):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file, _, anchor = target.partition("#")
            leads = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
            there = leads == path or os.path.exists(os.path.join(TREE, leads))
            if leads.startswith("..") or not there:
                problems.append("%s:%d: there is no %s" % (path, number, leads))
            elif anchor and not leads.endswith(".md"):
                problems.append("%s:%d: %s has no headings" % (path, number, leads))
            elif anchor and anchor not in headings(text if leads == path else read(leads)):
                problems.append("%s:%d: %s has no heading #%s" % (path, number, leads, anchor))
    return problems


@pytest.mark.parametrize("path", documents())
def test_every_link_of(path):
    problems = wrong_links(path, read(path))
    assert not problems, "\n".join(problems)


def test_sources_name_documents_that_exist():
    problems = []
    looked = 0
    for path in files_of(SOURCES):
        # These tests make files of their own.
        if path.startswith(("tests/conformance/golden/", "tests/conformance/docs/", "tests/unit/tools/")):
            continue
        for number, line in enumerate(read(path).split("\n"), 1):
            for named in re.findall(r"(?<![\w./-])((?:[\w-]+/)+[\w-]+\.md)\b", line):
                looked += 1
                beside = os.path.join(os.path.dirname(path), named)
                if not any(os.path.exists(os.path.join(TREE, place)) for place in (named, beside)):
                    problems.append("%s:%d: there is no %s" % (path, number, named))
    assert not problems, "\n".join(problems)
    assert looked > 5


def test_docs_are_reached_from_the_index():
    index = read("docs/README.md")
    for path in documents():
        if os.path.dirname(path) == "docs" and os.path.basename(path) != "README.md":
            assert "](%s" % os.path.basename(path) in index, "docs/README.md has no link to %s" % path


# So that the test cannot lose what it should find.
def test_wrong_links_are_found():
    text = "# A `b` title, 2\n[a](links.md) [b](#a-b-title-2) [c](#none) `[d](no.md)`\n```\n[e](no.md)\n```\n"
    text += "[f](../../../README.md#licence) [g](https://example.org/x) ![h](no.svg \"title\") [i](BUILD.bazel#x)\n"
    assert wrong_links("tests/conformance/docs/here.md", text) == [
        "tests/conformance/docs/here.md:2: there is no tests/conformance/docs/links.md",
        "tests/conformance/docs/here.md:2: tests/conformance/docs/here.md has no heading #none",
        "tests/conformance/docs/here.md:6: there is no tests/conformance/docs/no.svg",
        "tests/conformance/docs/here.md:6: tests/conformance/docs/BUILD.bazel has no headings",
    ]
    assert headings("# One\n## One\n### [Two](x) & `three`\n") == ["one", "one-1", "two--three"]
    assert sum(len(LINK.findall(without_code(read(path)))) for path in documents()) > 50
