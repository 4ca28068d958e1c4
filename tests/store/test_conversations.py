"""Conversations, their lines and quick replies in the database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from hotline.conversations import Button, Conversation, Event, Progress, Speaker, say
from hotline.errors import NotFound
from store.unit_of_work import OpenUow
from tests.conftest import Clock, a_conversation
from tests.store.samples import message


@pytest.fixture
def conversation(open_uow: OpenUow, clock: Clock) -> Conversation:
    with open_uow() as uow:
        return a_conversation(uow, clock)


def test_会话写进去什么_读出来就是什么(open_uow: OpenUow, open_reading: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        written = a_conversation(uow, clock)
        written.slots = {"region": "340104", "months_owed": 4, "unknown_facts": ["age"]}
    with open_reading() as uow:
        read = uow.conversations.get(written.id)
        assert read is not written
        assert {name: getattr(read, name) for name in vars(written) if name != "_sa_instance_state"} == {
            name: value for name, value in vars(written).items() if name != "_sa_instance_state"
        }
        assert read.opened_at.utcoffset() == timedelta(0)


def test_按令牌找会话(open_reading: OpenUow, conversation: Conversation) -> None:
    with open_reading() as uow:
        found = uow.conversations.by_token(conversation.token_hash)
        assert found is not None and found.id == conversation.id
        assert uow.conversations.by_token("别的") is None


def test_没有的会话和没有的行都说没有(open_reading: OpenUow, conversation: Conversation) -> None:
    with open_reading() as uow:
        with pytest.raises(NotFound):
            uow.conversations.get(uuid4())
        with pytest.raises(NotFound):
            uow.events.get(conversation.id, 1)


def test_两个会话不能用同一个令牌(open_uow: OpenUow, clock: Clock, conversation: Conversation) -> None:
    with pytest.raises(IntegrityError), open_uow() as uow:
        a_conversation(uow, clock, conversation.token_hash)


def test_同一条消息编号只留一行(open_uow: OpenUow, conversation: Conversation) -> None:
    with open_uow() as uow:
        uow.events.add(message(conversation.id, 1))
    again = message(conversation.id, 2)
    again.client_msg_id = "m1"
    with pytest.raises(IntegrityError), open_uow() as uow:
        uow.events.add(again)
    with open_uow() as uow:
        found = uow.events.by_client_msg_id(conversation.id, "m1")
        assert found is not None and found.seq == 1
        assert uow.events.by_client_msg_id(conversation.id, "m2") is None


def test_没做完就出错_什么都没留下(open_uow: OpenUow, open_reading: OpenUow, conversation: Conversation) -> None:
    with pytest.raises(ZeroDivisionError), open_uow() as uow:
        uow.events.add(message(conversation.id, 1))
        raise ZeroDivisionError
    with open_reading() as uow:
        assert uow.events.after(conversation.id, 0) == []


def test_行按顺序读_可以只读新的或最后几行(open_uow: OpenUow, conversation: Conversation) -> None:
    with open_uow() as uow:
        for seq in (3, 1, 2, 4):
            uow.events.add(message(conversation.id, seq))
    with open_uow() as uow:
        assert [one.seq for one in uow.events.after(conversation.id, 0)] == [1, 2, 3, 4]
        assert [one.seq for one in uow.events.after(conversation.id, 2)] == [3, 4]
        assert [one.seq for one in uow.events.latest(conversation.id, 3)] == [2, 3, 4]
        assert uow.events.after(uuid4(), 0) == []


def test_一分钟内说了几句_只数来询人的(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        uow.events.add(message(conversation.id, 1))
        old = message(conversation.id, 2)
        old.created_at = clock() - timedelta(minutes=1)
        uow.events.add(old)
        uow.events.add(Event(conversation.id, 3, "message", Speaker.BOT, clock()))
    with open_uow() as uow:
        assert uow.events.count_from_citizen(conversation.id, clock() - timedelta(minutes=1)) == 1


def test_六十四个线程同时说话_编号不重不漏(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    def speak(place: int) -> int:
        with open_uow() as uow:
            kept = uow.conversations.get(conversation.id)
            return say(uow, kept, Speaker.BOT, [{"type": "text", "text": str(place)}], clock()).seq

    with ThreadPoolExecutor(16) as threads:
        seqs = list(threads.map(speak, range(64)))
    assert sorted(seqs) == list(range(1, 65))


def test_一次只认领一句_答完才认领下一句(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        uow.events.add(message(conversation.id, 1))
        uow.events.add(message(conversation.id, 2))
    with open_uow() as uow:
        first = uow.events.claim_next(conversation.id, clock())
        assert first is not None and (first.seq, first.progress, first.claimed_at) == (1, Progress.RUNNING, clock())
    with open_uow() as uow:
        assert uow.events.claim_next(conversation.id, clock()) is None
    with open_uow() as uow:
        uow.events.get(conversation.id, 1).progress = Progress.DONE
    with open_uow() as uow:
        second = uow.events.claim_next(conversation.id, clock())
        assert second is not None and second.seq == 2
    with open_uow() as uow:
        uow.events.get(conversation.id, 2).progress = Progress.FAILED
    with open_uow() as uow:
        assert uow.events.claim_next(conversation.id, clock()) is None


def test_几个进程抢着认领_只有一个得到(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        for seq in (1, 2, 3):
            uow.events.add(message(conversation.id, seq))
    start = threading.Barrier(8)

    def claim(_: int) -> int | None:
        start.wait()
        with open_uow() as uow:
            uow.conversations.get_locked(conversation.id)
            event = uow.events.claim_next(conversation.id, clock())
            return None if event is None else event.seq

    with ThreadPoolExecutor(8) as threads:
        got = [seq for seq in threads.map(claim, range(8)) if seq is not None]
    assert got == [1]


def test_死掉的进程手里的话放回去_刚认领的不动(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        dead, alive = a_conversation(uow, clock, "a" * 64), a_conversation(uow, clock, "b" * 64)
    with open_uow() as uow:
        for one, ago in ((dead, 60), (alive, 1)):
            event = message(one.id, 1, progress=Progress.RUNNING)
            event.claimed_at = clock() - timedelta(seconds=ago)
            uow.events.add(event)
    with open_uow() as uow:
        assert uow.events.release_stale(clock() - timedelta(seconds=15)) == [dead.id]
    with open_uow() as uow:
        assert uow.events.waiting() == [dead.id]
        assert uow.events.get(dead.id, 1).claimed_at is None
        assert uow.events.get(alive.id, 1).progress is Progress.RUNNING


def test_按钮查得到_抹掉以后查不到_别人的还在(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        mine, other = a_conversation(uow, clock, "a" * 64), a_conversation(uow, clock, "b" * 64)
    with open_uow() as uow:
        uow.buttons.add(Button("b1", mine.id, "转人工", "/request_human"))
        uow.buttons.add(Button("b2", other.id, "转人工", "/request_human"))
        uow.events.add(message(mine.id, 1))
        uow.events.add(message(other.id, 1))
    with open_uow() as uow:
        found = uow.buttons.get("b1")
        assert found is not None and found.payload == "/request_human"
        uow.buttons.erase(mine.id)
        uow.events.erase(mine.id)
    with open_uow() as uow:
        assert uow.buttons.get("b1") is None and uow.events.after(mine.id, 0) == []
        assert uow.buttons.get("b2") is not None and len(uow.events.after(other.id, 0)) == 1


def test_没有时区的时刻不收(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    event = message(conversation.id, 1)
    event.created_at = clock().replace(tzinfo=None)
    with pytest.raises(Exception, match="needs a time zone"), open_uow() as uow:
        uow.events.add(event)
