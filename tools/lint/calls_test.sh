#!/bin/bash
# Holds the calls between the files of core to their layers.
set -euo pipefail
archives=(core/*.a)
[ -e "${archives[0]}" ] || { echo "no archive of core; see the data of this test" >&2; exit 1; }
"$1" "${archives[@]}"
