#!/bin/bash
# Runs a fuzzer from its seeds for MMF_SECONDS (60), with inputs of 300 bytes at most.
set -euo pipefail
fuzzer="$1"
shift
corpus="$TEST_TMPDIR/corpus"
mkdir "$corpus"
cp -L "$@" "$corpus"
# What it finds stays with the test's log.
"$fuzzer" -max_total_time="${MMF_SECONDS:-60}" -max_len=300 -print_final_stats=1 \
    -artifact_prefix="${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}/" "$corpus"
