"""What all tests share: the table of faults."""

import importlib.util
import os
import sys
from pathlib import Path

os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")


def pytest_addoption(parser) -> None:
    parser.addoption("--faults", choices=("check", "record", "list"), default="check",
                     help="record: write book/faults.csv anew from the tests of faults that pass; list: name these tests")


def pytest_configure(config) -> None:
    file = Path(__file__).parent / "tests" / "fault_table.py"
    spec = importlib.util.spec_from_file_location("fault_table", file)
    module = sys.modules["fault_table"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    config.pluginmanager.register(module.FaultTable(config.getoption("--faults")), "fault_table")


def pytest_collection_modifyitems(items) -> None:
    """The cells of the chapters, which nbval runs on a kernel each, are slow tests."""
    for item in items:
        if item.nodeid.split("::")[0].endswith(".ipynb"):
            item.add_marker("slow")
