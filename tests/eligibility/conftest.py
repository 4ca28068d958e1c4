"""The shipped law, read once for all tests of this room."""

import pytest

from eligibility import Law


@pytest.fixture(scope="session")
def law() -> Law:
    return Law.load()
