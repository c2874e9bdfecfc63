"""No sequence of calls crashes the interpreter: random calls, each run in its own interpreter.

MMF_CRASH_SECONDS=600 looks for ten minutes, MMF_CRASH_SEED=7 begins with another seed.
"""

import os
import subprocess
import sys
import time

import pytest

CALLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "crash_calls.py")
SECONDS = float(os.environ.get("MMF_CRASH_SECONDS", "10"))
SEED = int(os.environ.get("MMF_CRASH_SEED", "0"))
SEEDS_MIN = 4  # even on a slow machine
STEPS = 1500


def run(seed, directory):
    directory.mkdir()
    environ = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    result = subprocess.run(
        [sys.executable, CALLS, str(seed), str(STEPS), str(directory)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
    )
    if result.returncode != 0:
        again = f"crash_calls.py {seed} {STEPS} DIRECTORY"
        pytest.fail(f"{again} ended with {result.returncode}:\n{result.stdout[-6000:]}")
    # A finalizer must not print anything either.
    assert result.stdout == "", f"seed {seed} said: {result.stdout[-6000:]}"


def test_random_calls_end_in_documented_exceptions(tmp_path):
    end = time.monotonic() + SECONDS
    seed = SEED
    while seed < SEED + SEEDS_MIN or time.monotonic() < end:
        run(seed, tmp_path / str(seed))
        seed += 1
    print(f"{seed - SEED} seeds")
