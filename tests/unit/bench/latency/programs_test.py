"""The measuring programs: each case prints a line, bad arguments are refused, no file is left."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time

import pytest

SCALING = os.path.join("bench", "latency", "scaling")
LATENCY = os.path.join("bench", "latency", "latency")
PROGRAMS = [SCALING, LATENCY]

# Far beyond what a quick run takes, on any machine.
TIMEOUT = 120

IN_ORDER = ["get a scalar in order", "get a scalar at random", "get a record in order",
            "get a record at random", "sum a column"]
ALONE = ["append to a growing file, CPU time", "append to a growing file, wall time",
         "open read-only, wall time", "open for writing, wall time",
         "get a scalar in order, pages not met before"]
OPERATIONS = [("operations", case, library, x) for x in (1000, 10000)
              for case, library in [(case, "mmapforge") for case in ALONE + IN_ORDER]
              + [(case, "plain") for case in IN_ORDER]]
READERS = [("readers", "%s, %s" % (form, writer), "mmapforge", x) for x in (1, 2, 4)
           for form in ("get", "read_begin and read_retry")
           for writer in ("no writer", "a writer at 0/s", "a writer at 100000/s",
                          "a writer at 1000000/s")]
# Doublings from 256 KiB to the 32 MiB of a quick run.
GROWTH = [("growth", "append", "mmapforge", 2**power) for power in range(18, 26)]
OPEN = [("open", "%s, %s" % (mode, left), "mmapforge", x) for x in (1000, 10000, 100000)
        for mode in ("read-only", "for writing")
        for left in ("closed", "writer killed in an update", "after a restart")]
VISIBLE = [("latency", "write to visible, %d/s" % rate, library, None)
           for rate in (10000, 100000)
           for library in ("mmapforge", "ring in shared memory", "pipe, polled", "pipe, blocking")]
READ = [("latency", "%s, %s" % (form, writer), "mmapforge", None)
        for form in ("get", "read_begin and read_retry")
        for writer in ("no writer", "a writer on other records", "a writer on the same record")]


def run(program, *arguments, **options):
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=TIMEOUT,
                          check=False, **options)


def lines_of(done):
    """The lines of a run that went well, each of the form that bench/README.md gives."""
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        assert set(line) - {"x", "x_name"} == {"table", "case", "library", "unit", "values"}
        assert ("x" in line) == ("x_name" in line)
        assert all(isinstance(line[key], str) for key in ("table", "case", "library", "unit"))
        assert line["values"]
        assert all(isinstance(value, (int, float)) for value in line["values"].values()), line
        assert all(value >= 0 for value in line["values"].values()), line
    return lines


def keys(lines):
    return sorted((line["table"], line["case"], line["library"], line.get("x") or 0)
                  for line in lines)


def expected(cases):
    return sorted((table, case, library, x or 0) for table, case, library, x in cases)


def file_system(directory):
    """As stat(1) calls it; GNU's says ext2/ext3 for ext4, too."""
    name = subprocess.run(["stat", "-f", "-c", "%T", directory], capture_output=True, text=True,
                          check=True).stdout.strip()
    return {"ext2/ext3": "ext4", "tmpfs": "tmpfs", "xfs": "xfs", "btrfs": "btrfs",
            "overlayfs": "overlayfs"}.get(name, "another file system")


def test_scaling_prints_each_case(tmp_path):
    lines = lines_of(run(SCALING, "--quick", "--dir", str(tmp_path)))
    assert keys(lines) == expected(OPERATIONS + READERS + GROWTH + OPEN)
    for line in lines:
        if line["table"] == "readers":
            assert line["values"]["torn"] == 0
            assert line["values"]["reads_per_second"] > 0
    assert os.listdir(tmp_path) == []


