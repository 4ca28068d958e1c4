"""What several rooms' tests share: a key, a clock that stands still, and databases of their own."""

import base64
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hotline.conversations import Conversation
from knowledge.answers import load_answers
from knowledge.search import AnswerIndex
from store.encryption import use_key
from store.migrate import upgrade
from store.unit_of_work import OpenUow, SqlUnitOfWork, connect, unit_of_work_factory
from tests.browser import browser  # noqa: F401  # one browser for every folder
from tests.running_system import system  # noqa: F401  # one running system for every folder

ENCRYPTION_KEY = base64.b64encode(bytes(range(32))).decode()
MONDAY_MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Nine o'clock in Shanghai on a working day."""


@dataclass
class Clock:
    """Tells the same moment until it is moved."""

    at: datetime = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> datetime:
        """Move on by so many seconds, minutes, hours or days."""
        self.at += timedelta(**span)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database of the current schema, to be copied: migrating takes longer than most tests."""
    use_key(ENCRYPTION_KEY)
    file = tmp_path_factory.mktemp("migrated") / "empty.db"
    engine = connect(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture
def sqlite_file(migrated_file: Path, tmp_path: Path) -> Path:
    """A SQLite database of this test's own."""
    return Path(shutil.copy(migrated_file, tmp_path / "yuanxian.db"))


@pytest.fixture
def sqlite_engine(sqlite_file: Path) -> Iterator[Engine]:
    use_key(ENCRYPTION_KEY)
    engine = connect(f"sqlite:///{sqlite_file}")
    yield engine
    engine.dispose()


@pytest.fixture
def open_sqlite(sqlite_engine: Engine) -> OpenUow:
    """Opens units of work on this test's SQLite database."""
    return unit_of_work_factory(sqlite_engine)[0]


@pytest.fixture(scope="session")
def answer_index() -> AnswerIndex:
    """The index of the answers the product ships; building it takes seconds."""
    return AnswerIndex(load_answers())


def a_conversation(uow: SqlUnitOfWork, clock: Clock, token_hash: str = "t" * 64) -> Conversation:
    """A talk that has just begun."""
    conversation = Conversation("web", token_hash, clock(), clock() + timedelta(minutes=30))
    uow.conversations.add(conversation)
    return conversation
