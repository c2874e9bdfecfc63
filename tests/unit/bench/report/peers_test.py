import pytest
import samples
from report.parse import OutputError, parse
from report.peers import Peers


@pytest.fixture
def peers():
    return Peers(parse("peers", samples.peers()))


def test_plain_memory_and_ours_come_first(peers):
    assert peers.libraries == ["plain memory", "mmapforge", "FlatBuffers"]


def test_short_is_sorted_by_the_get_from_ram(peers):
    lines = peers.short()
    assert [line.split(" | ")[0] for line in lines[2:5]] == ["| plain memory", "| **mmapforge**", "| FlatBuffers"]
    # 2 x 1,000, 5,000, 8,000 and 9,000 ps.
    assert lines[3] == "| **mmapforge** | 2 ns | 10 ns | 16 ns | 18 ns | yes |"
    assert lines[4] == "| FlatBuffers | 10 ns | 50 ns | 80 ns * | 90 ns * | - |"
    assert lines[-1].startswith("\\* builds")


def test_comparison_has_ratios_to_plain_memory(peers):
    header, _, get, append = peers.comparison(0)
    assert header == "| CPU time of a row | rows | plain memory | mmapforge | FlatBuffers |"
    assert get == "| get one field of a random row | 1,000 | 1 ns | 2 ns (2.00x) | 10 ns (10x) |"
    assert append == "| append | 8,000 | 8 ns | 16 ns (2.00x) | 80 ns (10x) |"
    assert "5,000" in peers.comparison(1)[2]


def test_synced_says_who_cannot(peers):
    lines = peers.synced()
    # Wall time is twice the CPU time of 3 ns.
    assert "| mmapforge | 6 ns | 3 ns | 6 µs |" in lines
    assert "| FlatBuffers | no: a finished buffer does not grow | - | - |" in lines


def test_missing_and_notes(peers):
    assert peers.missing() == [("lmdb", "there is no <lmdb.h>")]
    assert peers.notes() == ["- FlatBuffers, append: builds a buffer."]


def test_an_operation_that_one_cannot_do():
    text = samples.benchmark(samples.run("plain memory/read/10", 1e-9), samples.run("other/sum/10", 1e-9))
    lines = Peers(parse("peers", text)).comparison(0)
    assert "| read a whole record, random | 10 | 1 ns | no |" in lines
    # Without plain memory there is no ratio.
    assert "| sum a column over all rows | 10 | no | 1 ns |" in lines


@pytest.mark.parametrize("name", ["alone", "a/b", "a/b/many", "a/b/1/2"])
def test_names_of_another_form(name):
    with pytest.raises(OutputError, match="should be LIBRARY/OPERATION/ROWS"):
        Peers(parse("peers", samples.benchmark(samples.run(name, 1e-9))))


def test_what_each_gives(peers):
    lines = peers.gives()
    assert lines[3] == "| mmapforge | this tree | - | yes: at any instruction | - | - | - |"
    text = samples.benchmark(*(samples.run(f"a/open/{rows}", 1e-9, bytes_per_row=rows) for rows in (9, 96)))
    assert Peers(parse("peers", text)).gives()[2] == "| a | - | 96 | - | - | - | - |"


def test_versions(peers):
    assert peers.versions() == "plain memory -, mmapforge this tree, FlatBuffers -"
