"""Small outputs of programs, made by hand."""

import json


def run(name, seconds_per_row, real=2.0, cpu=1.0, **more):
    """One repetition, as google/benchmark prints it; times are those of an iteration."""
    return {
        "name": name,
        "run_name": name,
        "run_type": "iteration",
        "real_time": real,
        "cpu_time": cpu,
        "time_unit": "ns",
        "per_row": seconds_per_row,
        **more,
    }


def benchmark(*runs, **context):
    return json.dumps({"context": context, "benchmarks": list(runs)})


def line(**changes):
    it = {"table": "latency", "case": "append", "library": "mmapforge", "unit": "ns", "values": {"p50": 41}}
    it.update(changes)
    return json.dumps(it)


def peers():
    """Three libraries: plain memory at 1 ns, ours at twice that, one that cannot sync at ten times."""
    runs = []
    for library, factor in (("plain memory", 1), ("mmapforge", 2), ("FlatBuffers", 10)):
        for operation, sizes in (("get_random", (1000, 5000)), ("append", (8000, 9000))):
            for rows in sizes:
                label = {"label": "builds a buffer"} if (library, operation) == ("FlatBuffers", "append") else {}
                runs.append(run(f"{library}/{operation}/{rows}", factor * rows * 1e-12, **label))
    runs.append(run("mmapforge/append_synced/20000/iterations:1", 3e-9))
    return benchmark(
        *runs,
        **{
            "peer/mmapforge/survives": "yes: at any instruction",
            "peer/mmapforge/version": "this tree",
            "peer/FlatBuffers/cannot/append_synced": "a finished buffer does not grow",
            "missing/lmdb": "there is no <lmdb.h>",
            "compiler": "gcc 12.2.0",
        },
    )
