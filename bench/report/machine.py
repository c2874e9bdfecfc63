"""The machine that figures come from, as far as it matters to them."""

import glob
import os
import platform
from typing import List, Tuple


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def processor() -> str:
    for line in _read("/proc/cpuinfo").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.machine() or "unknown"


def caches() -> str:
    """The caches of the first processor, such as "L1 Data 48K"."""
    found = []
    for directory in sorted(glob.glob("/sys/devices/system/cpu/cpu0/cache/index*")):
        level, kind, size = (_read(os.path.join(directory, name)).strip() for name in ("level", "type", "size"))
        if level and kind != "Instruction":
            found.append(f"L{level} {'' if kind == 'Unified' else kind + ' '}{size}")
    return ", ".join(found) or "unknown"


def memory() -> str:
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemTotal:"):
            return f"{int(line.split()[1]) / 1048576:.0f} GiB"
    return "unknown"


def load() -> str:
    return ", ".join(f"{value:.2f}" for value in os.getloadavg())


def file_system(directory: str, mounts: str = "/proc/mounts") -> str:
    """The type of the file system that a directory is on."""
    best, kind = "", "unknown"
    where = os.path.realpath(directory)
    for line in _read(mounts).splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = where == point or where.startswith(point.rstrip("/") + "/")
        # The last mount on a point hides those before.
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def facts() -> List[Tuple[str, str]]:
    return [
        ("CPU", f"{processor()}, {os.cpu_count()} CPUs"),
        ("caches", caches()),
        ("memory", memory()),
        ("kernel", f"{platform.system()} {platform.release()}"),
    ]
