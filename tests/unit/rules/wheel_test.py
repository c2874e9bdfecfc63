"""Wheels of two stores and of the runtime, in an environment that has nothing but cffi."""

import glob
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile

import pytest

[TICK_WHEEL] = glob.glob(os.path.abspath("tick_store-*.whl"))
[COPIED_WHEEL] = glob.glob(os.path.abspath("tests/unit/rules/copied_store-*.whl"))
[RUNTIME_WHEEL] = glob.glob(os.path.abspath("bindings/python/mmapforge-*.whl"))

USE = os.path.abspath("tests/conformance/pip/use.py")

TICKS = """
import importlib.util, sys
assert importlib.util.find_spec("numpy") is None
import mmapforge, tick_store
with tick_store.create("ticks.mmf") as ticks:
    ticks.append(symbol="AAPL", price=189.5, volume=100.0, timestamp=1)
with tick_store.open("ticks.mmf") as ticks:
    print(len(ticks), ticks[0].symbol, ticks[0].price)
print(mmapforge.__file__)
"""


def run(*command, cwd=None, env=None):
    done = subprocess.run(
        command, cwd=cwd, env=env or {}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def copy_module(name, site):
    """Copies what makes one module or package from this interpreter to a directory."""
    spec = importlib.util.find_spec(name)
    if spec.submodule_search_locations:
        shutil.copytree(spec.submodule_search_locations[0], os.path.join(site, name))
    else:
        shutil.copy(spec.origin, site)


@pytest.fixture
def environment(tmp_path):
    """A virtual environment with cffi: its interpreter, and its directory for packages."""
    home = tmp_path / "environment"
    venv.EnvBuilder(symlinks=True, with_pip=False).create(home)
    python = str(home / "bin" / "python")
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))").strip()
    for module in ("cffi", "_cffi_backend", "pycparser"):
        copy_module(module, site)
    return python, site


def expect_use(python, site, directory):
    if os.path.exists(directory / "ticks.mmf"):
        os.remove(directory / "ticks.mmf")
    said = run(python, "-I", "-B", "-c", TICKS, cwd=directory).splitlines()
    assert said == ["1 AAPL 189.5", os.path.join(site, "mmapforge", "__init__.py")]


