"""What the count of actions says of builds that are as recorded, and of others."""

import importlib.util
import json

import pytest

SPEC = importlib.util.spec_from_file_location("count_actions", "tests/conformance/consumers/count_actions.py")
count_actions = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(count_actions)

RECORDED = "# kinds\nCppCompile 2 3\nMmfCffi 0 1\n"
DOCUMENT = "builds nothing of Python (2 actions for a first\nprogram in place of 4, most of them the runtime)"


def action(kind, target, *command, output="bazel-out/x.o"):
    of = {"label": target, "primaryOutput": output}
    return {"id": {"actionCompleted": of}, "action": {"type": kind, "commandLine": list(command)}}


COMPILED = action("CppCompile", "//core:store", "/usr/bin/gcc", "-c", "python.c")
CFFI = action("MmfCffi", "//bindings:cffi", "/usr/bin/python3", "-c")
FINISHED = {"id": {}, "finished": {"overallSuccess": True}}


@pytest.fixture
def run(tmp_path, capsys):
    def run(c, both, table=RECORDED, document=DOCUMENT, started=None, last=FINISHED):
        events = [{"id": {}, "started": started or {}}]
        texts = [table, document] + ["\n".join(map(json.dumps, events + build + [last])) for build in (c, both)]
        paths = [tmp_path / name for name in ("table", "document", "c", "both")]
        for path, text in zip(paths, texts):
            path.write_text(text)
        return count_actions.main([str(path) for path in paths]), capsys.readouterr().out

    return run


def test_what_is_as_recorded_passes(run):
    assert run([COMPILED] * 2, [COMPILED] * 3 + [CFFI]) == (0, "")


def test_one_action_more_or_fewer_is_named_with_its_targets(run):
    status, said = run([COMPILED] * 3, [COMPILED] * 3 + [CFFI])
    assert status == 1
    assert "//c:recorder has 3 actions of the kind CppCompile, and 2 are recorded; they are of: //core:store 3" in said
    assert "write the numbers into tests/conformance/consumers/bazel/counted/actions.txt" in said
    status, said = run([COMPILED], [COMPILED] * 3 + [CFFI])
    assert status == 1
    assert "//c:recorder has 1 actions of the kind CppCompile, and 2 are recorded" in said


def test_a_kind_that_is_new_or_gone_is_named(run):
    status, said = run([COMPILED] * 2 + [action("CppLink", "//c:recorder", "/usr/bin/gcc")], [COMPILED] * 3 + [CFFI])
    assert status == 1 and "1 actions of the kind CppLink, and 0 are recorded" in said
    status, said = run([COMPILED] * 2, [COMPILED] * 3 + [CFFI], table=RECORDED + "CppLink 1 0\n")
    assert status == 1 and "0 actions of the kind CppLink, and 1 are recorded; they are of: none" in said


@pytest.mark.parametrize(
    "python",
    [
        CFFI,
        action("PyCompile", "//x:y", "/bin/true"),
        action("Genrule", "//x:y", "/usr/bin/env", "python3.11", "x"),
        action("Genrule", "//x:y", "/bin/sh", "tools/generate.py"),
        action("FileWrite", "//x:y", output="bazel-out/tick_store-python/tick_store/py.typed"),
        action("CppLink", "//x:y", "/usr/bin/gcc", output="bazel-out/_core.abi3.so"),
    ],
)
def test_an_action_of_python_for_c_alone_is_refused_by_any_bazel(run, python):
    for started in ({}, {"buildToolVersion": "7.7.1"}):
        status, said = run([COMPILED, python], [COMPILED] * 3 + [CFFI], started=started)
        assert status == 1
        assert f"a store for C alone has an action of Python: {python['action']['type']} of " in said


def test_where_python_is_never_seen_nothing_was_tested(run):
    status, said = run([COMPILED] * 2, [COMPILED] * 4)
    assert status == 1 and "no action of Python was seen for both languages" in said


def test_the_document_says_the_sums(run):
    status, said = run([COMPILED] * 2, [COMPILED] * 3 + [CFFI], document="(3 actions for a first program in place of 4,")
    assert status == 1
    assert 'rules/README.md does not say "(2 actions for a first program in place of 4,"' in said


def test_a_build_that_failed_is_no_count(run):
    status, said = run([COMPILED] * 2, [COMPILED] * 3 + [CFFI], last={"id": {}, "finished": {}})
    assert status == 1 and "//c:recorder was not built to its end" in said


def test_another_bazel_has_numbers_that_are_not_recorded(run):
    status, said = run([COMPILED] * 5, [COMPILED] * 7 + [CFFI], started={"buildToolVersion": "7.7.1"})
    assert status == 0
    assert said.startswith("skipped: tests/conformance/consumers/bazel: the numbers of actions: ")
    assert "Bazel 7.7.1, which has 5 for C alone and 8 for both languages" in said
