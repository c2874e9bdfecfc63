"""`python -m mmapforge migrate OLD NEW --schema S.mmfs`."""

import os
import subprocess
import sys

import mmapforge
import pytest
import schemas
from mmapforge import _migrate

MMFGEN = os.path.abspath("gen/mmfgen")
ENVIRON = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MMF_MMFGEN": MMFGEN}
# `schemas.TICK` with a wider field, one more and one less, and in another order.
WIDER = """record Tick version 2 @checksums {
  price: float64;
  symbol: string[40];
  note: string[8] = "none";
  timestamp: uint64;
}
"""


def run(old, new, schema):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "mmapforge", "migrate", str(old), str(new), "--schema", str(schema)],
        env=ENVIRON,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "new.mmfs"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_record_is_in_the_new_layout(path, tmp_path, write):
    schemas.fill(path, 1000)
    new = tmp_path / "new.mmf"
    other = "record Other version 1 {\n  x: int8;\n}\n"
    code, out, err = run(path, new, write(other + WIDER))
    assert (code, out, err) == (0, f"{new}: 1,000 records were migrated\n", "")
    with mmapforge.open(path) as before, mmapforge.open(new) as after:
        assert after.schema.version == 2 and after.schema.checksums
        assert len(after) == 1000
        for a, b in zip(before, after):
            assert (a.symbol, a.price, a.timestamp, "none") == (b.symbol, b.price, b.timestamp, b.note)
        after.verify()


def test_a_value_that_does_not_fit_is_named(path, tmp_path, write):
    schemas.fill(path, 200)  # timestamps 0 to 199
    new = tmp_path / "new.mmf"
    code, out, err = run(path, new, write("record Tick version 2 {\n  timestamp: int8;\n}\n"))
    assert (code, out) == (1, "")
    said = "row 128 cannot be migrated: the value of field 'timestamp' does not fit the new type"
    assert err.startswith(f"mmapforge: {path}: {said}")
    assert not new.exists()


def test_what_is_wrong_is_said(path, tmp_path, write):
    schemas.fill(path, 3)
    new = tmp_path / "new.mmf"
    code, _, err = run(path, new, write("record Tick version 2 {\n  price: flaot64;\n}\n"))
    assert code == 1 and "new.mmfs:2:" in err
    code, _, err = run(path, new, write("record Tick version 2 {\n  more: int8;\n}\n"))
    assert code == 1 and "field 'more' is not in the file" in err
    code, _, err = run(path, path, write(WIDER))
    assert code == 1 and "exists already" in err
    code, _, err = run(tmp_path / "none.mmf", new, write(WIDER))
    assert code == 1 and "none.mmf" in err
    assert not new.exists()
    with mmapforge.open(path) as store:
        assert len(store) == 3


def test_an_exception_stops_it(path, tmp_path):
    schemas.fill(path, 10)
    new = tmp_path / "new.mmf"
    with mmapforge.open(path) as store:
        schema = store.schema
    told = []
    assert _migrate.migrate(str(path), str(new), schema, lambda *at: told.append(at)).rows == 10
    assert told[-1][:2] == (10, 10)

    def interrupt(done, total, seconds):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _migrate.migrate(str(path), str(tmp_path / "other.mmf"), schema, interrupt)
