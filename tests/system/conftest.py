"""The browser of the page tests, for the page in front of the running system."""

from tests.web.conftest import browser  # noqa: F401
