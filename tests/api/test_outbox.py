"""The worker says what is due in the open conversation; what cannot be said is put off, and at last shown to a person."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hotline import outbox
from hotline.outbox import TRIES
from store.unit_of_work import OpenUow
from tests.api.conftest import Serve
from tests.api.gateway import Citizen, ScriptedDialogue, Served, labels_of, rows, text_of, wait_for
from tests.conftest import Clock


@pytest.fixture
def served(serve: Serve, dialogue: ScriptedDialogue, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr("api.outbox.PAUSE_SECONDS", 0.05)
    with serve(dialogue, session_idle_minutes=24 * 60) as gateway:
        yield gateway


def post(open_uow: OpenUow, citizen: Citizen, clock: Clock, key: str = "k", minutes: float = 0) -> None:
    with open_uow() as uow:
        due = clock() + timedelta(minutes=minutes)
        press = [("转人工", "/request_human")]
        outbox.post(uow, UUID(citizen.session_id), "reminder", "AP1", key, "明早九点见", clock(), due, buttons=press)


def test_到点就在会话里说_只说一次(served: Served, open_sqlite: OpenUow, clock: Clock) -> None:
    citizen = served.citizen()
    post(open_sqlite, citizen, clock, minutes=5)
    assert citizen.events(wait=0.3) == []
    clock.forward(minutes=5)
    wait_for(citizen.events)
    (event,) = citizen.events()
    assert (event["from"], text_of([event]), labels_of([event])) == ("system", "明早九点见", ["转人工"])
    post(open_sqlite, citizen, clock)
    assert len(citizen.events(after=event["seq"], wait=0.3)) == 0


def test_两个网关_也只说一次(serve: Serve, served: Served, open_sqlite: OpenUow, clock: Clock) -> None:
    citizen = served.citizen()
    with serve(ScriptedDialogue()):
        for place in range(10):
            post(open_sqlite, citizen, clock, f"k{place}")
        wait_for(lambda: len(citizen.events()) >= 10)
        assert len(citizen.events(wait=0.3)) == 10


def test_说不出去_推后_最后给人看_看过再试(
    served: Served, open_sqlite: OpenUow, clock: Clock, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = served.citizen()
    real = outbox.deliver

    def broken(*_: Any) -> None:
        raise RuntimeError("明早九点见 13800000001")

    monkeypatch.setattr("hotline.outbox.deliver", broken)
    post(open_sqlite, citizen, clock)

    def attempts() -> int:
        return int(rows(sqlite_file, "SELECT attempts FROM outbox")[0][0])

    for tried in range(1, TRIES + 1):
        wait_for(lambda tried=tried: attempts() == tried)  # type: ignore[misc]
        clock.forward(minutes=2**tried)
    operator = served.operator()
    (letter,) = operator.get("/v1/console/outbox/dead").json()
    assert (letter["kind"], letter["about"], letter["error"]) == ("reminder", "AP1", "RuntimeError")
    assert "明早" not in str(letter)
    monkeypatch.setattr("hotline.outbox.deliver", real)
    assert operator.post(f"/v1/console/outbox/{letter['id']}/retry").status_code == 204
    wait_for(citizen.events)
    assert text_of(citizen.events()) == "明早九点见"
    assert operator.get("/v1/console/outbox/dead").json() == []


def test_要求删除的人_什么也不再收到(served: Served, open_sqlite: OpenUow, clock: Clock, sqlite_file: Path) -> None:
    citizen = served.citizen()
    post(open_sqlite, citizen, clock, minutes=5)
    assert citizen.http.delete("/v1/web/me").status_code in (200, 202, 204)
    assert rows(sqlite_file, "SELECT * FROM outbox") == []
