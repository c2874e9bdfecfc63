"""Runs pytest as a test of Bazel: the arguments are files of tests and options of pytest."""

import os
import sys

# Beside the sources, where a test that runs outside of the sandbox would leave it.
sys.dont_write_bytecode = True

import pytest  # noqa: E402


def arguments(environ):
    """What Bazel asks for by environment variables, as options of pytest."""
    # The cache would lie in a directory that is read-only, or the source tree's.
    options = ["-p", "no:cacheprovider", "--rootdir=" + os.getcwd()]
    if "TEST_TMPDIR" in environ:
        options.append("--basetemp=" + os.path.join(environ["TEST_TMPDIR"], "pytest"))
    if "XML_OUTPUT_FILE" in environ:
        options.append("--junitxml=" + environ["XML_OUTPUT_FILE"])
    if "TESTBRIDGE_TEST_ONLY" in environ:
        options += ["-k", environ["TESTBRIDGE_TEST_ONLY"]]
    return options


if __name__ == "__main__":
    # Nothing collected is exit 5, and thus a failure: nothing run is nothing tested.
    sys.exit(pytest.main(arguments(os.environ) + sys.argv[1:]))
