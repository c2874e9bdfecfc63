import pytest
import samples
from report import __main__ as command
from report import programs
from report.parse import OutputError, parse


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as caught:
        command.main(list(arguments))
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_wrong_arguments(capsys, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert "invalid choice: 'nope'" in refused(capsys, "--only", "nope")
    assert "is no directory" in refused(capsys, "--out", str(file))
    assert "unrecognized arguments: --fast" in refused(capsys, "--fast")


@pytest.fixture
def measured(monkeypatch):
    """Programs that print what a test says; those that it says nothing of have no target."""

    def set_up(**outputs):
        asked = []

        def measure(root, program, quick):
            asked.append((program.name, quick))
            text = outputs[program.name]
            if text is None:
                return programs.Result(program, problem="it ended with status 1")
            return programs.Result(program, parse(program.name, text))

        monkeypatch.setattr(programs, "targets", lambda root: list(outputs))
        monkeypatch.setattr(programs, "measure", measure)
        return asked

    return set_up


def test_all_that_are_there_are_run(measured, tmp_path, capsys):
    asked = measured(peers=samples.peers(), latency=samples.line())
    assert command.main(["--quick", "--out", str(tmp_path / "new" / "out")]) == 0
    assert asked == [("peers", True), ("latency", True)]
    text = (tmp_path / "new" / "out" / "REPORT.md").read_text()
    assert "bench/report/run --quick --out" in text
    assert "| //bench:scaling |  |  | there is no such target |" in text
    assert "there is no //bench:scaling" in capsys.readouterr().err


def test_only_those_that_were_asked_for(measured, tmp_path):
    asked = measured(peers=samples.peers(), latency=samples.line(), tick=samples.line())
    assert command.main(["--only", "latency", "--only=tick", "--out", str(tmp_path)]) == 0
    assert asked == [("tick", False), ("latency", False)]


def test_a_failure_makes_the_status_1_and_leaves_a_report(measured, tmp_path, capsys):
    measured(peers=None, latency=samples.line())
    assert command.main(["--out", str(tmp_path)]) == 1
    assert "//bench:peers failed: it ended with status 1" in capsys.readouterr().err
    assert "| append | mmapforge | ns | 41 |" in (tmp_path / "REPORT.md").read_text()


def test_without_bazel_there_is_nothing_to_report(monkeypatch, capsys, tmp_path):
    def targets(root):
        raise OutputError("bazel query //bench:all failed:\nno workspace")

    monkeypatch.setattr(programs, "targets", targets)
    assert command.main(["--out", str(tmp_path)]) == 1
    assert "no workspace" in capsys.readouterr().err


def test_file_systems_are_named(measured, tmp_path):
    it = samples.benchmark(samples.run("a/open/1", 1e-9), **{"directory/disk": "/proc"})
    measured(peers=it)
    assert command.main(["--out", str(tmp_path)]) == 0
    assert "| files on a disk | /proc, proc |" in (tmp_path / "REPORT.md").read_text()
