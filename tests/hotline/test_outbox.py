"""What is said later: once, in its conversation, and put off when that fails."""

from datetime import timedelta

import pytest

from hotline import outbox
from hotline.conversations import Conversation, Speaker
from hotline.outbox import TRIES, OutboxMessage, OutboxStatus
from store.unit_of_work import OpenUow
from tests.conftest import Clock


def post(open_uow: OpenUow, conversation: Conversation, clock: Clock, key: str = "提醒", in_hours: float = 0) -> None:
    with open_uow() as uow:
        due = clock() + timedelta(hours=in_hours)
        button = ("取消预约", "/cancel_appointment")
        outbox.post(uow, conversation.id, "reminder", "AP1", key, "明天上午九点", clock(), due, buttons=[button])


def deliver(open_uow: OpenUow, clock: Clock) -> OutboxMessage | None:
    with open_uow() as uow:
        message = uow.outbox.claim_due(clock())
        if message is not None:
            outbox.deliver(uow, message, clock())
        return message


def said(open_uow: OpenUow, conversation: Conversation) -> list[str]:
    with open_uow() as uow:
        return [event.text for event in uow.events.after(conversation.id, 0)]


def test_到点才说_说一次(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    post(open_uow, conversation, clock, in_hours=2)
    assert deliver(open_uow, clock) is None
    clock.forward(hours=2)
    assert deliver(open_uow, clock) is not None
    assert deliver(open_uow, clock) is None
    with open_uow() as uow:
        (event,) = uow.events.after(conversation.id, 0)
        assert (event.text, event.speaker, event.type) == ("明天上午九点", Speaker.SYSTEM, "message")
        button = uow.buttons.get(event.buttons[0]["action_id"])
        assert button is not None and (button.label, button.payload) == ("取消预约", "/cancel_appointment")


def test_先到期的先说(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    for key, hours in (("晚", 2.0), ("早", 1.0)):
        post(open_uow, conversation, clock, key, hours)
    clock.forward(hours=3)
    assert [message.key for message in iter(lambda: deliver(open_uow, clock), None)] == ["早", "晚"]


def test_同一个键只说一次(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    post(open_uow, conversation, clock)
    post(open_uow, conversation, clock)
    deliver(open_uow, clock)
    assert deliver(open_uow, clock) is None
    assert said(open_uow, conversation) == ["明天上午九点"]


def test_取消了就不说(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    post(open_uow, conversation, clock)
    with open_uow() as uow:
        outbox.revoke(uow, "AP1", "reminder", clock())
    assert deliver(open_uow, clock) is None
    assert said(open_uow, conversation) == []


def test_说不出去就推后_越推越久_六次以后等人看_看过可以再试(
    open_uow: OpenUow, conversation: Conversation, clock: Clock
) -> None:
    post(open_uow, conversation, clock)
    pauses = []
    for _ in range(TRIES):
        with open_uow() as uow:
            message = uow.outbox.claim_due(clock())
            assert message is not None
            outbox.note_failure(message, clock(), "OperationalError")
            pauses.append((message.due_at - clock()).total_seconds())
        clock.at = max(message.due_at, clock.at)
    assert pauses[:5] == [30, 60, 120, 240, 480]
    assert deliver(open_uow, clock) is None
    with open_uow() as uow:
        (dead,) = uow.outbox.dead(10)
        assert (dead.status, dead.error, dead.attempts) == (OutboxStatus.DEAD, "OperationalError", TRIES)
        outbox.retry(dead, clock())
    assert deliver(open_uow, clock) is not None


def test_说到一半断了_什么也没说_下次再说(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    post(open_uow, conversation, clock)
    with pytest.raises(RuntimeError), open_uow() as uow:
        message = uow.outbox.claim_due(clock())
        assert message is not None
        outbox.deliver(uow, message, clock())
        raise RuntimeError("断电")
    assert said(open_uow, conversation) == []
    assert deliver(open_uow, clock) is not None
    assert said(open_uow, conversation) == ["明天上午九点"]
