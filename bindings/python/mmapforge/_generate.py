"""From a schema file to a Python module, by mmfgen: `compile`, and `python -m mmapforge generate`."""

import importlib.util
import os
import re
import sys
import threading
import types
from typing import Dict, List, NamedTuple, NoReturn, Optional, Tuple, Union

from mmapforge import _core
from mmapforge._errors import (
    ArgumentError,
    ArgumentTypeError,
    Error,
    SchemaError,
    StoreIOError,
    StoreNotFoundError,
    UnsupportedError,
    make_error,
)

SchemaPath = Union[str, "os.PathLike[str]"]

# Where the files are that are built: beside the extension, from which an editable installation keeps
# the modules apart.
_PACKAGE = os.path.dirname(os.path.abspath(_core.__file__))


def _path_of(schema: SchemaPath) -> str:
    """The path of a schema file that exists; an error otherwise."""
    try:
        path = os.fspath(schema)
    except TypeError:
        message = f"schema is of type {type(schema).__name__}, expected the path of a *.mmfs file"
        raise make_error(ArgumentTypeError, message) from None
    if not isinstance(path, str):
        message = f"schema is of type {type(path).__name__}, expected a str or os.PathLike[str]"
        raise make_error(ArgumentTypeError, message)
    if "\0" in path or not path:
        message = f"schema is {path!r}, expected the path of a *.mmfs file"
        raise make_error(ArgumentError, message)
    if not os.path.exists(path):
        hint = "; a schema is given by its file" if "{" in path else "; check the path"
        message = f"{path}: there is no such file{hint}"
        raise make_error(StoreNotFoundError, message, path=path)
    return path


def module_name_of(path: str) -> str:
    """The name of the module for a schema file: tick.mmfs and TickStore.mmfs give tick_store."""
    stem = os.path.splitext(os.path.basename(path))[0]
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower()
    return name if name.endswith("_store") else name + "_store"


def find_mmfgen() -> str:
    """The path of the generator: $MMF_MMFGEN, or that of this package, or the first on the PATH."""
    import shutil  # here and below: importing mmapforge must stay cheap for those who only open stores

    named = os.environ.get("MMF_MMFGEN", "")
    if named:
        found = shutil.which(named)
        if found is None:
            message = f"$MMF_MMFGEN is {named!r}, which is not a program; give the path of mmfgen, or unset it"
            raise make_error(UnsupportedError, message)
        return found
    own = os.path.join(_PACKAGE, "bin", "mmfgen")
    if os.access(own, os.X_OK):
        return own
    found = shutil.which("mmfgen")
    if found is None:
        message = "mmfgen, which reads schemas, is not here: this package was built by Bazel, where mmf_store makes "
        message += "modules; install the wheel (pip install mmapforge), or set $MMF_MMFGEN to its path"
        raise make_error(UnsupportedError, message)
    return found


