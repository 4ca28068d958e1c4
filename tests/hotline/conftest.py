"""A database in a file of the test's own: simpler than a second store made of dictionaries, and it keeps the rules."""

import pytest

from hotline.conversations import Conversation
from store.unit_of_work import OpenUow
from tests.conftest import Clock, a_conversation


@pytest.fixture
def open_uow(open_sqlite: OpenUow) -> OpenUow:
    return open_sqlite


@pytest.fixture
def conversation(open_uow: OpenUow, clock: Clock) -> Conversation:
    """A talk that has just begun."""
    with open_uow() as uow:
        return a_conversation(uow, clock)