def test_latency_prints_each_case(tmp_path):
    lines = lines_of(run(LATENCY, "--quick", "--dir", str(tmp_path)))
    here = file_system(tmp_path)
    append = [("latency", "append, memory", "memcpy", None)]
    places = [here]
    if here != "tmpfs" and os.access("/dev/shm", os.W_OK) and file_system("/dev/shm") == "tmpfs":
        places.append("tmpfs")
    for place in places:
        append += [("latency", "append, " + place, library, None)
                   for library in ("mmapforge", "write(2), O_APPEND")]
    sync = [("latency", "sync after %s, %s" % (count, here), library, None)
            for count in ("1 record", "1000 records")
            for library in ("mmapforge", "write(2), fdatasync")]
    clock = [("latency", "clock", "clock_gettime", None)]
    assert keys(lines) == expected(clock + append + READ + VISIBLE + sync)
    for line in lines:
        values = line["values"]
        assert values["p50"] <= values["max"]
        assert values["samples"] > 0
        assert values.get("torn", 0) == 0
    assert os.listdir(tmp_path) == []


def test_only_one_part(tmp_path):
    lines = lines_of(run(LATENCY, "--quick", "--only", "clock", "--dir", str(tmp_path)))
    assert [line["case"] for line in lines] == ["clock"]


def test_the_directory_of_the_environment(tmp_path):
    done = run(LATENCY, "--quick", "--only", "clock",
               env={**os.environ, "TMPDIR": str(tmp_path / "none")})
    assert done.returncode == 2
    assert "'%s/none' is no directory" % tmp_path in done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_help(program):
    done = run(program, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: " + os.path.basename(program))
    assert done.stderr == ""


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("arguments, message", [
    (["--fast"], "unknown argument '--fast'"),
    (["file"], "unknown argument 'file'"),
    (["--quick", "--dir"], "--dir takes a value"),
    (["--only"], "--only takes a value"),
    (["--only", "everything"], "there is no part 'everything'"),
    (["--dir", "/no/such/place"], "'/no/such/place' is no directory"),
    (["--dir", "/proc/version"], "'/proc/version' is no directory"),
])
def test_bad_arguments(program, arguments, message):
    done = run(program, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert "usage: " in done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_directory_that_takes_no_files(program):
    done = run(program, "--quick", "--dir", "/proc/self")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "/proc/self" in done.stderr and "--dir" in done.stderr


def test_a_full_disk_is_said_before_anything_runs(tmp_path):
    if shutil.which("unshare") is None:
        pytest.skip("no unshare(1)")
    mount = "mount -t tmpfs -o size=1m none '%s'" % tmp_path
    if subprocess.run(["unshare", "-Urm", "sh", "-c", mount], check=False).returncode != 0:
        pytest.skip("no name space to mount in")
    done = run("unshare", "-Urm", "sh", "-c",
               mount + " && exec %s --quick --dir '%s'" % (SCALING, tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.search(r"needs \d+ MB in .*, which has room for 1 MB; free some", done.stderr)


def test_a_failure_leaves_no_file(tmp_path):
    """The limit on file sizes is met while a file grows."""
    done = run(SCALING, "--quick", "--only", "growth", "--dir", str(tmp_path),
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20)))
    assert done.returncode == 1
    assert "MMF_ERR_NO_SPACE" in done.stderr
    assert os.listdir(tmp_path) == []


def start(tmp_path):
    """A run that would take long, when it has files, and its working process."""
    # pylint: disable=consider-using-with
    started = subprocess.Popen([SCALING, "--only", "operations", "--dir", str(tmp_path)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    since = time.monotonic()
    while not any(files for _, _, files in os.walk(tmp_path)):
        assert time.monotonic() - since < TIMEOUT
        assert started.poll() is None, started.stderr.read()
        time.sleep(0.01)
    with open("/proc/%d/task/%d/children" % (started.pid, started.pid), encoding="ascii") as file:
        return started, int(file.read())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(tmp_path, number):
    started, worker = start(tmp_path)
    started.send_signal(number)
    started.communicate(timeout=TIMEOUT)
    assert started.returncode == -number
    assert os.listdir(tmp_path) == []
    assert not os.path.exists("/proc/%d" % worker)


def test_a_worker_that_dies(tmp_path):
    started, worker = start(tmp_path)
    os.kill(worker, signal.SIGKILL)
    _, errors = started.communicate(timeout=TIMEOUT)
    assert started.returncode == 1
    assert "the measuring process was ended by signal 9" in errors
    assert os.listdir(tmp_path) == []
