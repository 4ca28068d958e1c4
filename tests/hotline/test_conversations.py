"""Who speaks now, what was said, and what the dialogue server must be told after a restart."""

from datetime import timedelta

import pytest

from hotline import conversations
from hotline.conversations import TURNS_PER_DIALOGUE_SESSION, Button, Conversation, Event, Owner, Progress, Speaker
from hotline.errors import ButtonUnknown, SessionInvalid, TooManyMessages
from store.unit_of_work import OpenUow
from tests.conftest import Clock, a_conversation

IDLE = timedelta(minutes=30)
PER_MINUTE = 20


def receive(
    open_uow: OpenUow,
    conversation: Conversation,
    clock: Clock,
    client_msg_id: str,
    text: str | None = "老板不发工资",
    action_id: str | None = None,
) -> Event:
    with open_uow() as uow:
        kept = uow.conversations.get(conversation.id)
        return conversations.receive(uow, kept, client_msg_id, text, action_id, clock(), PER_MINUTE, IDLE)


def test_开始会话不问是谁_由机器人接(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        opened = conversations.open_conversation(uow, "web", "哈希", clock(), IDLE)
    assert (opened.owner, opened.slots, opened.last_seq) == (Owner.BOT, {}, 0)
    assert opened.expires_at == clock() + IDLE


def test_令牌过期就不认_说一句话就续(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    clock.forward(minutes=29)
    receive(open_uow, conversation, clock, "m1")
    clock.forward(minutes=29)
    with open_uow() as uow:
        assert conversations.by_token(uow, conversation.token_hash, clock()).id == conversation.id
    clock.forward(minutes=1)
    for token_hash in (conversation.token_hash, "没有这个令牌"):
        with pytest.raises(SessionInvalid), open_uow() as uow:
            conversations.by_token(uow, token_hash, clock())


def test_一句话先存下来_等着回答(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    event = receive(open_uow, conversation, clock, "m1")
    assert (event.seq, event.speaker, event.progress) == (1, Speaker.CITIZEN, Progress.PENDING)
    assert (event.text, event.payload) == ("老板不发工资", None)


def test_同一条发三次_只有一行(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    seqs = [receive(open_uow, conversation, clock, "m1").seq for _ in range(3)]
    assert seqs == [1, 1, 1]
    with open_uow() as uow:
        assert len(uow.events.after(conversation.id, 0)) == 1


def test_一分钟二十句_第二十一句请等一等_重发不算(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    for place in range(PER_MINUTE):
        receive(open_uow, conversation, clock, f"m{place}")
    with pytest.raises(TooManyMessages):
        receive(open_uow, conversation, clock, "又一句")
    assert receive(open_uow, conversation, clock, "m3").seq == 4
    clock.forward(minutes=1)
    assert receive(open_uow, conversation, clock, "又一句").seq == PER_MINUTE + 1


def test_按钮送的是发给这个会话的意图_显示的是按钮上的字(
    open_uow: OpenUow, conversation: Conversation, clock: Clock
) -> None:
    with open_uow() as uow:
        uow.buttons.add(Button("b1", conversation.id, "预约窗口", "/book_appointment"))
    event = receive(open_uow, conversation, clock, "m1", None, "b1")
    assert (event.text, event.payload) == ("预约窗口", "/book_appointment")


def test_别人的按钮和没发过的按钮都不认(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        other = a_conversation(uow, clock, "o" * 64)
    with open_uow() as uow:
        uow.buttons.add(Button("b1", other.id, "预约窗口", "/book_appointment"))
    for action_id in ("b1", "没发过", "/restart"):
        with pytest.raises(ButtonUnknown):
            receive(open_uow, conversation, clock, "m1", None, action_id)


def test_结束了的会话不再收话(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        uow.conversations.get(conversation.id).owner = Owner.CLOSED
    with pytest.raises(SessionInvalid):
        receive(open_uow, conversation, clock, "m1")


def test_每过若干轮换一个对话会话_槽位留着(conversation: Conversation) -> None:
    most, senders = TURNS_PER_DIALOGUE_SESSION, []
    for turn in range(2 * most + 1):
        senders.append(conversation.dialogue_sender)
        conversation.finish_turn({"region": "340104", "turn": turn}, fallback=False)
    sessions = [sender.rpartition(".")[2] for sender in senders]
    assert most <= 20
    assert sessions == ["1"] * most + ["2"] * most + ["3"]
    assert conversation.slots == {"region": "340104", "turn": 2 * most}
    assert all(sender.startswith(str(conversation.id)) for sender in senders)


def test_连着没听懂几次_听懂一次就清零(conversation: Conversation) -> None:
    counted = []
    for fallback in (True, True, False, True):
        conversation.finish_turn({}, fallback)
        counted.append(conversation.fallbacks_in_a_row)
    assert counted == [1, 2, 0, 1]


def test_要求忘掉_话和按钮和记住的都抹掉_会话结束(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    receive(open_uow, conversation, clock, "m1")
    with open_uow() as uow:
        kept = uow.conversations.get(conversation.id)
        kept.slots = {"applicant_name": "某某"}
        uow.buttons.add(Button("b1", conversation.id, "转人工", "/request_human"))
    with open_uow() as uow:
        conversations.forget(uow, uow.conversations.get(conversation.id))
    with open_uow() as uow:
        kept = uow.conversations.get(conversation.id)
        assert (kept.slots, kept.owner, uow.events.after(conversation.id, 0)) == ({}, Owner.CLOSED, [])
        assert uow.buttons.get("b1") is None


def test_一行里几块的字_合起来是那一行的字(conversation: Conversation, clock: Clock) -> None:
    blocks = [{"type": "text", "text": "第一块"}, {"type": "answer"}, {"type": "text", "text": "第二块"}]
    assert Event(conversation.id, 1, "message", Speaker.BOT, clock(), blocks).text == "第一块\n第二块"
