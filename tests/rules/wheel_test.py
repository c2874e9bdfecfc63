"""//:tick_store_wheel in an environment that has nothing but cffi."""

import glob
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
import zipfile

import pytest

[WHEEL] = glob.glob(os.path.abspath("*.whl"))

PROGRAM = """
import importlib.util, sys
assert importlib.util.find_spec("numpy") is None
import mmapforge, tick_store
with tick_store.create("ticks.mmf") as ticks:
    ticks.append(symbol="AAPL", price=189.5, volume=100.0, timestamp=1)
with tick_store.open("ticks.mmf") as ticks:
    print(len(ticks), ticks[0].symbol, ticks[0].price)
print(mmapforge.__file__)
"""


def run(*command, cwd=None):
    done = subprocess.run(
        command, cwd=cwd, env={}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
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
    said = run(python, "-I", "-B", "-c", PROGRAM, cwd=directory).splitlines()
    assert said == ["1 AAPL 189.5", os.path.join(site, "mmapforge", "__init__.py")]


def test_is_named_for_every_python_from_3_9_on():
    name = os.path.basename(WHEEL)
    assert name == "tick_store-0.1.0-cp39-abi3-linux_%s.whl" % os.uname().machine


def test_works_where_it_is_unpacked(environment, tmp_path):
    python, site = environment
    with zipfile.ZipFile(WHEEL) as archive:
        assert archive.testzip() is None
        archive.extractall(site)
    expect_use(python, site, tmp_path)


# Never by the network: what it requires is there.
def test_works_where_pip_installs_it(environment, tmp_path):
    if importlib.util.find_spec("pip") is None:
        pytest.skip("this Python has no pip")
    python, site = environment
    run(
        *[sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "install"],
        *["--no-index", "--no-deps", "--no-cache-dir", "--no-compile", "--target", site, WHEEL],
    )
    expect_use(python, site, tmp_path)
    information = os.path.join(site, "tick_store-0.1.0.dist-info")
    assert {"METADATA", "RECORD", "WHEEL"} <= set(os.listdir(information))


def test_has_all_of_both_packages():
    with zipfile.ZipFile(WHEEL) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    sources = glob.glob("bindings/python/mmapforge/*.py")
    assert sources
    assert {os.path.relpath(path, "bindings/python") for path in sources} < names
    assert names - {name for name in names if name.startswith("mmapforge/")} == {
        "tick_store/__init__.py",
        "tick_store/__init__.pyi",
        "tick_store/py.typed",
    }
    assert {"mmapforge/_core.abi3.so", "mmapforge/py.typed"} <= names
