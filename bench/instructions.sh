#!/bin/sh
# Prints how many instructions each hot call takes: `bazel run --config=bench //bench:instructions`.
# Each is the difference between two runs under callgrind, so what comes before the loop drops out.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# instructions PROGRAM LOOP N: those of a whole run.
instructions() {
    if ! valgrind --tool=callgrind --callgrind-out-file="$scratch/callgrind" \
            "$1" "$2" "$3" "$scratch/new" > "$scratch/log" 2>&1; then
        cat "$scratch/log" >&2
        return 1
    fi
    sed -n 's/^==[0-9]*== Collected : //p' "$scratch/log"
}

for program in "$@"; do
    basename "$program"
    for loop in $("$program"); do
        few=$(instructions "$program" "$loop" 20000)
        many=$(instructions "$program" "$loop" 30000)
        printf '  %-18s %5d\n' "$loop" $(((many - few + 5000) / 10000))
    done
done
