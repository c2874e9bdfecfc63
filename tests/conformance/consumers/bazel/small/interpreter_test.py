"""Asks which Python runs, and with which it finds a store."""

import os
import sys

import reading_store

expected = sys.argv[1]
assert os.path.dirname(os.path.dirname(expected)) == sys.prefix, "%s runs, and not %s" % (sys.executable, expected)

path = os.path.join(os.environ["TEST_TMPDIR"], "readings.mmf")
with reading_store.create(path) as store:
    store.append(celsius=21.5)
    assert store[0].celsius == 21.5
