"""A gateway over HTTP with a scripted dialogue server.

Most tests share one gateway and talk in conversations of their own; a test that stops it, locks its database or sets
it up differently starts another with `serve`.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

import api.app
from api.logs import configure_logs
from knowledge.search import AnswerIndex
from tests.api.gateway import ScriptedDialogue, Served, serving, settings_for
from tests.conftest import MONDAY_MORNING, Clock

type Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture(scope="session", autouse=True)
def indexed_once(answer_index: AnswerIndex) -> Iterator[None]:
    """The shipped answers are indexed once for all gateways."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.app, "load_answers", lambda: ())
        patch.setattr(api.app, "AnswerIndex", lambda _: answer_index)
        yield


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """Logs go to the standard error of this moment: a test that captures it closes its own afterwards."""
    configure_logs()
    yield
    configure_logs()


@pytest.fixture(scope="session")
def one_clock() -> Clock:
    return Clock()


@pytest.fixture
def clock(one_clock: Clock) -> Clock:
    """The clock of all gateways, set back to Monday morning."""
    one_clock.at = MONDAY_MORNING
    return one_clock


@pytest.fixture(scope="session")
def shared_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shared gateway's database."""
    return Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("shared") / "yuanxian.db"))


@pytest.fixture(scope="session")
def shared_gateway(indexed_once: None, one_clock: Clock, shared_file: Path) -> Iterator[Served]:
    """The gateway that most tests share."""
    with serving(settings_for(f"sqlite:///{shared_file}"), ScriptedDialogue(), one_clock) as served:
        yield served


@pytest.fixture
def gateway(shared_gateway: Served, clock: Clock) -> Served:
    """The shared gateway, its dialogue server without memory of other tests."""
    shared_gateway.dialogue.script = ScriptedDialogue().script
    shared_gateway.dialogue.heard = []
    return shared_gateway


@pytest.fixture
def dialogue(request: pytest.FixtureRequest) -> ScriptedDialogue:
    """The shared gateway's dialogue server, or a new one for a gateway that the test starts itself."""
    if "gateway" in request.fixturenames:
        found: ScriptedDialogue = request.getfixturevalue("gateway").dialogue
        return found
    return ScriptedDialogue()


@pytest.fixture
def serve(sqlite_file: Path, clock: Clock) -> Serve:
    """Starts gateways on this test's database: `with serve(dialogue, messages_per_minute=3) as gateway`."""

    def start(dialogue: ScriptedDialogue | None, **settings: Any) -> AbstractContextManager[Served]:
        return serving(settings_for(f"sqlite:///{sqlite_file}", **settings), dialogue, clock)

    return start


@pytest.fixture
def quick_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was left behind is looked for many times a second."""
    monkeypatch.setattr("api.turns.SWEEP_SECONDS", 0.05)
