"""`mmapforge.compile` and `generate`: a schema file becomes a module, by mmfgen."""

import os
import pickle
import subprocess
import sys
import threading

import mmapforge
import pytest

MMFGEN = os.path.abspath("gen/mmfgen")
GOOD = """/// A trade.
record Trade version 1 {
  symbol: string[8];
  price: float64; /// in dollars
}
"""
TWO = GOOD + "record Quote version 1 { bid: float64; }\n"
BAD = "record Trade version 1 {\n  price: flaot64;\n  price: int32;\n}\n"


@pytest.fixture(autouse=True)
def mmfgen(monkeypatch):
    monkeypatch.setenv("MMF_MMFGEN", MMFGEN)


@pytest.fixture
def write(tmp_path):
    """Writes a schema file, and forgets the modules that a test compiled."""
    before = set(sys.modules)

    def write(text, name="trade.mmfs"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    yield write
    for name in set(sys.modules) - before:
        del sys.modules[name]


def refused(kind, call, *words):
    with pytest.raises(mmapforge.Error) as caught:
        call()
    assert type(caught.value) is kind, caught.value
    for word in words:
        assert word in str(caught.value)
    return caught.value


# ---- compile ----


def test_a_module_has_the_types_that_no_record_uses(write):
    text = """/// For programs only.
enum Phase : int8 { Idle = -1; Busy = 3; }
enum Kind : uint8 { A = 1; }
struct Spare { phase: Phase; when: date; count: int32?; }
""" + GOOD.replace("price: float64", "kind: Kind").replace("in dollars", "its kind")
    path = write(text)
    trades = mmapforge.compile(path)
    assert trades.__all__ == ["Phase", "Kind", "Spare", "Trade", "TradeStore", "create", "open"]
    assert [(m.name, m.value) for m in trades.Phase] == [("Idle", -1), ("Busy", 3)]
    assert trades.Phase.__doc__ == "For programs only." and trades.Spare.__doc__ == "The struct Spare."
    spare = trades.Spare(trades.Phase.Busy, None, count=2)
    assert spare._asdict() == {"phase": 3, "when": None, "count": 2}
    assert pickle.loads(pickle.dumps(spare)) == spare and type(spare).__module__ == "trade_store"
    assert trades.Kind is trades.TradeStore.schema.types["Kind"] and list(trades.TradeStore.schema.types) == ["Kind"]
    _, stub = mmapforge.generate(path)
    with open(stub, encoding="utf-8") as file:
        stub = file.read()
    assert "class Phase(_enum.IntEnum):" in stub and "import datetime as _datetime" in stub
    assert "class Spare(typing.NamedTuple):" in stub and "when: _datetime.date" in stub


def test_compiles_a_module_that_works(write, tmp_path):
    trades = mmapforge.compile(write(GOOD))
    assert trades.__name__ == "trade_store"
    path = str(tmp_path / "trades.mmf")
    with trades.create(path) as store:
        store.append(symbol="AAPL", price=189.5)
        store.append(trades.Trade("MSFT", 400.0))
    with trades.open(path) as store:
        assert [tuple(trade) for trade in store] == [("AAPL", 189.5), ("MSFT", 400.0)]
        assert isinstance(store, trades.TradeStore)
    with mmapforge.open(path) as store:
        assert store.schema == trades.TradeStore.schema


def test_a_schema_of_several_records(write):
    module = mmapforge.compile(str(write(TWO)))
    assert {module.Trade.__name__, module.QuoteStore.__name__} == {"Trade", "QuoteStore"}


def test_the_same_schema_gives_the_same_module(write):
    path = write(GOOD)
    module = mmapforge.compile(path)
    assert mmapforge.compile(str(path)) is module
    assert sys.modules["trade_store"] is module
    link = path.parent / "link" / "trade.mmfs"
    link.parent.mkdir()
    link.symlink_to(path)
    assert mmapforge.compile(link) is module


def test_a_changed_schema_gives_another_module(write):
    first = mmapforge.compile(write(GOOD))
    second = mmapforge.compile(write(GOOD.replace("8", "16")))
    assert second is not first
    assert second.TradeStore.schema.by_name["symbol"].max == 16
    assert first.TradeStore.schema.by_name["symbol"].max == 8


def test_records_can_be_pickled(write):
    module = mmapforge.compile(write(GOOD), name="pickled_trades")
    assert pickle.loads(pickle.dumps(module.Trade("A", 1.0))) == module.Trade("A", 1.0)


@pytest.mark.parametrize("file, name", [
    ("trade.mmfs", "trade_store"), ("Trade.mmfs", "trade_store"), ("OrderBook.mmfs", "order_book_store"),
    ("trade_store.mmfs", "trade_store"), ("TradeStore.mmfs", "trade_store"), ("L2.mmfs", "l2_store")])  # fmt: skip
def test_the_name_comes_from_the_file(write, file, name):
    assert mmapforge.compile(write(GOOD, file)).__name__ == name


def test_threads_get_one_module(write):
    path, found = write(GOOD), []
    threads = [threading.Thread(target=lambda: found.append(mmapforge.compile(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len({id(module) for module in found}) == 1


def test_every_mistake_of_a_schema_is_said(write):
    path = write(BAD)
    error = refused(mmapforge.SchemaError, lambda: mmapforge.compile(path), "did you mean 'float64'?")
    assert error.path == str(path)
    assert f"{path}:2:10: error: unknown type 'flaot64'" in str(error)
    assert f"{path}:3:3: error:" in str(error)
    assert "trade_store" not in sys.modules


def test_wrong_arguments(write, tmp_path):
    good = write(GOOD)
    compile_ = mmapforge.compile
    refused(mmapforge.StoreNotFoundError, lambda: compile_(tmp_path / "no.mmfs"), "no.mmfs", "no such file")
    refused(mmapforge.StoreNotFoundError, lambda: compile_(GOOD), "given by its file")
    refused(mmapforge.ArgumentError, lambda: compile_(""), "expected the path")
    refused(mmapforge.ArgumentError, lambda: compile_("a\0b"), "expected the path")
    refused(mmapforge.ArgumentTypeError, lambda: compile_(3), "of type int")
    refused(mmapforge.ArgumentTypeError, lambda: compile_(b"trade.mmfs"), "of type bytes")
    refused(mmapforge.ArgumentTypeError, lambda: compile_(good, name=3), "of type int")
    refused(mmapforge.ArgumentError, lambda: compile_(good, name="a b"), "'a b'", "give another name")
    refused(mmapforge.ArgumentError, lambda: compile_(good, name=""), "give another name")
    refused(mmapforge.ArgumentError, lambda: compile_(good, name="json"), "standard library")
    refused(mmapforge.ArgumentError, lambda: compile_(write(GOOD, "my trades.mmfs")), "give another name")
    refused(mmapforge.ArgumentError, lambda: compile_(good, name="\ud800"), "give another name")
    refused(mmapforge.ArgumentTypeError, lambda: mmapforge.generate(good, directory=1.5), "of type float")
    refused(mmapforge.StoreIOError, lambda: compile_(tmp_path), str(tmp_path))


def test_a_module_of_that_name_is_not_hidden(write, tmp_path, monkeypatch):
    path = write(GOOD)
    monkeypatch.setitem(sys.modules, "other_trades", os)
    refused(mmapforge.ArgumentError, lambda: mmapforge.compile(path, name="other_trades"), "another module")
    (tmp_path / "found_trades.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    refused(mmapforge.ArgumentError, lambda: mmapforge.compile(path, name="found_trades"), "another module")
    other = tmp_path / "other"
    other.mkdir()
    (other / "trade.mmfs").write_text(GOOD)
    first = mmapforge.compile(path)
    # Records of the one would be unpickled as those of the other.
    refused(mmapforge.ArgumentError, lambda: mmapforge.compile(other / "trade.mmfs"), "another module", f"it is of {path}")
    assert mmapforge.compile(path) is first
    assert mmapforge.compile(other / "trade.mmfs", name="other_module") is not first


def test_a_path_that_looks_like_an_option(write, tmp_path, monkeypatch):
    write(GOOD, "--trade.mmfs")
    monkeypatch.chdir(tmp_path)
    assert mmapforge.compile("--trade.mmfs", name="dashed_trades").Trade


# ---- The generator ----


def test_a_generator_that_is_missing_or_fails(write, tmp_path, monkeypatch):
    path = write(GOOD)
    monkeypatch.setenv("MMF_MMFGEN", str(tmp_path / "none"))
    refused(mmapforge.UnsupportedError, lambda: mmapforge.compile(path), "$MMF_MMFGEN", "not a program")
    for code, words in (("exit 2", ["trade.mmfs"]), ("kill -9 $$", ["signal 9"])):
        program = tmp_path / "mmfgen"
        program.write_text("#!/bin/sh\necho mmfgen: trade.mmfs: no luck >&2\n" + code + "\n")
        program.chmod(0o755)
        monkeypatch.setenv("MMF_MMFGEN", str(program))
        refused(mmapforge.StoreIOError, lambda: mmapforge.compile(path), *words)
    for code in ("exit 0", "exit 1"):  # programs that are not mmfgen
        program.write_text("#!/bin/sh\n" + code + "\n")
        refused(mmapforge.StoreIOError, lambda: mmapforge.compile(path))
    program.write_text("#!/nowhere\n")
    refused(mmapforge.StoreIOError, lambda: mmapforge.compile(path), "cannot be run")
    monkeypatch.delenv("MMF_MMFGEN")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    refused(mmapforge.UnsupportedError, lambda: mmapforge.compile(path), "pip install mmapforge", "mmf_store")


def test_the_c_sources_are_in_the_wheel_alone():
    for call in (mmapforge.get_include, mmapforge.get_sources):
        refused(mmapforge.UnsupportedError, call, "pip install mmapforge")


# ---- generate ----


def run(*arguments, cwd):
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "mmapforge", "generate", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_generates_a_module_and_its_stub(write, tmp_path):
    path = write(GOOD)
    assert run(path, cwd=tmp_path) == (0, f"wrote {tmp_path}/trade_store.py\nwrote {tmp_path}/trade_store.pyi\n", "")
    module = (tmp_path / "trade_store.py").read_text()
    assert "define(" in module and "/// A trade." in module
    assert "class Trade(" in (tmp_path / "trade_store.pyi").read_text()
    used = "import trade_store; print(trade_store.Trade('A', 1.0))"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])}
    assert subprocess.check_output([sys.executable, "-c", used], env=environ).startswith(b"Trade(")


def test_generates_where_it_is_told(write, tmp_path):
    path = write(GOOD)
    out = tmp_path / "out"
    out.mkdir()
    assert mmapforge.generate(path, "my_trades", out) == (str(out / "my_trades.py"), str(out / "my_trades.pyi"))
    assert sorted(os.listdir(out)) == ["my_trades.py", "my_trades.pyi"]
    code, written, _ = run("trade.mmfs", "--name", "third", "--output", "out", cwd=tmp_path)
    assert (code, written) == (0, "wrote out/third.py\nwrote out/third.pyi\n")


def test_generates_nothing_from_a_wrong_schema(write, tmp_path):
    path = write(BAD)
    code, out, err = run(path, cwd=tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith(f"mmapforge: {path}:2:10: error: unknown type 'flaot64'")
    assert os.listdir(tmp_path) == ["trade.mmfs"]
    code, _, err = run(write(GOOD), "--output", tmp_path / "none", cwd=tmp_path)
    assert code == 1 and "cannot write" in err and "none" in err
    assert os.listdir(tmp_path) == ["trade.mmfs"]
    assert run(cwd=tmp_path)[0] == 2