def pip(python, *arguments):
    """Runs pip for an environment, and never by the network: what it may install is there."""
    if importlib.util.find_spec("pip") is None:
        pytest.skip("this Python has no pip")
    return run(
        *[sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check"],
        *["--no-cache-dir", "--python", python, *arguments],
    )


def unpack(wheel, site):
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        archive.extractall(site)


def metadata(wheel):
    """The lines of a wheel's METADATA."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return archive.read(name).decode().splitlines()


def version_of_the_package():
    with open("bindings/python/mmapforge/__init__.py", encoding="utf-8") as opened:
        return re.search('__version__ = "(.*)"', opened.read()).group(1)


def test_the_runtime_is_for_this_machine_and_every_python_from_3_9_on():
    name = "mmapforge-%s-cp39-abi3-linux_%s.whl" % (version_of_the_package(), os.uname().machine)
    assert os.path.basename(RUNTIME_WHEEL) == name
    assert [line for line in metadata(RUNTIME_WHEEL) if "Requires-Dist" in line] == [
        "Requires-Dist: cffi>=1.15"
    ]


# Its version is written as 2024.01.05 in the BUILD file.
def test_a_store_is_for_every_machine_and_requires_the_runtime():
    assert os.path.basename(TICK_WHEEL) == "tick_store-0.1.0-py3-none-any.whl"
    assert os.path.basename(COPIED_WHEEL) == "copied_store-2024.1.5-py3-none-any.whl"
    for wheel in (TICK_WHEEL, COPIED_WHEEL):
        assert [line for line in metadata(wheel) if "Requires-Dist" in line] == [
            "Requires-Dist: mmapforge>=" + version_of_the_package()
        ]


def test_works_where_it_is_unpacked(environment, tmp_path):
    python, site = environment
    unpack(TICK_WHEEL, site)
    unpack(RUNTIME_WHEEL, site)
    expect_use(python, site, tmp_path)


# cffi is there, but as a copy that pip knows nothing of; so it is told not to look.
def test_works_where_pip_installs_it(environment, tmp_path):
    python, site = environment
    pip(python, "install", "--no-index", "--no-deps", TICK_WHEEL, RUNTIME_WHEEL)
    expect_use(python, site, tmp_path)
    information = os.path.join(site, "tick_store-0.1.0.dist-info")
    assert {"METADATA", "RECORD", "WHEEL"} <= set(os.listdir(information))


def test_another_store_can_be_uninstalled(environment, tmp_path):
    python, site = environment
    pip(python, "install", "--no-index", "--no-deps", TICK_WHEEL, COPIED_WHEEL, RUNTIME_WHEEL)
    run(python, "-I", "-B", "-c", "import copied_store, tick_store", cwd=tmp_path)
    pip(python, "uninstall", "--yes", "copied-store")
    assert not os.path.exists(os.path.join(site, "copied_store"))
    expect_use(python, site, tmp_path)


# pip finds the runtime by the name that a store requires, and takes an older one for none.
def test_pip_asks_for_the_runtime(environment, tmp_path):
    python, site = environment
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "cffi-1.15.1-py3-none-any.whl").write_bytes(b"")
    with zipfile.ZipFile(wheels / "cffi-1.15.1-py3-none-any.whl", "w") as archive:
        archive.writestr("cffi-1.15.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: cffi\nVersion: 1.15.1\n")
        archive.writestr("cffi-1.15.1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("cffi-1.15.1.dist-info/RECORD", "")
    for wheel in (TICK_WHEEL, RUNTIME_WHEEL):
        shutil.copy(wheel, wheels)
    pip(python, "install", "--no-index", "--find-links", str(wheels), "tick-store")
    expect_use(python, site, tmp_path)
    with pytest.raises(AssertionError, match="No matching distribution found for mmapforge"):
        os.remove(wheels / os.path.basename(RUNTIME_WHEEL))
        pip(python, "uninstall", "--yes", "mmapforge", "tick-store")
        pip(python, "install", "--no-index", "--find-links", str(wheels), "tick-store")


def packages(wheel):
    """The files of a wheel that are no information about it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_each_has_its_own_package_and_nothing_of_another():
    assert packages(TICK_WHEEL) == {
        "tick_store/__init__.py",
        "tick_store/__init__.pyi",
        "tick_store/py.typed",
    }
    sources = glob.glob("bindings/python/mmapforge/*.py")
    assert sources
    runtime = packages(RUNTIME_WHEEL)
    assert {os.path.relpath(path, "bindings/python") for path in sources} < runtime
    assert {"mmapforge/_core.abi3.so", "mmapforge/py.typed"} <= runtime
    assert {name.partition("/")[0] for name in runtime} == {"mmapforge"}


# ---- Without Bazel: schemas, C and the command of the wheel ----

SCHEMA = "record Trade version 1 { symbol: string[8]; price: float64; }\n"


# As tests/conformance/pip/run does with the wheel that pip makes.
def test_the_wheel_makes_modules_and_c_programs_of_schemas(environment):
    python, site = environment
    pip(python, "install", "--no-index", "--no-deps", RUNTIME_WHEEL)
    # A compiler looks for its parts on the PATH.
    path = {"PATH": os.environ.get("PATH", os.defpath)}
    said = run(python, "-IB", USE, os.path.join(os.path.dirname(python), "mmfgen"), env=path)
    assert "the package works; " in said
    if "SKIPPED" in said:
        pytest.skip(said)


def test_the_module_of_generate_works_without_the_generator(environment, tmp_path):
    python, site = environment
    unpack(RUNTIME_WHEEL, site)
    os.chmod(os.path.join(site, "mmapforge", "bin", "mmfgen"), 0o755)
    (tmp_path / "trade.mmfs").write_text(SCHEMA)
    run(python, "-IBm", "mmapforge", "generate", "trade.mmfs", cwd=tmp_path)
    shutil.rmtree(os.path.join(site, "mmapforge", "bin"))
    assert "Trade(" in run(python, "-Bc", "import trade_store; print(trade_store.Trade('A', 1.0))", cwd=tmp_path)
