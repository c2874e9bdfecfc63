"""Random schemas and pairs of their versions: what C and Python write, both and the path by schema read.

MMF_PROPERTY_SCHEMAS and MMF_PROPERTY_SEED make a longer run, or another.
"""

import copy
import datetime
import decimal
import os
import random
import struct
import subprocess
import sys

import mmapforge
import pytest

MMFGEN = os.path.abspath("gen/mmfgen")
INCLUDE = os.path.abspath("core/include")
LIBRARY = os.path.abspath("core/libmmapforge.so.0.2")
GENERIC = os.path.abspath("tests/conformance/property/generic.c")
COUNT = int(os.environ.get("MMF_PROPERTY_SCHEMAS", "6"))
SEED = int(os.environ.get("MMF_PROPERTY_SEED", "1"))
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()
ROWS = 3
WIDTHS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}
INTS = {**WIDTHS, **{"u" + name: bits for name, bits in WIDTHS.items()}}
EPOCH = datetime.date(1970, 1, 1).toordinal()
TIME_ZERO = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
UNITS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds"}


def bounds(kind):
    if kind.startswith("u"):
        return 0, 2 ** INTS[kind] - 1
    return -(2 ** (INTS[kind] - 1)), 2 ** (INTS[kind] - 1) - 1


# ---- Schemas: a field is a dict, an enum or struct one of its name ----


