import importlib.util
import sys

import pytest
from bench.compare import python_peers
from report.parse import parse

ROWS = 2_500  # with a last batch that is not full


@pytest.fixture
def columns():
    return python_peers.make_columns(ROWS)


@pytest.mark.parametrize("kind", python_peers.PEERS, ids=lambda kind: kind.name)
def test_each_peer_keeps_what_was_put_in(kind, columns, tmp_path):
    module = python_peers.PEERS[kind]
    if module and importlib.util.find_spec(module) is None:
        pytest.skip("there is no module " + module)
    peer = kind(str(tmp_path / "file"), columns)
    assert len(python_peers.cases_of(peer, str(tmp_path), columns, ROWS)) == 4
    peer.append(str(tmp_path / "new"), columns)
    assert peer.get([0]) == columns["price"][0]
    assert peer.get([ROWS - 1, 7]) == columns["price"][ROWS - 1] + columns["price"][7]


def test_a_peer_that_loses_rows_is_found_out(columns, tmp_path):
    class Loses(python_peers.StructOverMmap):
        def iterate(self):
            return super().iterate() - 1

    with pytest.raises(SystemExit, match="does not give back"):
        python_peers.cases_of(Loses(str(tmp_path / "file"), columns), str(tmp_path), columns, ROWS)


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["python_peers", *arguments])
    python_peers.main()
    return parse("python_peers", capsys.readouterr().out).figures


def test_prints_figures(monkeypatch, capsys):
    monkeypatch.setattr(python_peers, "PEERS", {python_peers.Store: "", python_peers.StructOverMmap: ""})
    figures = run(monkeypatch, capsys, "--quick")
    # By operation, so that a table has those beside each other that are to be compared.
    assert [figure.library for figure in figures] == ["mmapforge", "struct over mmap"] * 4
    for figure in figures:
        values = figure.values
        assert 0 < values["cpu_min"] <= values["cpu"] <= values["cpu_max"]
        assert values["wall"] > 0


def test_a_missing_library_is_named(monkeypatch, capsys):
    monkeypatch.setattr(python_peers, "PEERS", {python_peers.Lmdb: "no_such_module"})
    (figure,) = run(monkeypatch, capsys, "--quick")
    assert (figure.library, figure.values) == ("py-lmdb", {"cpu": None})
    assert "has no module no_such_module" in figure.note
