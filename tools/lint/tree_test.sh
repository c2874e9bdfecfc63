#!/bin/bash
# Holds the tree itself to its rules; it runs outside the sandbox, where every file is seen.
set -euo pipefail
"$1" "$(dirname "$(readlink -f "$2")")"