class Model:
    def __init__(self, rng):
        self.rng, self.next, self.version = rng, 0, 1
        self.enums, self.structs = {}, {}
        for i in range(rng.randint(0, 3)):
            kind = rng.choice(["int8", "uint8", "int16", "uint16", "int32"])
            values = rng.sample(range(*bounds(kind)), rng.randint(1, 5))
            self.enums[f"E{i}"] = (kind, {f"M{j}": value for j, value in enumerate(values)})
        for i in range(rng.randint(0, 4)):
            align = rng.choice([0, 0, 0, 8, 16])
            self.structs[f"S{i}"] = (align, self.fields(rng.randint(1, 5), list(self.structs)))
        self.attributes = rng.choice(["", " @checksums", " @align(64)", " @checksums @align(32)"])
        self.record = self.fields(rng.choice([1, 2, 5, 12, 30, 200]), list(self.structs), True)

    def fields(self, count, structs, outermost=False):
        return [self.field(structs, outermost) for _ in range(count)]

    def field(self, structs, outermost=False):
        rng = self.rng
        kinds = [*INTS, "bool", "float32", "float64", "string", "bytes", "timestamp", "date", "decimal"]
        kind = rng.choice(kinds + list(self.enums) + structs)
        self.next += 1
        field = dict(id=self.next, name=f"f{self.next}", kind=kind, max=rng.randint(1, 20), count=0, default=None)
        field.update(unit=rng.choice(["s", "ms", "us", "ns"]), digits=rng.randint(1, 18), was=None, since=0)
        field["scale"] = rng.randint(0, field["digits"])
        if kind not in ("string", "bytes") and rng.random() < 0.25:
            field["count"] = rng.randint(1, 4)
        field["null"] = rng.random() < 0.3
        field["align"] = 0 if kind in self.structs or not outermost else rng.choice([0] * 9 + [64])
        if rng.random() < 0.3:
            self.give_default(field)
        return field

    def give_default(self, field):
        if field["kind"] in self.structs or field["kind"] == "bytes" or field["count"]:
            return False
        field["default"] = self.scalar(field)
        return True

    def scalar(self, field):
        """What is stored: a number, bytes of text, or a float that every width holds."""
        rng, kind = self.rng, field["kind"]
        if kind in INTS:
            low, high = bounds(kind)
            return rng.choice([low, high, 0, rng.randint(low, high)])
        if kind == "bool":
            return rng.randint(0, 1)
        if kind.startswith("float"):
            return rng.choice([0.0, -1.5, rng.randint(-1000, 1000) / 8])
        if kind == "string":
            return bytes(rng.choice(b"abc %?XYZ09") for _ in range(rng.randint(0, field["max"])))
        if kind == "bytes":
            return bytes(rng.randrange(256) for _ in range(rng.randint(0, field["max"])))
        if kind == "timestamp":
            return rng.choice([-1, 0, 2**63 - 1, 1 - 2**63, rng.randint(-(10**15), 10**15)])
        if kind == "date":
            return rng.choice([-1, 0, 2**31 - 1, -(2**31), rng.randint(-30000, 30000)])
        if kind == "decimal":
            top = 10 ** field["digits"] - 1
            return rng.choice([top, -top, 0, rng.randint(-top, top)])
        return rng.choice(list(self.enums[kind][1].values()))

    def value(self, field):
        if field["null"] and self.rng.random() < 0.3:
            return None
        if field["count"]:
            return [self.one(field) for _ in range(field["count"])]
        return self.one(field)

    def one(self, field):
        if field["kind"] in self.structs:
            return self.values(self.structs[field["kind"]][1])
        return self.scalar(field)

    def values(self, fields):
        return {field["id"]: self.value(field) for field in fields}

    # The text.

    def type_text(self, field):
        kind = field["kind"]
        parts = {"timestamp": f"[{field['unit']}]", "decimal": f"({field['digits']},{field['scale']})"}
        text = kind + (f"[{field['max']}]" if kind in ("string", "bytes") else parts.get(kind, ""))
        return text + (f"[{field['count']}]" if field["count"] else "") + ("?" if field["null"] else "")

    def default_text(self, field):
        value, kind = field["default"], field["kind"]
        if kind == "bool":
            return "true" if value else "false"
        if kind == "string":
            return '"%s"' % value.decode()
        if kind == "decimal":
            return format(decimal.Decimal(value).scaleb(-field["scale"]), "f")
        if kind in self.enums:
            return next(name for name, number in self.enums[kind][1].items() if number == value)
        return str(value)

    def lines(self, fields):
        for field in fields:
            text = f"  {field['name']}: {self.type_text(field)}"
            text += "" if field["default"] is None else " = " + self.default_text(field)
            text += f" @since({field['since']})" if field["since"] else ""
            text += f" @was({field['was']})" if field["was"] else ""
            text += f" @align({field['align']})" if field["align"] else ""
            yield text + ";\n"

    def text(self):
        parts = []
        for name, (kind, members) in self.enums.items():
            body = "".join(f"  {member} = {value};\n" for member, value in members.items())
            parts.append(f"enum {name} : {kind} {{\n{body}}}\n")
        for name, (align, fields) in self.structs.items():
            attribute = f" @align({align})" if align else ""
            parts.append(f"struct {name}{attribute} {{\n{''.join(self.lines(fields))}}}\n")
        body = "".join(self.lines(self.record))
        parts.append(f"record Rec version {self.version}{self.attributes} {{\n{body}}}\n")
        return "".join(parts)

    # Values as lines of a path and a number or hex digits, which all programs print.

    def dump(self, fields, values, prefix="", leaves=None):
        for field in fields:
            path, value = prefix + field["name"], values[field["id"]]
            if value is None:
                yield path, "null"
                continue
            if field["null"]:
                yield path, "+"
            many = value if field["count"] else [value]
            for i, one in enumerate(many):
                place = f"{path}[{i}]" if field["count"] else path
                if field["kind"] in self.structs:
                    yield from self.dump(self.structs[field["kind"]][1], one, place + ".")
                else:
                    yield place, show(one)

    def leaf_of(self, path):
        """A path to a value within what is null."""
        fields = self.record
        for part in path.split("."):
            field = next(f for f in fields if f["name"] == part.split("[")[0])
            if field["kind"] in self.structs:
                fields = self.structs[field["kind"]][1]
        if field["count"]:
            path += "[0]"
        while field["kind"] in self.structs:
            field = self.structs[field["kind"]][1][0]
            path += "." + field["name"] + ("[0]" if field["count"] else "")
        return path

    # The program in C.

    def walk(self, fields, source, target, depth, write):
        for field in fields:
            name, kind = f"{target}.{field['name']}", field["kind"]
            if field["null"]:
                yield f"if (is_null({source}, &{name}_is_null)) {{" if write else f"if ({name}_is_null) {{ puts(\"null\"); }} else {{ puts(\"+\");"
                yield "} else {" if write else ""
            element = name
            if field["count"]:
                i = f"i{depth}"
                yield f"for (size_t {i} = 0; {i} < {field['count']}; {i}++) {{"
                element += f"[{i}]"
            if kind in self.structs:
                yield from self.walk(self.structs[kind][1], source, element, depth + 1, write)
            elif kind in ("string", "bytes"):
                yield f"{element}_length = read_hex({element});" if write else f"print_hex({element}, {element}_length);"
            elif kind == "float32" or kind == "float64":
                yield f"{element} = ({'float' if kind == 'float32' else 'double'})read_real();" if write else f"print_real((double){element});"
            elif kind == "bool":
                yield f"{element} = read_integer() != 0;" if write else f"print_integer({element});"
            elif kind in self.enums:
                yield f"{element} = (enum {kind.lower()})read_integer();" if write else f"print_integer((int64_t){element});"
            elif kind == "uint64":
                yield f"{element} = read_natural();" if write else f"print_natural({element});"
            else:
                c_type = kind if kind in INTS else "int32" if kind == "date" else "int64"
                yield f"{element} = ({c_type}_t)read_integer();" if write else f"print_integer((int64_t){element});"
            if field["count"]:
                yield "}"
            if field["null"]:
                yield "}"

    def program(self):
        fill = "\n".join(self.walk(self.record, "NULL", "(*r)", 0, True)).replace("is_null(NULL, ", "is_null(")
        dump = "\n".join(self.walk(self.record, "NULL", "(*r)", 0, False))
        return PROGRAM.replace("@FILL@", fill).replace("@DUMP@", dump)


