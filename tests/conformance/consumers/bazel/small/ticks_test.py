"""Reads what a program in C wrote, and appends to it."""

import os
import subprocess
import sys

import tick_store


def main(program):
    path = os.path.join(os.environ["TEST_TMPDIR"], "ticks.mmf")
    subprocess.run([program, path], check=True)
    with tick_store.open(path, mode="r+") as store:
        assert [(tick.symbol, tick.price) for tick in store] == [("AAPL", 100.5), ("MSFT", 101.5)]
        store.append(symbol="NVDA", price=7.0)
        assert len(store) == 3 and store[-1].symbol == "NVDA"


main(sys.argv[1])
