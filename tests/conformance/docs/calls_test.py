"""The table of generated calls in rules/README.md has those of the generator, and no other."""

import os
import re
import subprocess

from documents import read

GENERATOR = os.path.join(os.getcwd(), "gen", "mmfgen")

# A field of each kind that has calls of its own: scalar and sized.
SCHEMA = "record Tick version 1 @checksums {\n  symbol: string[8];\n  price: float64;\n}\n"
FIELDS = ("symbol", "price")


def generated(directory):
    """The functions of the header that users may call."""
    (directory / "tick.mmfs").write_text(SCHEMA, encoding="utf-8")
    command = [GENERATOR, "--schema", "tick.mmfs", "--name", "tick_store", "--header", "tick_store.h"]
    subprocess.run(command, cwd=directory, check=True, timeout=60)
    header = (directory / "tick_store.h").read_text(encoding="utf-8")
    return set(re.findall(r"^(?:static inline )?(?:const )?\w+ \*?(tick_\w+)\(", header, re.MULTILINE))


def listed():
    """The names in the first column of the table."""
    section = read("rules/README.md").split("### The C calls of a store\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def test_the_table_has_each_generated_call_once(tmp_path):
    names = listed()
    assert len(names) == len(set(names)) > 20
    calls = generated(tmp_path)
    for name in names:
        assert calls & {name.replace("FIELD", field) for field in FIELDS}, "%s is not generated" % name
    shown = {name.replace("FIELD", field) for name in names for field in FIELDS}
    assert calls - shown == set(), "the table lacks calls"