def show(value):
    if isinstance(value, float):
        return "x" + struct.pack("<d", value).hex()
    if isinstance(value, bytes):
        return "x" + value.hex()
    return str(value)


PROGRAM = r"""
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "rec.h"
static char word[200000];
static inline void next(void) { if (scanf("%199999s", word) != 1) exit(9); }
static inline bool is_null(bool *out)
{
    next();
    *out = word[0] == 'n';
    return *out;
}
static inline int64_t read_integer(void) { next(); return strtoll(word, NULL, 10); }
static inline uint64_t read_natural(void) { next(); return strtoull(word, NULL, 10); }
static inline size_t read_hex(void *out)
{
    next();
    const size_t size = (strlen(word) - 1) / 2;
    for (size_t i = 0; i < size; i++) {
        char digits[3] = {word[1 + 2 * i], word[2 + 2 * i], 0};
        ((unsigned char *)out)[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
    return size;
}
static inline double read_real(void) { double out = 0; (void)read_hex(&out); return out; }
static inline void print_integer(int64_t value) { printf("%" PRId64 "\n", value); }
static inline void print_natural(uint64_t value) { printf("%" PRIu64 "\n", value); }
static inline void print_hex(const void *data, size_t size)
{
    printf("x");
    for (size_t i = 0; i < size; i++) printf("%02x", ((const unsigned char *)data)[i]);
    puts("");
}
static inline void print_real(double value) { print_hex(&value, sizeof value); }
static void fill(rec_record *r) { @FILL@ }
static void dump(const rec_record *r) { @DUMP@ }
int main(int argc, char **argv)
{
    static rec_record record;
    rec_store *store;
    mmf_error error;
    if (argc == 4) {
        if (rec_store_create(argv[1], NULL, &store, &error) != MMF_OK) return 2;
        for (int i = 0; i < atoi(argv[3]); i++) {
            memset(&record, 0, sizeof record);
            fill(&record);
            const mmf_status status = rec_store_append(store, &record, NULL);
            if (status != MMF_OK) { fprintf(stderr, "append: %d\n", (int)status); return 3; }
        }
    } else {
        const mmf_status status = rec_store_open(argv[1], NULL, &store, &error);
        if (status != MMF_OK) { fprintf(stderr, "%s\n", error.message); return status == MMF_ERR_SCHEMA ? 7 : 2; }
        for (uint64_t i = 0; i < rec_store_count(store); i++) {
            memset(&record, 0x5a, sizeof record);
            if (rec_store_get(store, i, &record) != MMF_OK) return 4;
            dump(&record);
        }
    }
    return rec_store_close(store) == MMF_OK ? 0 : 5;
}
"""


