#!/bin/bash
# The feed of a book and its readers: of the same version in C and in Python, and of the one before.
set -u

feed="$PWD/$1" top="$PWD/$2" top_1="$PWD/$3" top_py="$PWD/$4"
cd "$TEST_TMPDIR" || exit 1

fail() {
    echo "FAILED: $*"
    exit 1
}

"$feed" book.mmf 5000 || fail "the feed"
expected="$("$top" book.mmf 5000)" || fail "the reader in C"
echo "$expected" | grep -qE '^AAPL (Continuous|Auction): [0-9]+ at [0-9]+\.[0-9]{4}, [0-9]+ at [0-9]+\.[0-9]{4}, last [0-9]+\.[0-9]{4}$' ||
    fail "the reader in C says: $expected"
for reader in "$top_1" "$top_py"; do
    said="$("$reader" book.mmf 5000)" || fail "$reader"
    [ "$said" = "$expected" ] || fail "$reader says: $said; expected: $expected"
done
# The 100th update is of an auction.
"$top" book.mmf 100 | grep -q '^AAPL Auction' || fail "the phase of the 100th update"

# A reader that follows: it waits for an update that the feed has not written yet, or has by now.
"$feed" live.mmf 200000 &
writer=$!
for _ in $(seq 1000); do
    [ -e live.mmf ] && break
    sleep 0.01
done
"$top" live.mmf 200000 >said || fail "the reader of a file that grows"
wait "$writer" || fail "the feed that is followed"
grep -q '^AAPL Auction' said || fail "the last update of a file that grew: $(cat said)"

# Mistakes are messages, and a status other than 0.
"$feed" book.mmf 1 2>said && fail "a file that exists is overwritten"
grep -q "book.mmf: exists already" said || fail "$(cat said)"
"$feed" new.mmf many 2>said && fail "a number that is none"
grep -q "usage: feed" said || fail "$(cat said)"
"$top" none.mmf 1 2>said && fail "a file that is not there"
grep -q "none.mmf: no such file" said || fail "$(cat said)"
echo "passed"
