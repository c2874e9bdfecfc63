import pytest
import samples
from report import document
from report.parse import parse
from report.programs import PROGRAMS, Result

BY_NAME = {program.name: program for program in PROGRAMS}


def result(name, text="", **more):
    return Result(BY_NAME[name], parse(name, text) if text else parse(name, "SKIPPED: so"), **more)


@pytest.fixture
def report(tmp_path):
    def write(*results, **more):
        session = document.Session(
            command="bench/report/run",
            started="today",
            facts=[("CPU", "one")],
            loads=("1", "2"),
            seconds=12.4,
            results=list(results),
            plot_problem=more.pop("plot_problem", "no plots in this test"),
            **more,
        )
        document.write(session, str(tmp_path))
        return session, (tmp_path / "REPORT.md").read_text()

    return write


def test_the_head(report):
    session, text = report(result("peers", samples.peers(), seconds=3.2), absent=["latency"])
    assert "| date | today |" in text
    assert "| command | `bench/report/run` |" in text
    assert "| compiler | gcc 12.2.0 |" in text
    assert "| //bench:peers | other libraries at the same work | 3 s | 13 figures |" in text
    assert "| //bench:latency |  |  | there is no such target |" in text
    assert not session.failed


def test_peers_that_were_not_measured_are_named(report):
    _, text = report(result("peers", samples.peers()))
    assert "- not measured: LMDB: there is no <lmdb.h>" in text
    assert "- not measured: the Go library mmapforge v0.1: " in text
    assert "- no plots: no plots in this test" in text
    assert "![" not in text


def test_a_missing_library_of_lines_is_named_and_in_no_table(report):
    gone = samples.line(library="lmdb", values={"p50": None}, note="lmdb is not installed")
    _, text = report(result("latency", samples.line() + "\n" + gone))
    assert "- not measured: lmdb: lmdb is not installed" in text
    assert "| append | mmapforge | ns | 41 |" in text
    assert "| append | lmdb" not in text


def test_a_failed_program_is_named_and_the_rest_is_written(report):
    bad = Result(BY_NAME["tick"], problem="it ended with status 1\nno room")
    session, text = report(bad, result("latency", samples.line()))
    assert session.failed
    assert "**//bench:tick failed**" in text
    assert "    it ended with status 1\n    no room\n" in text
    assert "| append | mmapforge | ns | 41 |" in text


def test_figures_of_another_form_are_a_failure(report):
    session, text = report(result("peers", samples.benchmark(samples.run("odd", 1e-9))), result("latency", samples.line()))
    assert session.failed
    assert "**//bench:peers failed**" in text
    assert "should be LIBRARY/OPERATION/ROWS" in text
    assert "| append | mmapforge | ns | 41 |" in text


def test_what_was_skipped_is_said(report):
    session, text = report(result("instructions"))
    assert "skipped: so" in text
    assert not session.failed


def test_google_benchmark(report):
    _, text = report(result("tick", samples.benchmark(samples.run("raw_get/8", 2e-9))))
    assert "| raw_get/8 | 2 | +0 to +0 % | 4 |  |" in text


def test_the_store_and_plain_memory_stand_side_by_side(report):
    names = ["store_set/8", "store_get/2048", "raw_get/2048", "raw_get/256", "store_get/256", "raw_set/8"]
    _, text = report(result("tick", samples.benchmark(*(samples.run(name, 2e-9) for name in names))))
    rows = [line.split(" ")[1] for line in text.splitlines() if line.startswith(("| raw_", "| store_"))]
    assert rows == ["raw_get/256", "store_get/256", "raw_get/2048", "store_get/2048", "raw_set/8", "store_set/8"]


def test_curves_have_columns_for_x(report):
    lines = [samples.line(x=x, x_name="rows", values={"p50": x, "p99": None}) for x in (1, 1000)]
    _, text = report(result("scaling", "\n".join(lines)))
    assert "| case | library | rows | unit | p50 | p99 |" in text
    assert "| append | mmapforge | 1,000 | ns | 1,000 | - |" in text


def test_plots_are_written_beside_the_report(report, tmp_path):
    if document.plots.problem():
        pytest.skip(document.plots.problem())
    lines = [samples.line(table="a/b", x=x, x_name="rows") for x in (1, 1000)]
    _, text = report(result("peers", samples.peers()), result("scaling", "\n".join(lines)), plot_problem="")
    for name in ("peers.svg", "scaling_a_b.svg"):
        assert (tmp_path / "report.d" / name).stat().st_size > 1000
    # Only the plot that git keeps may be a link.
    assert "](report.d/peers.svg)" in text
    assert "](report.d/scaling_a_b.svg)" not in text
    assert "Plot: `report.d/scaling_a_b.svg`, " in text
