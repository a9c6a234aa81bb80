"""What all tests share: the table of faults, and how the tests are given to several processes."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
sys.modules.setdefault("rfc3987_syntax", None)   # jsonschema's check of addresses: seconds to import, and nothing here asks for it
pytest_plugins = ("nbval.plugin",)   # after that line, since it imports jsonschema

TESTS = Path(__file__).parent / "tests"


def _module(name: str):
    """Import a file of the tests by its path (they are not a package)."""
    spec = importlib.util.spec_from_file_location(name, TESTS / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pytest_addoption(parser) -> None:
    parser.addoption("--faults", choices=("check", "record", "list"), default="check",
                     help="record: write book/faults.csv anew from the tests of faults that pass; list: name these tests")


def pytest_configure(config) -> None:
    config.pluginmanager.register(_module("fault_table").FaultTable(config.getoption("--faults")), "fault_table")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Several processes (`-n 2`) share the tests file by file, in the order of the collection."""
    config.option.loadscopereorder = False   # it would take the files with the most tests first, not the slowest
    return _module("processes").ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config) -> None:
    if config.getoption("--faults") != "check":
        config.option.numprocesses = 0   # one process writes or lists the whole table


def pytest_collection_modifyitems(config, items) -> None:
    """The cells of the chapters, which nbval runs on a kernel each, are slow tests. Where processes share the tests, slow files
    come first."""
    for item in items:
        if item.nodeid.split("::")[0].endswith(".ipynb"):
            item.add_marker("slow")
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)
