"""Puts files into a wheel whose bytes depend on nothing but these files and the arguments.

usage: build_wheel.py --out FILE --name NAME --version VERSION --tag TAG --summary TEXT [--requires REQUIREMENT]... [--executable PATH]... [--script COMMAND=MODULE:FUNCTION]... PATH=FILE...

PATH is where Python finds the file. What a wheel is: PEP 427; its metadata: PEP 566; versions: PEP 440; its commands:
the specification of entry points.
"""

import argparse
import base64
import hashlib
import re
import stat
import sys
import zipfile

VERSION = re.compile(
    r"([1-9][0-9]*!)?(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*((a|b|rc)(0|[1-9][0-9]*))?"
    r"(\.post(0|[1-9][0-9]*))?(\.dev(0|[1-9][0-9]*))?(\+[a-z0-9]+(\.[a-z0-9]+)*)?"
)
NAME = re.compile(r"[a-z0-9]+([_.-][a-z0-9]+)*", re.IGNORECASE)
REQUIREMENT = re.compile(r"%s(>=[0-9][a-z0-9.!+]*)?" % NAME.pattern, re.IGNORECASE)
TAG = re.compile(r"[a-z0-9_.]+-[a-z0-9_.]+-[a-z0-9_.]+")
SCRIPT = re.compile(r"[a-z][a-z0-9_-]*=[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*")

# The first moment that a zip file can name.
MOMENT = (1980, 1, 1, 0, 0, 0)


def escaped(name):
    """A distribution's name as it is in the name of a file."""
    return re.sub(r"[-_.]+", "_", name).lower()


def file_name(name, version, tag):
    return "%s-%s-%s.whl" % (escaped(name), version.replace("-", "_"), tag)


def metadata(name, version, summary, requires):
    return (
        "Metadata-Version: 2.1\n"
        "Name: %s\n"
        "Version: %s\n"
        "Summary: %s\n"
        "Requires-Python: >=3.9\n" % (name, version, summary)
    ) + "".join("Requires-Dist: %s\n" % requirement for requirement in requires)


def wheel(tag):
    pure = "true" if tag.endswith("-none-any") else "false"
    return "Wheel-Version: 1.0\nGenerator: mmf_wheel\nRoot-Is-Purelib: %s\nTag: %s\n" % (pure, tag)


def digest(content):
    code = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return "sha256=" + code.decode().rstrip("=")


def entry_points(scripts):
    lines = ("%s = %s\n" % tuple(script.split("=")) for script in sorted(scripts))
    return "[console_scripts]\n" + "".join(lines)


def add(archive, path, content, mode=0o644):
    """Adds a file without anything of the machine: no clock, no owner, no zlib, and a given mode."""
    info = zipfile.ZipInfo(path, MOMENT)
    info.create_system = 3  # Unix, whose modes these are
    info.external_attr = (stat.S_IFREG | mode) << 16
    info.compress_type = zipfile.ZIP_STORED
    archive.writestr(info, content)


def build(out, name, version, tag, summary, requires, files, executables=(), scripts=()):
    """Writes a wheel; files is a dict from paths to bytes, and executables are some of its paths."""
    info = "%s-%s.dist-info/" % (escaped(name), version)
    record = info + "RECORD"
    # A reader of the whole file finds these at its end.
    last = {
        info + "METADATA": metadata(name, version, summary, requires).encode(),
        info + "WHEEL": wheel(tag).encode(),
    }
    if scripts:
        last[info + "entry_points.txt"] = entry_points(scripts).encode()
    lines = []
    with zipfile.ZipFile(out, "w") as archive:
        for group in (files, last):
            for path in sorted(group):
                add(archive, path, group[path], 0o755 if path in executables else 0o644)
                lines.append("%s,%s,%d\n" % (path, digest(group[path]), len(group[path])))
        add(archive, record, "".join(lines + [record + ",,\n"]).encode())


def check(given):
    """Says what is wrong with the arguments, or returns None."""
    if not NAME.fullmatch(given.name):
        return "the name %r is not valid for a distribution; use letters, digits and '-'" % given.name
    if not VERSION.fullmatch(given.version):
        return "the version %r is not valid by PEP 440; write it like '1.0' or '1.0rc1'" % given.version
    if not TAG.fullmatch(given.tag):
        return "the tag %r is not valid; write it like 'cp39-abi3-linux_x86_64'" % given.tag
    if not given.summary.isprintable():
        return "the summary must be one line"
    for requirement in given.requires:
        if not REQUIREMENT.fullmatch(requirement):
            return "the requirement %r is not valid; write it like 'mmapforge>=1.0'" % requirement
    commands = [script.split("=")[0] for script in given.script]
    if len(set(commands)) < len(commands):
        return "two scripts have the same command"
    for script in given.script:
        if not SCRIPT.fullmatch(script):
            return "the script %r is not valid; write it like 'command=module:function'" % script
    if given.out.rpartition("/")[2] != file_name(given.name, given.version, given.tag):
        return "the file must be called %s" % file_name(given.name, given.version, given.tag)
    return None


def contents(words):
    """Reads PATH=FILE words into a dict from paths to bytes."""
    files = {}
    for word in words:
        path, found, file = word.partition("=")
        if not found or {"", ".", ".."} & set(path.split("/")):
            raise ValueError("%r is not PATH=FILE with a path below the directory" % word)
        if path.split("/")[0].endswith(".dist-info"):
            raise ValueError("the path %r is in the directory that the wheel itself writes" % path)
        if re.search(r"[,\"\r\n\\]", path):
            raise ValueError("the path %r has a character that a wheel cannot list" % path)
        if path in files:
            raise ValueError("the path %r is given twice" % path)
        with open(file, "rb") as opened:
            files[path] = opened.read()
    if not files:
        raise ValueError("there is no file to put into the wheel")
    return files


def main(words):
    parser = argparse.ArgumentParser(prog="build_wheel.py", description=__doc__.split("\n")[0])
    for option in ("out", "name", "version", "tag", "summary"):
        parser.add_argument("--" + option, required=True)
    for option in ("requires", "executable", "script"):
        parser.add_argument("--" + option, action="append", default=[])
    parser.add_argument("files", nargs="*", metavar="PATH=FILE")
    given = parser.parse_args(words)
    try:
        problem = check(given)
        if problem is None:
            files = contents(given.files)
            absent = sorted(set(given.executable) - set(files))
            if absent:
                raise ValueError("the executable %r is not one of the files" % absent[0])
            about = (given.name, given.version, given.tag, given.summary, given.requires)
            build(given.out, *about, files, given.executable, given.script)
    except (OSError, ValueError) as error:
        problem = str(error)
    if problem is not None:
        sys.exit("mmf_wheel: " + problem)


if __name__ == "__main__":
    main(sys.argv[1:])
