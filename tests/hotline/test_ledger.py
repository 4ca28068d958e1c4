"""The ledger, ratings and complaints."""

import pytest

from hotline import complaints, consultations, ratings
from hotline.conversations import Conversation
from hotline.errors import AlreadyRated
from store.unit_of_work import OpenUow
from tests.conftest import Clock


def test_台账一个会话一行_后说的补上_空的不盖掉(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        consultations.note(uow, conversation, clock(), topic="wages", region="340104")
    clock.forward(minutes=5)
    with open_uow() as uow:
        kept = uow.conversations.get(conversation.id)
        consultations.note(uow, kept, clock(), topic=None, matter="M05A", told_right_to_apply=True)
    with open_uow() as uow:
        row = uow.consultations.for_conversation(conversation.id)
    assert row is not None
    assert (row.topic, row.region, row.matter, row.told_right_to_apply) == ("wages", "340104", "M05A", True)
    assert (row.channel, row.disposition) == ("web", "answered")
    assert row.started_at < clock()


def test_引用的条文各记一次(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        row = consultations.note(uow, conversation, clock())
        consultations.add_articles(row, ["劳动合同法第八十五条", "劳动合同法第三十条"])
        consultations.add_articles(row, ["劳动合同法第三十条", "民法典第一千零七十九条"])
        assert row.articles == ["劳动合同法第八十五条", "劳动合同法第三十条", "民法典第一千零七十九条"]


def test_评价一次_再评被拒_第一次的不变(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    with open_uow() as uow:
        ratings.rate(uow, conversation.id, 2, "等得太久", clock())
    with pytest.raises(AlreadyRated), open_uow() as uow:
        ratings.rate(uow, conversation.id, 5, None, clock())
    with open_uow() as uow:
        kept = uow.ratings.for_conversation(conversation.id)
        assert kept is not None and (kept.score, kept.comment) == (2, "等得太久")


def test_投诉留原话_有编号_同一个键只有一份(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    numbers = set()
    for _ in range(2):
        with open_uow() as uow:
            filed = complaints.file(uow, conversation.id, "没有人回电话", "1:complaint", clock())
            numbers.add(filed.number)
            assert filed.words == "没有人回电话"
    assert len(numbers) == 1 and numbers.pop().startswith("TS20261123")
