"""The small registry of the publishing tests, for the tests of what a number is."""

from tests.publish.conftest import numbers  # noqa: F401
