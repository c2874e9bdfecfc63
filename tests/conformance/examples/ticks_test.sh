#!/bin/bash
# The recorder and the live reader, in two processes, as tools/demo runs them.
set -u

record="$PWD/$1"
watch="$PWD/$2"
cd "$TEST_TMPDIR" || exit 1

fail() {
    echo "FAILED: $*"
    exit 1
}

# says FILE TEXT...: the file has each of the texts.
says() {
    local file="$1" text
    shift
    for text in "$@"; do
        grep -qF -e "$text" "$file" || fail "'$text' is not in: $(cat "$file")"
    done
}

# What is recorded while the reader follows arrives, all of it.
"$watch" live.mmf --until-closed >watched &
reader=$!
"$record" --out live.mmf --count 3000 --rate 10000 >recorded || fail "the recorder: $(cat recorded)"
wait "$reader" || fail "the reader: $(cat watched)"
says recorded "recorded 3000 trades into live.mmf"
says watched "read 3000 trades from live.mmf" "first" "last" "VWAP"

# Bad lines are named and counted, and the others recorded. The VWAP is (10*1 + 20*3) / 4.
printf 'timestamp,close,volume\n2024-01-01T00:00:00Z,10,1\nrubbish\n2024-01-01T00:00:01Z,20,3\n' >trades.csv
"$record" --out csv.mmf --csv trades.csv --symbol ABC >recorded 2>reported || fail "$(cat recorded reported)"
says reported "trades.csv:3:1: line passed over: there are fewer columns than in the header line; found 'rubbish'"
says recorded "recorded 2 trades" "passed over 1 lines of trades.csv"
"$watch" csv.mmf >watched || fail "the reader: $(cat watched)"
says watched "read 2 trades" "first  2024-01-01 00:00:00.000000000 UTC  ABC  price 10.00  volume 1" \
    "last   2024-01-01 00:00:01.000000000 UTC  ABC  price 20.00  volume 3" \
    "low 10.00  high 20.00  volume 4  VWAP 17.5000"

# Mistakes are messages, and a status other than 0.
"$record" --out csv.mmf --csv trades.csv >recorded 2>reported && fail "a file that exists is overwritten"
says reported "csv.mmf: exists already"
"$record" --out new.mmf --csv none.csv 2>reported && fail "a CSV file that is not there"
says reported "none.csv: cannot be opened"
mkdir directory.csv
"$record" --out new.mmf --csv directory.csv 2>reported && fail "a CSV file that is a directory"
says reported "directory.csv: cannot be read after line 0: Is a directory"
[ ! -e new.mmf ] || fail "a store is made of a file that is not there"
"$record" --out new.mmf --count x 2>reported && fail "a count that is none"
says reported "--count is 'x'"
"$watch" none.mmf 2>reported && fail "a store that is not there"
says reported "none.mmf: no such file"
"$watch" trades.csv 2>reported && fail "a file that is no store"
says reported "trades.csv: not a mmapforge file"
echo "passed"
