import pytest
import samples
from report import plots
from report.parse import parse
from report.peers import Peers

drawn = pytest.mark.skipif(plots.problem() != "", reason=plots.problem())


def points(*pairs, library="mmapforge"):
    text = "\n".join(samples.line(library=library, x=x, x_name="rows", values={"p50": y, "p99": 1}) for x, y in pairs)
    return parse("latency", text).figures


@drawn
def test_peers(tmp_path):
    path = tmp_path / "peers.svg"
    peers = Peers(parse("peers", samples.peers()))
    plots.draw_peers(peers, str(path))
    text = path.read_text()
    # Text is text, and says all that the plot is about.
    for word in ["mmapforge", "FlatBuffers", "5,000 rows", "10 ns", "80 ns *"]:
        assert word in text
    assert 'fill: #ffffff' in text
    first = path.read_bytes()
    plots.draw_peers(peers, str(path))
    assert path.read_bytes() == first


@drawn
def test_curves(tmp_path):
    path = tmp_path / "curve.svg"
    plots.draw_curves(points((1, 5), (100, 7)) + points((1, 9), library="other"), str(path))
    text = path.read_text()
    assert "append" in text and "other" in text and "p50, ns" in text and "p99" not in text


@drawn
def test_curves_without_a_value(tmp_path):
    path = tmp_path / "curve.svg"
    plots.draw_curves(points((0, None), (1, None)), str(path))
    assert path.exists()


def test_a_single_point_is_no_curve():
    assert plots.curves(points((1, 5))) == {}
    assert plots.curves(parse("x", samples.line()).figures) == {}
    assert list(plots.curves(points((1, 5), (2, 5)))) == ["latency"]
