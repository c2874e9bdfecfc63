"""Prints how many records a store has."""

import sys

import tick_store

if __name__ == "__main__":
    with tick_store.open(sys.argv[1]) as ticks:
        print(len(ticks))
