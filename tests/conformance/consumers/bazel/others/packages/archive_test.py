"""The archive has the files of the store, and the module works beside it."""

import os
import sys
import tarfile

import tick_store

with tarfile.open(sys.argv[1]) as archive:
    names = {os.path.basename(name) for name in archive.getnames()}
assert {"tick_store.h", "__init__.py", "_core.abi3.so"} <= names, names

with tick_store.create(os.path.join(os.environ["TEST_TMPDIR"], "ticks.mmf")) as store:
    store.append(price=189.5)
    assert store[0].price == 189.5