def _run_mmfgen(path: str, name: str, outputs: List[str]) -> None:
    """Runs the generator for one schema; its diagnostics become an exception."""
    import subprocess

    program = find_mmfgen()
    # A path that begins with a dash would be read as an option.
    given = os.path.join(".", path) if path.startswith("-") else path
    try:
        done = subprocess.run(
            [program, "--schema", given, "--name", name, *outputs],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except OSError as error:
        message = f"{program}: cannot be run: {error.strerror}"
        raise make_error(StoreIOError, message, path=program, os_error=error.errno or 0) from None
    if done.returncode:
        _fail(path, name, done.returncode, done.stderr.decode("utf-8", "replace").rstrip("\n"))


def diagnostics_of(text: str) -> str:
    """What mmfgen says of the text of a schema: "" if it is right."""
    import subprocess
    import tempfile

    program = find_mmfgen()
    try:
        with tempfile.NamedTemporaryFile(prefix="mmapforge-", suffix=".mmfs") as file:
            file.write(text.encode())
            file.flush()
            done = subprocess.run([program, "--explain-layout", file.name], capture_output=True, check=False)
    except OSError as error:
        message = f"{program}: cannot check a schema in a temporary file: {error}"
        raise make_error(StoreIOError, message, path=program, os_error=error.errno or 0) from None
    return done.stderr.decode("utf-8", "replace") if done.returncode else ""


def _fail(path: str, name: str, code: int, said: str) -> NoReturn:
    if code == 1 and said:  # the schema's diagnostics: path:line:column, and what to do
        raise make_error(SchemaError, said, path=path, status="MMF_ERR_SCHEMA")
    said = said.split("\nusage:")[0]
    if said.startswith(f"mmfgen: --name '{name}'"):
        said = said.replace("mmfgen: --name", "the module's name", 1)
        raise make_error(ArgumentError, f"{path}: {said}; give another name", path=path)
    if code < 0:
        said = f"mmfgen was ended by signal {-code}"
    elif not said:
        said = f"mmfgen ended with status {code} and said nothing; is $MMF_MMFGEN right?"
    raise make_error(StoreIOError, said.replace("mmfgen: ", "", 1), path=path)


def _name_for(path: str, name: Optional[str]) -> str:
    if name is None:
        return module_name_of(path)
    if not isinstance(name, str):
        message = f"name is of type {type(name).__name__}, expected a str, the name of the module"
        raise make_error(ArgumentTypeError, message)
    if not name or "\0" in name or not name.isascii():
        message = f"{path}: the module's name {name!r} cannot name a store; give another name"
        raise make_error(ArgumentError, message, path=path)
    return name


def generate(
    schema: SchemaPath, name: Optional[str] = None, directory: Optional[SchemaPath] = None
) -> Tuple[str, str]:
    """Writes the module of a schema and its type stub, and returns their paths.

    Either both files are written or none.

    Args:
        schema: the path of a *.mmfs file.
        name: of the module; tick_store for tick.mmfs if left out.
        directory: where to write; that of the schema if left out. It must exist.
    """
    path = _path_of(schema)
    name = _name_for(path, name)
    try:
        where = os.path.dirname(path) if directory is None else os.fspath(directory)
    except TypeError:
        message = f"directory is of type {type(directory).__name__}, expected a path"
        raise make_error(ArgumentTypeError, message) from None
    module = os.path.join(where, name + ".py")
    stub = os.path.join(where, name + ".pyi")
    _run_mmfgen(path, name, ["--python", module, "--stub", stub])
    return module, stub


class _Compiled(NamedTuple):
    source: str
    module: types.ModuleType


_compiled: Dict[Tuple[str, str], _Compiled] = {}
_lock = threading.Lock()


def compile_schema(schema: SchemaPath, name: Optional[str] = None) -> types.ModuleType:
    """The module of a schema file, as `import tick_store` gives it, without a file and a build.

        tick_store = mmapforge.compile("tick.mmfs")
        with tick_store.create("ticks.mmf") as ticks: ...

    The module is put into sys.modules, so that its records can be pickled; a process that unpickles
    them must have compiled the same schema before. The same file with the same text gives the same
    module; after a change of its text it gives another one, and records of the one before can be used
    but not pickled any more. Any thread may call it. `generate` writes files instead, which editors
    and mypy read.

    Args:
        schema: the path of a *.mmfs file.
        name: of the module; tick_store for tick.mmfs if left out.

    Raises:
        SchemaError: the schema is wrong; the message has each mistake as path:line:column.
        StoreNotFoundError: there is no such file.
        ArgumentError: the name cannot be that of a module, or another module has it, such as that of
            a schema in another directory.
        UnsupportedError: the generator, mmfgen, is not installed.
    """
    path = _path_of(schema)
    name = _name_for(path, name)
    key = (os.path.realpath(path), name)
    with _lock:
        source = _source_of(path, name)
        known = _compiled.get(key)
        if known is not None and known.source == source and sys.modules.get(name) is known.module:
            return known.module
        _need_free(path, name, key)
        module = types.ModuleType(name)
        module.__file__ = None
        # Like a module of a file: pickle finds the classes by the name of the module.
        exec(compile(source, f"<mmfgen {path}>", "exec"), module.__dict__)
        _compiled[key] = _Compiled(source, module)
        sys.modules[name] = module
        return module


def _source_of(path: str, name: str) -> str:
    import tempfile

    try:
        with tempfile.TemporaryDirectory(prefix="mmapforge-") as directory:
            out = os.path.join(directory, "module.py")
            _run_mmfgen(path, name, ["--python", out])
            with open(out, encoding="utf-8") as file:
                return file.read()
    except OSError as error:
        if isinstance(error, Error):
            raise
        message = f"{path}: the module could not be generated in a temporary directory: {error}"
        raise make_error(StoreIOError, message, path=path, os_error=error.errno or 0) from None


def _need_free(path: str, name: str, key: Tuple[str, str]) -> None:
    """Raises if a module of that name is there that compile did not make of this file."""
    present = sys.modules.get(name)
    if present is None:
        if importlib.util.find_spec(name) is None:
            return
        whose = "import that one, or"
    else:
        of = [known for known, compiled in _compiled.items() if compiled.module is present]
        if of == [key]:
            return
        whose = f"it is of {of[0][0]};" if of else "import that one, or"
    message = f"{path}: there is another module {name}; {whose} give another name: "
    message += "mmapforge.compile(schema, name=...)"
    raise make_error(ArgumentError, message, path=path)


def get_include() -> str:
    """The directory of the C headers, for the -I of a compiler."""
    return os.path.join(_need_core(), "include")


def get_sources() -> List[str]:
    """The C files of the runtime, to be compiled with a program, sorted."""
    core = _need_core()
    rooms = sorted(entry for entry in os.listdir(core) if entry != "include")
    return [
        os.path.join(core, room, file)
        for room in rooms
        if os.path.isdir(os.path.join(core, room))
        for file in sorted(os.listdir(os.path.join(core, room)))
        if file.endswith(".c")
    ]


def _need_core() -> str:
    core = os.path.join(_PACKAGE, "core")
    if not os.path.isdir(core):
        message = "the C sources are not here: this package was built by Bazel, which compiles them itself; "
        message += "install the wheel (pip install mmapforge)"
        raise make_error(UnsupportedError, message)
    return core


def run_mmfgen() -> int:
    """The command mmfgen of the wheel: becomes the generator."""
    program = find_mmfgen()
    os.execv(program, [program, *sys.argv[1:]])
