"""Reads what hello.c wrote: usage: hello.py FILE"""

import sys

import hello_store


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with hello_store.open(sys.argv[1]) as store:
        for reading in store:
            print(reading.at, reading.celsius, reading.place)
        print("mean of", len(store), "readings:", store.columns["celsius"].mean())


if __name__ == "__main__":
    main()
