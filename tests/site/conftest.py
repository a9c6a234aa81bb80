"""Sites under test: the fixtures book, built once a session, and the edition built by `make book`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def _module(name: str):
    """Import a file of this folder by its path (the tests are not a package)."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


serving = _module("serving")
fixture_book = _module("fixture_book")


@pytest.fixture(scope="session")
def book():
    """The module that describes and builds the fixtures book."""
    return fixture_book


@pytest.fixture(scope="session")
def small_site(tmp_path_factory) -> Path:
    """The fixtures book, built end to end."""
    return fixture_book.build(tmp_path_factory.mktemp("fixtures-book"))


@pytest.fixture(scope="session")
def small_url(small_site):
    with serving.served(small_site) as url:
        yield url


@pytest.fixture(scope="session")
def served_site_url(site):
    """The edition, served compressed as a host does."""
    with serving.served(site) as url:
        yield url


@pytest.fixture(params=["fixtures book", "edition"])
def any_folder(request) -> Path:
    """The folder of each site in turn."""
    return request.getfixturevalue("site" if request.param == "edition" else "small_site")


@pytest.fixture(params=["fixtures book", "edition"])
def any_site(request):
    """(folder, address) of each site in turn."""
    if request.param == "edition":
        return request.getfixturevalue("site"), request.getfixturevalue("site_url")
    return request.getfixturevalue("small_site"), request.getfixturevalue("small_url")


@pytest.fixture
def visit(browser):
    """A function that opens a context in which every request to another origin is refused and noted."""
    opened = []

    def open_context(address: str, device: str = "desktop", theme: str = "light", **options):
        visitor = serving.Visitor(browser, address, device, theme, **options)
        opened.append(visitor)
        return visitor

    yield open_context
    for visitor in opened:
        visitor.context.close()
