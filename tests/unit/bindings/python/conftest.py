"""Stores with which many tests start. The fixture closes them, if the test does not."""

import gc

import pytest
import schemas


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "store.mmf")


@pytest.fixture
def every(path):
    """An empty store with a field of every type, open for writing."""
    with schemas.EveryStore.create(path) as store:
        yield store


@pytest.fixture
def writer(path):
    """Ten ticks, open for writing."""
    with schemas.TickStore.create(path) as store:
        store.extend([schemas.tick(i) for i in range(10)])
        yield store
        gc.collect()


@pytest.fixture
def reader(path):
    """Ten ticks, open for reading."""
    with schemas.TickStore.open(schemas.fill(path, 10)) as store:
        yield store
