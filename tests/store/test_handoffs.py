"""Requests for a person in the database: one alive a conversation, one operator each."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from hotline import handoffs
from hotline.conversations import Owner
from hotline.errors import HandoffTaken, NotFound
from hotline.handoffs import Handoff, HandoffStatus
from hotline.operators import Operator
from store.unit_of_work import OpenUow
from tests.conftest import Clock, a_conversation


def wait_for_person(open_uow: OpenUow, clock: Clock, reason: str, minutes_ago: float = 0) -> Handoff:
    with open_uow() as uow:
        conversation = a_conversation(uow, clock, uuid4().hex)
        return handoffs.request(uow, conversation, reason, clock() - timedelta(minutes=minutes_ago), hold=True)


def test_一个会话同时只有一个求助_结束了才能再来(open_uow: OpenUow, clock: Clock) -> None:
    first = wait_for_person(open_uow, clock, "requested")
    with pytest.raises(IntegrityError), open_uow() as uow:
        uow.handoffs.add(Handoff(first.conversation_id, "requested", clock()))
    with open_uow() as uow:
        kept = uow.handoffs.get_locked(first.id)
        kept.status = HandoffStatus.CLOSED
    with open_uow() as uow:
        assert uow.handoffs.live(first.conversation_id) is None
        uow.handoffs.add(Handoff(first.conversation_id, "requested", clock()))
    with open_uow() as uow:
        assert uow.handoffs.live(first.conversation_id) is not None


def test_没有的求助说没有(open_uow: OpenUow) -> None:
    with pytest.raises(NotFound), open_uow() as uow:
        uow.handoffs.get_locked(uuid4())


def test_队列里危险的在前_其余按等的时间(open_uow: OpenUow, clock: Clock) -> None:
    late = wait_for_person(open_uow, clock, "requested", 1)
    early = wait_for_person(open_uow, clock, "requested", 9)
    danger = wait_for_person(open_uow, clock, "danger_violence", 0)
    over = wait_for_person(open_uow, clock, "requested", 20)
    with open_uow() as uow:
        uow.handoffs.get_locked(over.id).status = HandoffStatus.CLOSED
    with open_uow() as uow:
        assert [one.id for one in uow.handoffs.open()] == [danger.id, early.id, late.id]


def test_前面还有几位_和队列的次序一致(open_uow: OpenUow, clock: Clock) -> None:
    for reason, minutes in (("requested", 9), ("danger_child", 8), ("requested", 5), ("danger_violence", 2)):
        wait_for_person(open_uow, clock, reason, minutes)
    with open_uow() as uow:
        queue = uow.handoffs.open()
        assert [uow.handoffs.ahead_of(one) for one in queue] == [0, 1, 2, 3]


def test_已经有人接待的不算在等(open_uow: OpenUow, clock: Clock) -> None:
    taken, waiting = wait_for_person(open_uow, clock, "requested", 9), wait_for_person(open_uow, clock, "requested")
    operator = an_operator(open_uow, clock, "甲")
    with open_uow() as uow:
        handoffs.accept(uow, taken.id, operator, clock())
    with open_uow() as uow:
        assert uow.handoffs.ahead_of(waiting) == 0


def test_两个值班员同时接同一个会话_恰好一个接到(open_uow: OpenUow, clock: Clock) -> None:
    staff = [an_operator(open_uow, clock, f"值班员{place}") for place in range(4)]
    for _ in range(5):
        handoff, start = wait_for_person(open_uow, clock, "requested"), threading.Barrier(len(staff))

        def accept(operator: UUID, handoff: Handoff = handoff, start: threading.Barrier = start) -> UUID | None:
            start.wait()
            try:
                with open_uow() as uow:
                    handoffs.accept(uow, handoff.id, operator, clock())
            except HandoffTaken:
                return None
            return operator

        with ThreadPoolExecutor(len(staff)) as threads:
            winners = [one for one in threads.map(accept, staff) if one is not None]
        assert len(winners) == 1
        with open_uow() as uow:
            kept = uow.handoffs.get_locked(handoff.id)
            conversation = uow.conversations.get(handoff.conversation_id)
            assert (kept.status, kept.operator_id) == (HandoffStatus.ACCEPTED, winners[0])
            assert (conversation.owner, conversation.operator_id) == (Owner.OPERATOR, winners[0])


def an_operator(open_uow: OpenUow, clock: Clock, login: str) -> UUID:
    with open_uow() as uow:
        operator = Operator(login, "哈希", login, clock())
        uow.operators.add(operator)
    return operator.id
