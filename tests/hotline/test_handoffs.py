"""Handing a conversation to a person, and back."""

from uuid import UUID, uuid4

import pytest

from hotline import handoffs
from hotline.conversations import Conversation, Owner
from hotline.errors import HandoffTaken, NotHolder
from hotline.handoffs import REASON_WORDS, URGENT_REASONS, Handoff, HandoffStatus
from hotline.operators import Operator
from store.unit_of_work import OpenUow
from tests.conftest import Clock


@pytest.fixture
def staff(open_uow: OpenUow, clock: Clock) -> tuple[UUID, UUID]:
    """Two operators."""
    first, second = Operator("zhang", "哈希", "张工", clock()), Operator("li", "哈希", "李工", clock())
    with open_uow() as uow:
        uow.operators.add(first)
        uow.operators.add(second)
    return first.id, second.id


def request(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, reason: str = "requested", hold: bool = True
) -> Handoff:
    with open_uow() as uow:
        return handoffs.request(uow, uow.conversations.get(conversation.id), reason, clock(), hold)


def owner_of(open_uow: OpenUow, conversation: Conversation) -> tuple[Owner, UUID | None]:
    with open_uow() as uow:
        kept = uow.conversations.get(conversation.id)
        return kept.owner, kept.operator_id


def test_要人工_机器人停下等人(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    request(open_uow, conversation, clock)
    assert owner_of(open_uow, conversation) == (Owner.QUEUED, None)


@pytest.mark.parametrize("reason", sorted(URGENT_REASONS))
def test_危险时叫人_机器人不停(open_uow: OpenUow, conversation: Conversation, clock: Clock, reason: str) -> None:
    assert request(open_uow, conversation, clock, reason, hold=False).urgent
    assert owner_of(open_uow, conversation) == (Owner.BOT, None)


def test_再叫一次还是同一个_危险会盖过别的原因_不会反过来(
    open_uow: OpenUow, conversation: Conversation, clock: Clock
) -> None:
    first = request(open_uow, conversation, clock, "requested")
    clock.forward(minutes=3)
    worse = request(open_uow, conversation, clock, "danger_violence", hold=False)
    assert (worse.id, worse.reason, worse.requested_at) == (first.id, "danger_violence", first.requested_at)
    assert request(open_uow, conversation, clock, "fallback").reason == "danger_violence"


def test_先报警后要人工_机器人才停(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    request(open_uow, conversation, clock, "danger_child", hold=False)
    request(open_uow, conversation, clock, "requested", hold=True)
    assert owner_of(open_uow, conversation)[0] is Owner.QUEUED


def test_第一个接的人得到_第二个被拒(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, staff: tuple[UUID, UUID]
) -> None:
    handoff = request(open_uow, conversation, clock)
    with open_uow() as uow:
        handoffs.accept(uow, handoff.id, staff[0], clock())
    with pytest.raises(HandoffTaken), open_uow() as uow:
        handoffs.accept(uow, handoff.id, staff[1], clock())
    assert owner_of(open_uow, conversation) == (Owner.OPERATOR, staff[0])


def test_交还以后机器人接着答_开新的对话会话_槽位还在(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, staff: tuple[UUID, UUID]
) -> None:
    handoff = request(open_uow, conversation, clock)
    with open_uow() as uow:
        uow.conversations.get(conversation.id).slots = {"region": "340104"}
        handoffs.accept(uow, handoff.id, staff[0], clock())
    with open_uow() as uow:
        returned = handoffs.give_back(uow, handoff.id, staff[0], clock())
        assert (returned.owner, returned.operator_id) == (Owner.BOT, None)
        assert (returned.dialogue_session, returned.slots) == (2, {"region": "340104"})
        assert uow.handoffs.get_locked(handoff.id).closed_at == clock()


@pytest.mark.parametrize("act", [handoffs.give_back, handoffs.close], ids=["交还", "结束"])
def test_不是接待的人不能交还或结束_没接的也不能(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, staff: tuple[UUID, UUID], act: object
) -> None:
    assert callable(act)
    handoff = request(open_uow, conversation, clock)
    with pytest.raises(NotHolder), open_uow() as uow:
        act(uow, handoff.id, staff[0], clock())
    with open_uow() as uow:
        handoffs.accept(uow, handoff.id, staff[0], clock())
    with pytest.raises(NotHolder), open_uow() as uow:
        act(uow, handoff.id, staff[1], clock())


def test_结束以后会话关闭_可以为以后的事另起求助(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, staff: tuple[UUID, UUID]
) -> None:
    handoff = request(open_uow, conversation, clock)
    with open_uow() as uow:
        handoffs.accept(uow, handoff.id, staff[0], clock())
    with open_uow() as uow:
        handoffs.close(uow, handoff.id, staff[0], clock())
    assert owner_of(open_uow, conversation) == (Owner.CLOSED, None)
    assert request(open_uow, conversation, clock, "requested", hold=False).id != handoff.id
    assert owner_of(open_uow, conversation)[0] is Owner.CLOSED


def test_不等了_机器人接着答_求助撤下(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    handoff = request(open_uow, conversation, clock)
    with open_uow() as uow:
        handoffs.stop_waiting(uow, uow.conversations.get(conversation.id), clock())
    assert owner_of(open_uow, conversation)[0] is Owner.BOT
    with open_uow() as uow:
        assert uow.handoffs.live(conversation.id) is None
        assert uow.handoffs.get_locked(handoff.id).status is HandoffStatus.CLOSED


def test_不等了_但危险的报警不撤(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    request(open_uow, conversation, clock, "danger_violence", hold=True)
    with open_uow() as uow:
        handoffs.stop_waiting(uow, uow.conversations.get(conversation.id), clock())
    with open_uow() as uow:
        assert uow.handoffs.live(conversation.id) is not None
    assert owner_of(open_uow, conversation)[0] is Owner.BOT


def test_没在等的人说不等了_什么都不变(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        kept = uow.conversations.get(conversation.id)
        handoffs.stop_waiting(uow, kept, clock())
        assert (kept.owner, kept.dialogue_session) == (Owner.BOT, 1)


def test_每个原因都有给值班员看的话() -> None:
    assert REASON_WORDS.keys() >= URGENT_REASONS
    assert all(words.startswith("紧急") == (reason in URGENT_REASONS) for reason, words in REASON_WORDS.items())


def test_求助等着时不能由没有的人关掉(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    handoff = request(open_uow, conversation, clock)
    with pytest.raises(NotHolder):
        handoff.close(uuid4(), clock())
