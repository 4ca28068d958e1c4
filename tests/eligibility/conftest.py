"""The shipped law, read once for all tests of this room."""

import os

import pytest

from eligibility import Law, hardship, interview, time_limits


@pytest.fixture(scope="session")
def law() -> Law:
    return Law.load()


@pytest.fixture(autouse="MUTANT_UNDER_TEST" in os.environ)
def nothing_remembered() -> None:
    """Forget results between tests, only under mutmut: it runs a mutant on the tests it has seen reach the function."""
    for remembered in (hardship.find_ceilings, interview._explore_last, time_limits.periods_of_matter):
        remembered.cache_clear()
