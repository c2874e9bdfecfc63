"""The tool of mmf_wheel, on files that are no Python at all."""

import base64
import csv
import hashlib
import importlib.util
import os
import subprocess
import sys
import zipfile

import pytest

TOOL = os.path.abspath("rules/private/build_wheel.py")
TAG = "cp39-abi3-linux_x86_64"
FILE = "my_store-1.0-%s.whl" % TAG


def tool():
    spec = importlib.util.spec_from_file_location("build_wheel", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def inputs(tmp_path):
    (tmp_path / "in").mkdir()
    for name, content in {"a": b"first", "b": b"\0\xff", "empty": b""}.items():
        (tmp_path / "in" / name).write_bytes(content)
    return tmp_path


def run(directory, *files, **options):
    """Exit code and messages of the tool."""
    given = {"out": FILE, "name": "my-store", "version": "1.0", "tag": TAG, "summary": "Text."}
    given["requires"] = "cffi"
    given.update(options)
    words = [word for name, value in given.items() for word in ("--" + name, value)]
    done = subprocess.run(
        [sys.executable, TOOL] + words + list(files),
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def read(path):
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_holds_the_files_and_says_what_they_are(inputs):
    assert run(inputs, "p/b.so=in/b", "p/a.py=in/a", "p/py.typed=in/empty") == (0, "")
    files = read(inputs / FILE)
    assert list(files) == [
        "p/a.py",
        "p/b.so",
        "p/py.typed",
        "my_store-1.0.dist-info/METADATA",
        "my_store-1.0.dist-info/WHEEL",
        "my_store-1.0.dist-info/RECORD",
    ]
    assert files["p/a.py"] == b"first"
    assert files["p/b.so"] == b"\0\xff"
    assert files["my_store-1.0.dist-info/METADATA"].decode().splitlines() == [
        "Metadata-Version: 2.1",
        "Name: my-store",
        "Version: 1.0",
        "Summary: Text.",
        "Requires-Python: >=3.9",
        "Requires-Dist: cffi",
    ]
    assert files["my_store-1.0.dist-info/WHEEL"].decode().splitlines() == [
        "Wheel-Version: 1.0",
        "Generator: mmf_wheel",
        "Root-Is-Purelib: false",
        "Tag: cp39-abi3-linux_x86_64",
    ]


# Only text: any machine, and more than one requirement.
def test_says_that_text_is_for_every_machine(inputs):
    wheel = "my_store-1.0-py3-none-any.whl"
    words = ["--requires=numpy>=1.20.0"]
    code, output = run(
        inputs, *words, "p/a.py=in/a", out=wheel, tag="py3-none-any", requires="mmapforge>=1.0rc1"
    )
    assert (code, output) == (0, "")
    files = read(inputs / wheel)
    about = files["my_store-1.0.dist-info/METADATA"].decode().splitlines()
    assert about[-2:] == ["Requires-Dist: mmapforge>=1.0rc1", "Requires-Dist: numpy>=1.20.0"]
    assert "Root-Is-Purelib: true" in files["my_store-1.0.dist-info/WHEEL"].decode().splitlines()


def test_records_the_hash_of_each_file(inputs):
    assert run(inputs, "p/b.so=in/b", "p/a.py=in/a")[0] == 0
    files = read(inputs / FILE)
    rows = list(csv.reader(files["my_store-1.0.dist-info/RECORD"].decode().splitlines()))
    assert [row[0] for row in rows] == list(files)
    assert rows.pop() == ["my_store-1.0.dist-info/RECORD", "", ""]
    for path, digest, size in rows:
        kind, _, code = digest.partition("=")
        assert kind == "sha256"
        expected = hashlib.sha256(files[path]).digest()
        assert base64.urlsafe_b64decode(code + "=") == expected
        assert int(size) == len(files[path])


def test_is_the_same_for_the_same_files(inputs):
    assert run(inputs, "p/a.py=in/a", "p/b.so=in/b")[0] == 0
    first = (inputs / FILE).read_bytes()
    os.utime(inputs / "in" / "a", (1, 1))
    os.chmod(inputs / "in" / "a", 0o600)
    assert run(inputs, "p/b.so=in/b", "p/a.py=in/a")[0] == 0
    assert (inputs / FILE).read_bytes() == first


def test_has_no_trace_of_the_machine(inputs):
    assert run(inputs, "p/a.py=in/a")[0] == 0
    with zipfile.ZipFile(inputs / FILE) as archive:
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr >> 16 == 0o100644
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.extra == b""


def test_has_commands_and_executables(inputs):
    assert run(inputs, "p/a.py=in/a", "p/bin/b=in/b", script="run=p.a:main", executable="p/bin/b")[0] == 0
    with zipfile.ZipFile(inputs / FILE) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    assert modes["p/bin/b"] == 0o100755 and modes["p/a.py"] == 0o100644
    points = read(inputs / FILE)["my_store-1.0.dist-info/entry_points.txt"]
    assert points == b"[console_scripts]\nrun = p.a:main\n"


@pytest.mark.parametrize(
    "options, message",
    [
        ({"name": "my store"}, "the name 'my store' is not valid"),
        ({"name": "x-"}, "the name 'x-' is not valid"),
        ({"version": "1.x"}, "the version '1.x' is not valid by PEP 440"),
        ({"version": "01"}, "the version '01' is not valid by PEP 440"),
        ({"version": "1.0 "}, "the version '1.0 ' is not valid by PEP 440"),
        ({"tag": "linux"}, "the tag 'linux' is not valid"),
        ({"requires": "a\nRequires-Dist: b"}, "the requirement 'a\\nRequires-Dist: b' is not valid"),
        ({"summary": "a\nRequires-Dist: b"}, "the summary must be one line"),
        ({"script": "run"}, "the script 'run' is not valid"),
        ({"script": "run=p.a:main\nx=y:z"}, "is not valid; write it like 'command=module:function'"),
        ({"executable": "p/none"}, "the executable 'p/none' is not one of the files"),
        ({"out": "x.whl"}, "the file must be called " + FILE),
        ({"out": "no/" + FILE}, "No such file"),
    ],
)
def test_refuses_arguments(inputs, options, message):
    code, output = run(inputs, "p/a.py=in/a", **options)
    assert code == 1
    assert output.startswith("mmf_wheel: ")
    assert message in output


@pytest.mark.parametrize(
    "files, message",
    [
        ([], "there is no file"),
        (["p/a.py"], "'p/a.py' is not PATH=FILE"),
        (["/p/a.py=in/a"], "is not PATH=FILE with a path below the directory"),
        (["../a.py=in/a"], "is not PATH=FILE with a path below the directory"),
        (["p/a.py=in/a", "p/a.py=in/b"], "'p/a.py' is given twice"),
        (["p/a,b.py=in/a"], "has a character that a wheel cannot list"),
        (["p\\a.py=in/a"], "has a character that a wheel cannot list"),
        (["=in/a"], "is not PATH=FILE with a path below the directory"),
        (["./a.py=in/a"], "is not PATH=FILE with a path below the directory"),
        (["my_store-1.0.dist-info/RECORD=in/a"], "that the wheel itself writes"),
        (["p/a.py=in/none"], "No such file"),
    ],
)
def test_refuses_files(inputs, files, message):
    code, output = run(inputs, *files)
    assert code == 1
    assert output.startswith("mmf_wheel: ")
    assert message in output
    assert not (inputs / FILE).exists()


@pytest.mark.parametrize(
    "version", ["0", "1.0", "1.0.3", "1!2.0", "1.0a1", "1.0rc12", "1.0.post1", "1.0.dev3", "1+ab.1"]
)
def test_takes_the_versions_of_pep_440(version):
    assert tool().VERSION.fullmatch(version)


def test_escapes_names_as_wheels_do():
    assert tool().file_name("My.Store-x", "1.0", TAG) == "my_store_x-1.0-%s.whl" % TAG
