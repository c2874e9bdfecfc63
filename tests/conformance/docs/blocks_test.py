"""Every block of code in every document: it is compiled, run, or held to the file that is built.

A block is fenced, with its language; one that is indented instead is commands for a shell. What is
done with a block depends on its language:

    mmfs      the generator accepts it; a later block of C in the same document may use its store
    c         a program: compiled without a warning, and run to exit 0, twice
    python    run twice, in the order of the document and in one directory with its C; prompts (">>>") are
              left to the doctest of bindings/python
    starlark  stands in a BUILD file that is built: <!-- as in PATH --> before it says in which one;
              the same mark before a block of another language says that the file is that block
    cmake, make, meson    <!-- as in PATH --> before it says which file of a project that is built it is
    sh        the files and targets that it names are there; a command of the generator is run; a file that
              it writes (cat >FILE <<'END') is a block of its own: <!-- as in DIRECTORY --> says where it is
    text      what a program prints: an error of the generator must be one of those in tests/conformance/golden
    ebnf, mermaid    no code

A block that cannot be run has <!-- not run: REASON --> before it, and is counted.
"""

import collections
import os
import re
import subprocess
import sys

import pytest

from documents import TREE, documents, files_of, read

RUNFILES = os.getcwd()
GENERATOR = os.path.join(RUNFILES, "gen", "mmfgen")
PYTHON_DIRECTORY = os.path.join(RUNFILES, "tick_store-python")

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
NO_CODE = ("ebnf", "mermaid")

Block = collections.namedtuple("Block", "language text line mark")


def mark_before(lines, index):
    """The comment that stands on the line before a block, or the one before that."""
    for line in (lines[index - 1 : index] + lines[index - 2 : index - 1]) if index else []:
        found = re.fullmatch(r"<!-- (.*) -->", line.strip())
        if found:
            return found.group(1)
    return ""


# The languages of the files that a block for a shell may write.
ENDINGS = {".mmfs": "mmfs", ".bazel": "starlark", ".c": "c", ".py": "python"}


def written_by(block):
    """The files that a block for a shell writes, as blocks, and the block without them."""
    directory = re.fullmatch(r"as in (\S+)", block.mark)
    files = []

    def take(found):
        name, text = found.group(1), found.group(2)
        assert directory, "<!-- as in DIRECTORY --> says where the files of this block are"
        line = block.line + block.text.count("\n", 0, found.start(2))
        mark = "as in %s/%s" % (directory.group(1), os.path.basename(name))
        files.append(Block(ENDINGS[os.path.splitext(name)[1]], text, line, mark))
        return ""

    rest = re.sub(r"^cat >(\S+) <<'END'\n(.*?)^END\n", take, block.text, flags=re.MULTILINE | re.DOTALL)
    return files + [block._replace(text=rest, mark="" if files else block.mark)]


def blocks(path):
    """Every block of a document."""
    lines = read(path).split("\n")
    found = []
    index = 0
    in_list = False
    while index < len(lines):
        line = lines[index]
        fence = re.match(r"^ *```(.*)$", line)
        if fence:
            end = index + 1
            while end < len(lines) and lines[end].strip() != "```":
                end += 1
            assert end < len(lines), "%s:%d: this block has no end" % (path, index + 1)
            text = "\n".join(lines[index + 1 : end]) + "\n"
            block = Block(fence.group(1).strip(), text, index + 2, mark_before(lines, index))
            found += written_by(block) if block.language == "sh" else [block]
            index = end + 1
            continue
        if re.match(r"^([-*]|\d+\.) ", line):
            in_list = True
        elif line.strip() and not line.startswith(" "):
            in_list = False
        if line.startswith("    ") and not in_list and not lines[index - 1].strip():
            end = index
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            text = "\n".join(line[4:] for line in lines[index:end]).rstrip() + "\n"
            found.append(Block("sh", text, index + 1, mark_before(lines, index)))
            index = end
            continue
        index += 1
    return found


def run(command, directory, **options):
    """Runs a command to its end; its output is in the message when it fails."""
    done = subprocess.run(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        timeout=120, **options
    )
    assert done.returncode == 0, "%s: exit %d\n%s" % (command, done.returncode, done.stdout)
    return done.stdout