# ---- The programs of a schema ----


def run(*command, given="", good=(0,)):
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    assert done.returncode in good, (command, done.returncode, done.stdout[-2000:], done.stderr[-4000:])
    return done


class Built:
    def __init__(self, model, where, name):
        self.model, self.where = model, where / name
        self.where.mkdir()
        self.schema = self.where / f"{name}.mmfs"
        self.schema.write_text(model.text())
        (self.where / "program.c").write_text(model.program())
        at = str(self.where)
        run(MMFGEN, "--schema", str(self.schema), "--name", "rec", "--header", at + "/rec.h", "--source", at + "/rec.c")
        flags = [*WARNINGS, "-isystem", INCLUDE, "-I", at]
        files = [at + "/rec.c", at + "/program.c"]
        self.binary = at + "/program"
        run("gcc", "-x", "c++", "-std=c++17", "-fsyntax-only", *flags, files[1])
        run("gcc", "-std=c11", *flags, *files, LIBRARY, "-Wl,-rpath," + os.path.dirname(LIBRARY), "-o", self.binary)
        self.module = mmapforge.compile(str(self.schema))

    def write(self, path, rows):
        given = "\n".join(text for row in rows for _, text in self.model.dump(self.model.record, row))
        run(self.binary, str(path), "w", str(len(rows)), given=given)

    def write_python(self, path, rows):
        """Writes one record by append, one by extend, and the others over records that are there."""
        given = [self.to_python(self.model.record, row) for row in rows]
        with self.module.create(str(path)) as store:
            store.append(given[0])
            store.extend({name: [value] for name, value in given[1].items()})
            store.extend([given[0]] * (len(rows) - 2))
            for row in range(2, len(rows)):
                store.set(row, **given[row])

    def to_python(self, fields, values):
        out = {}
        for field in fields:
            value = values[field["id"]]
            if value is not None:
                value = [self.given(field, v) for v in value] if field["count"] else self.given(field, value)
            out[field["name"]] = value
        return out

    def given(self, field, value):
        """A value of a record in one of the forms that Python takes."""
        kind, rng = field["kind"], self.model.rng
        if kind in self.model.structs:
            made = self.to_python(self.model.structs[kind][1], value)
            return rng.choice([made, tuple(made.values()), getattr(self.module, kind)(**made)])
        if kind in self.model.enums:
            member = getattr(self.module, kind)(value)
            return rng.choice([value, member, member.name])
        if kind == "string":
            return value.decode()
        if kind == "decimal":
            return rng.choice([decimal.Decimal, str])(decimal.Decimal(value).scaleb(-field["scale"]))
        if kind == "date" and -700000 < value < 2900000:
            return datetime.date.fromordinal(value + EPOCH)
        if kind == "timestamp" and field["unit"] in UNITS and rng.random() < 0.5:
            try:
                return TIME_ZERO + datetime.timedelta(**{UNITS[field["unit"]]: value})
            except OverflowError:
                return value
        return bool(value) if kind == "bool" else value

    def expect(self, rows):
        return [text for row in rows for _, text in self.model.dump(self.model.record, row)]

    def read_c(self, path):
        done = run(self.binary, str(path), good=(0, 7))
        return None if done.returncode == 7 else done.stdout.split()

    def read_python(self, path):
        try:
            with self.module.open(str(path)) as store:
                rows = [self.from_python(self.model.record, store[i]) for i in range(len(store))]
        except mmapforge.SchemaError:
            return None
        return self.expect(rows)

    def from_python(self, fields, record):
        out = {}
        for field in fields:
            value = getattr(record, field["name"])
            if value is not None:
                value = [self.stored(field, v) for v in value] if field["count"] else self.stored(field, value)
            out[field["id"]] = value
        return out

    def stored(self, field, value):
        kind = field["kind"]
        if kind in self.model.structs:
            return self.from_python(self.model.structs[kind][1], value)
        if kind == "string":
            return value.encode()
        if kind == "bytes":
            return bytes(value)
        if kind.startswith("float"):
            return float(value)
        if kind == "decimal":
            return int(value.scaleb(field["scale"]))
        if kind == "date" and isinstance(value, datetime.date):
            return value.toordinal() - EPOCH
        if kind == "timestamp" and not isinstance(value, int):
            return int(value.astype("int64"))
        return int(value)


