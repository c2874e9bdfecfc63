import json

import pytest
import samples
from report.parse import OutputError, parse


def wrong(text, name="latency"):
    with pytest.raises(OutputError) as caught:
        parse(name, text)
    return str(caught.value)


# ---- google/benchmark ----


def test_median_least_and_most_of_the_repetitions():
    text = samples.benchmark(
        samples.run("get/8", 3e-9), samples.run("get/8", 1e-9), samples.run("get/8", 8e-9), date="today"
    )
    output = parse("tick", text)
    (figure,) = output.figures
    assert (figure.table, figure.case, figure.library, figure.unit) == ("tick", "get/8", "", "ns")
    # An iteration takes twice its CPU time, so a row does, too.
    assert figure.values == pytest.approx({"cpu": 3, "cpu_min": 1, "cpu_max": 8, "wall": 6})
    assert output.context == {"date": "today"}


def test_names_lose_how_they_were_run():
    (figure,) = parse("ram", samples.benchmark(samples.run("a<Tick>/7/iterations:4/repeats:2/real_time", 1e-9))).figures
    assert figure.case == "a<Tick>/7"


def test_time_of_an_iteration_where_there_is_no_row():
    it = samples.run("open", 0, real=5.0, cpu=4.0, time_unit="us")
    del it["per_row"]
    (figure,) = parse("x", samples.benchmark(it)).figures
    assert figure.values["cpu"] == pytest.approx(4000)
    assert figure.values["wall"] == pytest.approx(5000)


def test_bytes_of_a_row():
    (figure,) = parse("x", samples.benchmark(samples.run("open", 1e-9, bytes_per_row=104.5))).figures
    assert figure.values["bytes"] == 104.5
    assert "bytes_per_row" in wrong(samples.benchmark(samples.run("open", 1e-9, bytes_per_row="many")))


def test_aggregates_are_left_out():
    text = samples.benchmark(samples.run("a", 1e-9), samples.run("a_mean", 7e-9, run_type="aggregate"))
    assert [figure.case for figure in parse("x", text).figures] == ["a"]


def test_nothing_but_aggregates_is_too_little():
    assert "no benchmark" in wrong(samples.benchmark(samples.run("a_mean", 7e-9, run_type="aggregate")))


def test_no_benchmark_at_all():
    assert "no benchmark" in wrong(samples.benchmark())


def test_a_benchmark_that_failed():
    text = samples.benchmark(samples.run("a", 1e-9, error_occurred=True, error_message="disk full"))
    assert wrong(text) == "a failed: disk full"


@pytest.mark.parametrize("value", ["fast", None, True, [1], float("nan")])
@pytest.mark.parametrize("name", ["cpu_time", "real_time", "per_row"])
def test_times_that_are_no_numbers(name, value):
    assert name in wrong(samples.benchmark(samples.run("a", 1e-9, **{name: value})) if name != "per_row"
                         else samples.benchmark(samples.run("a", value)))  # fmt: skip


def test_an_unknown_unit():
    assert wrong(samples.benchmark(samples.run("a", 1e-9, time_unit="day"))) == "a: the unit of time is 'day'"


@pytest.mark.parametrize("whole", [{"benchmarks": {}}, {"benchmarks": [1]}, {"benchmarks": [], "context": 1}])
def test_other_shapes(whole):
    wrong(json.dumps(whole))


# ---- Lines of JSON ----


def test_lines():
    output = parse("latency", samples.line() + "\n\n" + samples.line(x=3, x_name="rows", note="so", values={"a": None}))
    first, second = output.figures
    assert (first.table, first.case, first.library, first.x) == ("latency", "append", "mmapforge", None)
    assert first.values == {"p50": 41.0}
    assert (second.x, second.x_name, second.note, second.values) == (3.0, "rows", "so", {"a": None})


@pytest.mark.parametrize(
    "text, said",
    [
        ("garbage", "line 1 is no JSON"),
        (samples.line() + "\n{", "line 2 is no JSON"),
        ("[1]\n[2]", "line 1 is no object"),
        ("7", "line 1 is no object"),
        (samples.line(values={}), "line 1: values is {}"),
        (samples.line(values=[1]), "line 1: values is [1]"),
        (samples.line(values={"p50": "41"}), "line 1: p50 is '41'"),
        (samples.line(table=None), "line 1: table is None"),
        (samples.line(x="1", x_name="rows"), "line 1: x is '1'"),
        (samples.line(x=1), "line 1: x_name is None"),
        (samples.line(note=1), "line 1: note is 1"),
    ],
)
def test_wrong_lines_say_where(text, said):
    assert said in wrong(text)


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing(text):
    assert wrong(text) == "it printed nothing"


# ---- Others ----


def test_skipped():
    output = parse("instructions", "SKIPPED: there is no valgrind\nmore\n")
    assert (output.figures, output.skipped) == ([], "there is no valgrind")


def test_counts():
    output = parse("instructions", "gcc 12\nbench/tick_loop\n  get     14\n  raw_get  8\nother\n  get  1\n")
    assert [(f.library, f.case, f.values["count"]) for f in output.figures] == [
        ("tick_loop", "get", 14),
        ("tick_loop", "raw_get", 8),
        ("other", "get", 1),
    ]


def test_wrong_counts():
    assert "line 2" in wrong("loops\n  get  many\n", "instructions")
    assert "no count" in wrong("loops\n", "instructions")