def compiler():
    return os.environ.get("CC", "cc")


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """The library, built by the compiler alone, as somebody without Bazel would."""
    directory = tmp_path_factory.mktemp("library")
    sources = []
    for room, _, files in os.walk(os.path.join(TREE, "core")):
        sources += [os.path.join(room, file) for file in sorted(files) if file.endswith(".c")]
    assert sources
    run([compiler(), "-std=c11", "-I" + os.path.join(TREE, "core", "include"), "-c"] + sources, directory)
    objects = sorted(file for file in os.listdir(directory) if file.endswith(".o"))
    run(["ar", "rcs", "libmmapforge.a"] + objects, directory)
    return str(directory / "libmmapforge.a")


class Place:
    """The directory of one document, in which its blocks run in order."""

    def __init__(self, path, directory, library):
        self.path = path
        self.directory = directory
        self.library = library
        self.stores = []
        self.printed = []  # by each run of each program in C

    def mmfs(self, block):
        # The schema of an example store is called like its first record.
        record = re.search(r"^record (\w+)", block.text, re.MULTILINE).group(1).lower()
        (self.directory / (record + ".mmfs")).write_text(block.text, encoding="utf-8")
        name = record + "_store"
        run(
            [GENERATOR, "--schema", record + ".mmfs", "--name", name]
            + ["--header", name + ".h", "--source", name + ".c"],
            self.directory,
        )
        self.stores.append(name + ".c")

    def c(self, block):
        assert "int main(" in block.text, "a block of C is a program, or is marked as not run"
        (self.directory / "program.c").write_text(block.text, encoding="utf-8")
        include = "-I" + os.path.join(TREE, "core", "include")
        run(
            [compiler(), "-std=c11", "-O2", *WARNINGS, "-I.", include, "-o", "program", "program.c"]
            + self.stores + [self.library, "-lm", "-pthread"],
            self.directory,
        )
        # Twice: a reader runs an example again.
        self.printed += [run(["./program"], self.directory) for _ in range(2)]

    def python(self, block):
        if ">>>" in block.text:
            assert self.path == "bindings/python/README.md", "only its tour is run with prompts"
            return
        for _ in range(2):
            run([sys.executable, "-B", "-c", block.text], self.directory, env={"PYTHONPATH": PYTHON_DIRECTORY})

    def starlark(self, block):
        found = re.fullmatch(r"as in (\S+)", block.mark)
        assert found, "<!-- as in PATH --> says which BUILD file has this block"
        # Each statement, wherever it stands and however it is broken into lines.
        built = squeezed(read(found.group(1)))
        for statement in re.split(r"\n(?=\w)", block.text.strip()):
            loaded = re.match(r'load\("[^"]*"', statement)
            # One load may have the symbols of two.
            parts = [loaded.group(0)] + re.findall(r'"\w+"', statement) if loaded else [statement]
            for part in parts:
                assert squeezed(part) in built, "%s has no\n%s" % (found.group(1), part)

    def cmake(self, block):
        # The test in tests/conformance/consumers builds them all.
        found = re.fullmatch(r"as in (tests/conformance/consumers/\S+)", block.mark)
        assert found, "<!-- as in PATH --> says which file of tests/conformance/consumers this is"

    make = meson = cmake

    def sh(self, block):
        for line in block.text.replace("\\\n", " ").split("\n"):
            command = line.split(" #")[0].strip()
            for word in command.split():
                self.name(word.strip("'\""))
            if command.startswith("mmfgen "):
                os.makedirs(self.directory / "tick_store")
                (self.directory / "tick.mmfs").write_text("record Tick version 1 { price: float64; }\n")
                run([GENERATOR] + command.split()[1:], self.directory)

    def name(self, word):
        """A word of a command: what looks like a target or a file of this tree is one."""
        label = re.fullmatch(r"(?:@mmapforge)?//([\w/.-]*)(?::([\w.-]+))?", word)
        if label:
            package, target = label.groups()
            if "cat >%s/BUILD.bazel" % package in read(self.path):
                return  # the document makes this package
            if package.endswith("..."):
                assert os.path.isdir(os.path.join(TREE, package[:-3])), "there is no %s" % word
                return
            build = read(os.path.join(package, "BUILD.bazel"))
            target = target or os.path.basename(package)
            # A target may be made of parts: "%s_test" % part.
            stem = re.sub(r"(_test|_fuzz)?(_checksummed)?$", "", target)
            assert target == "all" or '"%s' % stem in build, "there is no %s" % word
        elif re.match(r"(tools|bench|tests|core|docs|gen|rules|examples)/[\w./-]+$", word):
            assert os.path.exists(os.path.join(TREE, word)), "there is no %s" % word

    def text(self, block):
        for message in re.findall(r"^[\w.]+:\d+:\d+: (?:error|note): (.*)$", block.text, re.MULTILINE):
            assert ": %s\n" % message in goldens(), "no test expects the message: %s" % message

    def check(self, block):
        if block.mark.startswith("not run: ") or block.language in NO_CODE:
            return
        known = ("mmfs", "c", "python", "starlark", "cmake", "make", "meson", "sh", "text")
        assert block.language in known, "the language of a block is one of %s" % ", ".join(known + NO_CODE)
        same = re.fullmatch(r"as in (\S+)", block.mark)
        if same and block.language != "starlark":
            assert block.text == read(same.group(1)), "%s is not the same" % same.group(1)
        getattr(self, block.language)(block)