# ---- Versions ----


def change(model):
    """The next version, by changes of docs/schema.md and some that it refuses."""
    new, rng = copy.deepcopy(model), model.rng
    new.version = 2
    for _ in range(rng.randint(1, 4)):
        fields = rng.choice([new.record, *[fields for _, fields in new.structs.values()]])
        field = rng.choice(fields)
        what = rng.choice(["add", "rename", "widen", "null", "reorder", "member", "drop", "unit"])
        if what == "add":
            added = new.field([])
            how = rng.choice(["default", "null", "since", "since", "none"])
            added.update(default=None, null=how == "null")
            if how == "default" and not new.give_default(added):
                how = "since"
            added["since"] = 2 if how == "since" else 0
            fields.insert(rng.randint(0, len(fields)), added)
        elif what == "rename" and field["was"] is None and not field["since"]:
            field["was"], field["name"] = field["name"], field["name"] + "n"
        elif what == "widen":
            widen = {"int8": "int16", "int16": "int64", "uint8": "uint32", "uint32": "uint64", "float32": "float64"}
            field["kind"] = widen.get(field["kind"], field["kind"])
            if field["kind"] in ("string", "bytes"):
                field["max"] += 3
            if field["kind"] == "decimal":
                field["digits"] = min(18, field["digits"] + 2)
        elif what == "null":
            field["null"] = True
        elif what == "reorder":
            rng.shuffle(fields)
        elif what == "member" and new.enums:
            name = rng.choice(list(new.enums))
            kind, members = new.enums[name]
            number = next(n for n in range(128) if n not in members.values())
            members[f"M{len(members)}"] = number
        elif what == "drop" and len(fields) > 1:
            fields.remove(field)
        elif what == "unit" and field["kind"] == "timestamp":
            field["unit"] = rng.choice(["s", "ms", "us", "ns"])
        elif what == "unit" and field["kind"] == "decimal" and field["default"] is None:
            field["scale"] = rng.randint(0, field["digits"])
    return new


def initial(model, fields):
    out = {}
    for field in fields:
        value = field["default"]
        if value is None and not field["null"]:
            kind = field["kind"]
            if kind in model.structs:
                one = lambda kind=kind: initial(model, model.structs[kind][1])
            else:
                zero = b"" if kind in ("string", "bytes") else 0.0 if kind.startswith("float") else 0
                one = lambda zero=zero: zero
            value = [one() for _ in range(field["count"])] if field["count"] else one()
        out[field["id"]] = value
    return out


def reads(program, mine, file, theirs):
    """What docs/schema.md says about fields of a program and those of a file."""
    theirs = {field["id"]: field for field in theirs}
    for field in mine:
        other = theirs.get(field["id"])
        if other is None:
            if not (field["null"] or field["default"] is not None or field["since"] > file.version):
                return False
            continue
        a, b = field["kind"], other["kind"]
        if a in program.structs:
            if not reads(program, program.structs[a][1], file, file.structs[b][1]):
                return False
        elif a != b and not (a[0] == b[0] and (a.lstrip("uintfloa"), b.lstrip("uintfloa")) and width(a) > width(b)):
            return False
        if a in ("string", "bytes") and field["max"] < other["max"]:
            return False
        if a == "decimal" and (field["digits"] < other["digits"] or field["scale"] != other["scale"]):
            return False
        if a == "timestamp" and field["unit"] != other["unit"]:
            return False
        if other["null"] and not field["null"]:
            return False
    return True


def width(kind):
    return int("".join(c for c in kind if c.isdigit()) or 0)


