"""Follows a book while it is written, and prints the best prices: usage: top.py FILE UPDATES"""

import sys

import book_store


def main():
    if len(sys.argv) != 3 or not sys.argv[2].isdigit() or int(sys.argv[2]) == 0:
        sys.exit(__doc__)
    count = int(sys.argv[2])
    with book_store.open(sys.argv[1]) as store:
        store.wait(count - 1, timeout=10)
        book = store[count - 1]
        bid, ask = book.bids[0], book.asks[0]
        last = "none" if book.last is None else book.last
        print(f"{book.symbol} {book.phase.name}: {bid.size} at {bid.price}, {ask.size} at {ask.price}, last {last}")


if __name__ == "__main__":
    main()
