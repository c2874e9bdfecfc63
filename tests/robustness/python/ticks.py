"""Ticks whose fields are all functions of one number, and a way to run code in a new interpreter."""

import os
import subprocess
import sys

import pytest
import tick_store

SYMBOL_SIZE = 64


def values(mark):
    """The fields of the tick of a number; a mixture of two ticks is noticed."""
    return (f"{mark:0{SYMBOL_SIZE}d}", float(mark), mark * 2.0, mark)


def is_whole(tick):
    """True if all fields of a record or tuple belong to the same number."""
    symbol, price, volume, timestamp = tick
    return (symbol, price, volume, timestamp) == values(timestamp)


def fill(store, count, start=0):
    for mark in range(start, start + count):
        store.append(values(mark))


def make(path, count):
    """Creates and closes a file of count ticks."""
    with tick_store.create(path) as store:
        fill(store, count)
    return path


def run(code, *arguments, options=(), check=True, **environment):
    """Runs code in a new interpreter that finds the same modules."""
    environ = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)), **environment)
    result = subprocess.run(
        [sys.executable, "-X", "faulthandler", *options, "-c", code, *map(str, arguments)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        timeout=120,
    )
    if check:
        assert result.returncode == 0, result.stderr
    return result


@pytest.fixture
def path(tmp_path):
    """The path of a file of a hundred ticks."""
    return make(str(tmp_path / "ticks.mmf"), 100)