def converted(program, mine, file, theirs, values):
    theirs = {field["id"]: field for field in theirs}
    out = initial(program, mine)
    for field in mine:
        if field["id"] in theirs:
            value, kind = values[field["id"]], field["kind"]
            if kind in program.structs and value is not None:
                args = (program, program.structs[kind][1], file, file.structs[kind][1])
                value = [converted(*args, v) for v in value] if field["count"] else converted(*args, value)
            out[field["id"]] = value
    return out


# ---- The tests ----


@pytest.fixture(autouse=True)
def mmfgen(monkeypatch):
    monkeypatch.setenv("MMF_MMFGEN", MMFGEN)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.endswith("_store"):
            del sys.modules[name]


@pytest.fixture(scope="session")
def generic(tmp_path_factory):
    binary = str(tmp_path_factory.mktemp("generic") / "generic")
    link = [LIBRARY, "-Wl,-rpath," + os.path.dirname(LIBRARY)]
    run("gcc", "-std=c11", *WARNINGS, "-isystem", INCLUDE, GENERIC, *link, "-o", binary)
    return binary


@pytest.mark.parametrize("seed", range(SEED, SEED + COUNT))
def test_all_read_what_c_and_python_write_and_other_versions_too(seed, tmp_path, generic):
    old = Model(random.Random(seed))
    new = change(old)
    builds = [Built(old, tmp_path, "older"), Built(new, tmp_path, "newer")]
    for file, program in [builds, builds[::-1]]:
        model = file.model
        rows = [model.values(model.record) for _ in range(ROWS)]
        path = tmp_path / f"version{model.version}.mmf"
        file.write(path, rows)
        expected = file.expect(rows)
        assert file.read_c(path) == expected
        assert file.read_python(path) == expected
        by_python = tmp_path / f"python{model.version}.mmf"
        file.write_python(by_python, rows)
        assert file.read_c(by_python) == expected
        asked = [
            f"{i} {model.leaf_of(place) if text == 'null' else place}"
            for i, row in enumerate(rows)
            for place, text in model.dump(model.record, row)
            if text != "+"
        ]
        found = [text for text in expected if text != "+"]
        assert run(generic, str(path), given="\n".join(asked)).stdout.split() == found
        assert run(generic, str(by_python), given="\n".join(asked)).stdout.split() == found

        mine = program.model
        good = reads(mine, mine.record, model, model.record)
        direction = "backward" if file is builds[0] else "forward"
        schemas = [str(build.schema) for build in builds]
        if old.text().replace("version 1", "version 2") != new.text():
            done = run(MMFGEN, "--check", *schemas, "--compatibility", direction, good=(0, 1))
            assert (done.returncode == 0) == good, done.stdout + done.stderr
        seen = program.expect([converted(mine, mine.record, model, model.record, row) for row in rows]) if good else None
        assert program.read_c(path) == seen
        assert program.read_python(path) == seen


def test_a_member_that_is_missing_in_a_nullable_struct_has_its_default(tmp_path):
    text = "struct S {{ a: int8;{} }}\nrecord Rec version {} {{ one: S?; two: S[2]?; }}\n"
    modules = []
    for version, members in [(1, ""), (2, ' b: uint16 = 7; c: string[4]? = "x"; d: int8?;')]:
        schema = tmp_path / f"member{version}.mmfs"
        schema.write_text(text.format(members, version))
        modules.append(mmapforge.compile(str(schema)))
    path = str(tmp_path / "member.mmf")
    with modules[0].create(path) as store:
        store.append(one=(1,), two=None)
        store.append(one=None, two=[(2,), (3,)])
    with modules[1].open(path, "r+") as store:
        store.append(one=(4, 7, "x", None), two=None)
        with pytest.raises(mmapforge.Error):
            store.append(one=(4, 8, "x", None), two=None)
        rows = [(store[i].one, store[i].two) for i in range(len(store))]
    two = ((2, 7, "x", None), (3, 7, "x", None))
    assert rows == [((1, 7, "x", None), None), (None, two), ((4, 7, "x", None), None)]