def squeezed(text):
    """BUILD language without blanks, and without the commas that a formatter adds."""
    text = re.sub(r"#.*", "", text)
    return re.sub(r",(?=[)\]])", "", re.sub(r"\s", "", text))


def goldens():
    directory = os.path.join(TREE, "tests", "conformance", "golden", "wrong")
    texts = [read(os.path.join(directory, file)) for file in os.listdir(directory) if file.endswith(".txt")]
    return "".join(texts)


@pytest.mark.parametrize("path", documents())
def test_every_block_of(path, tmp_path, library):
    place = Place(path, tmp_path, library)
    for block in blocks(path):
        try:
            place.check(block)
        except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
            pytest.fail("%s:%d: %s" % (path, block.line, error), pytrace=False)


def test_the_program_of_the_front_page_appends_whenever_it_runs(tmp_path, library):
    place = Place("README.md", tmp_path, library)
    for block in blocks("README.md"):
        if block.language in ("mmfs", "c"):
            place.check(block)
    assert place.printed == ["row 0: AAPL at 190\n", "row 1: AAPL at 190\n"]


def test_what_depends_on_this_module_asks_for_its_version():
    version = re.search(r'(?m)^MMF_VERSION = "(.*)"$', read("version.bzl")).group(1)
    asked = [
        (path, found)
        for path in files_of((".md", "MODULE.bazel"))
        for found in re.findall(r'bazel_dep\(name = "mmapforge", version = "(.*?)"', read(path))
    ]
    assert {"rules/README.md", "tests/conformance/consumers/bazel/small/MODULE.bazel"} <= {path for path, _ in asked}
    assert [(path, found) for path, found in asked if found != version] == []


# So that the extraction cannot lose what it should find.
def test_the_blocks_of_the_front_page_are_all_found():
    languages = [block.language for block in blocks("README.md")]
    assert {"mmfs", "starlark", "c", "python", "sh", "text"} <= set(languages)


def test_few_blocks_are_not_run(capsys):
    everything = [(path, block) for path in documents() for block in blocks(path)]
    skipped = [(path, block) for path, block in everything if block.mark.startswith("not run: ")]
    with capsys.disabled():
        counts = collections.Counter(block.language for _, block in everything)
        print("\n%d blocks: %s" % (len(everything), ", ".join("%d %s" % (n, l) for l, n in sorted(counts.items()))))
        for path, block in skipped:
            print("%s:%d is not run: %s" % (path, block.line, block.mark[len("not run: ") :]))
    assert len(everything) > 30
    assert len(skipped) <= len(everything) // 5
