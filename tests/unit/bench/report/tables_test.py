import pytest
from report import tables


def test_table():
    assert tables.table(["a", "b"], [["1", "2|3"], ["x\ny", ""]]) == [
        "| a | b |",
        "| --- | --- |",
        "| 1 | 2\\|3 |",
        "| x y |  |",
    ]


@pytest.mark.parametrize(
    "value, text",
    [
        (None, "-"),
        (0.0, "0"),
        (7.0, "7"),
        (0.6341, "0.63"),
        (9.876, "9.88"),
        (12.34, "12.3"),
        (123.4, "123"),
        (1234.0, "1,234"),
        (0.01234, "0.0123"),
        (-12.34, "-12.3"),
    ],
)
def test_number(value, text):
    assert tables.number(value) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (None, "-"),
        (0.5, "0.50 ns"),
        (999.0, "999 ns"),
        (1000.0, "1 µs"),
        (15300.0, "15.3 µs"),
        (2.5e6, "2.50 ms"),
        (3e9, "3 s"),
    ],
)
def test_nanoseconds(value, text):
    assert tables.nanoseconds(value) == text


def test_ratio():
    assert tables.ratio(3.0, 2.0) == "1.50x"
    assert tables.ratio(200.0, 2.0) == "100x"
    assert tables.ratio(0.1, 2.0) == "0.05x"
    assert tables.ratio(None, 2.0) == tables.ratio(1.0, None) == tables.ratio(1.0, 0.0) == "-"


def test_spread():
    assert tables.spread(9.0, 10.0, 12.0) == "-10 to +20 %"
    assert tables.spread(None, 10.0, 12.0) == tables.spread(1.0, 0.0, 2.0) == "-"
