"""Complaints and suggestions: kept word for word, taken step by step, answered, and asked about afterwards."""

from typing import Any
from uuid import UUID

import pytest

from hotline import complaints, operators
from hotline.complaints import About, Complaint, ComplaintKind, ComplaintStatus
from hotline.conversations import Conversation
from hotline.errors import ComplaintState
from store.unit_of_work import OpenUow
from tests.conftest import Clock

WORDS = "律师一直不回电话"
S = ComplaintStatus


@pytest.fixture
def handler(open_uow: OpenUow, clock: Clock) -> UUID:
    with open_uow() as uow:
        return operators.enrol(uow, "zhang", "哈希", "张工", clock()).id


def file(open_uow: OpenUow, clock: Clock, words: str = WORDS, key: str = "1", **more: Any) -> Complaint:
    with open_uow() as uow:
        return complaints.file(uow, words, key, "citizen", clock(), **more)


def advance(open_uow: OpenUow, clock: Clock, complaint: Complaint, handler: UUID, *steps: S) -> Complaint:
    for to in steps:
        with open_uow() as uow:
            kept = uow.complaints.get_locked(complaint.id)
            complaints.advance(uow, kept, to, handler, "zhang", clock(), "经核查……", "某区司法局")
    return kept


def test_留原话_有编号_同一个键只有一份(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    first, again = (file(open_uow, clock, conversation_id=conversation.id) for _ in range(2))
    assert first.id == again.id and first.number.startswith("TS20261123")
    with open_uow() as uow:
        kept = uow.complaints.by_number(first.number)
        assert kept is not None and (kept.words, kept.status) == (WORDS, S.FILED)


def test_建议有自己的编号(open_uow: OpenUow, clock: Clock) -> None:
    assert file(open_uow, clock, "希望周末也开", kind=ComplaintKind.SUGGESTION).number.startswith("JY")


@pytest.mark.parametrize(
    "words", ["那个律师收了我三千块钱", "办援助还要交费用，要我交五百元钱", "他私下收红包", "说是乱收费"]
)
def test_说到收钱的_标出来(open_uow: OpenUow, clock: Clock, words: str) -> None:
    assert file(open_uow, clock, words).about is About.CHARGED_FEE


@pytest.mark.parametrize("words", ["老板没给我钱你们也不管", WORDS])
def test_没说收费的不标(open_uow: OpenUow, clock: Clock, words: str) -> None:
    assert file(open_uow, clock, words).about is About.OTHER


@pytest.mark.parametrize(
    "steps",
    [
        (S.ACCEPTED, S.ANSWERED, S.CLOSED),
        (S.TRANSFERRED, S.ANSWERED, S.ACCEPTED, S.ANSWERED, S.CLOSED),
        (S.REFUSED, S.ACCEPTED, S.WITHDRAWN),
    ],
    ids=["受理答复办结", "转送后不满意再处理", "不受理后改为受理又撤回"],
)
def test_一步一步办(open_uow: OpenUow, clock: Clock, handler: UUID, steps: tuple[S, ...]) -> None:
    complaint = advance(open_uow, clock, file(open_uow, clock), handler, *steps)
    assert complaint.status is steps[-1] and complaint.closed_at is not None
    with open_uow() as uow:
        acts = [one.act for one in uow.audit.about(complaint.number)]
    assert acts == ["complaint.filed", *(f"complaint.{step}" for step in steps)]


@pytest.mark.parametrize("step", [S.ANSWERED, S.CLOSED, S.FILED], ids=str)
def test_不能跳步(open_uow: OpenUow, clock: Clock, handler: UUID, step: S) -> None:
    with pytest.raises(ComplaintState):
        advance(open_uow, clock, file(open_uow, clock), handler, step)


@pytest.mark.parametrize("step", [S.REFUSED, S.TRANSFERRED], ids=str)
def test_不受理和转送要有理由(open_uow: OpenUow, clock: Clock, handler: UUID, step: S) -> None:
    filed = file(open_uow, clock)
    with pytest.raises(ComplaintState), open_uow() as uow:
        complaints.advance(uow, uow.complaints.get_locked(filed.id), step, handler, "zhang", clock())
    with open_uow() as uow:
        assert uow.complaints.get_locked(filed.id).status is S.FILED


def test_答复告诉来询人_办结后回访(open_uow: OpenUow, conversation: Conversation, clock: Clock, handler: UUID) -> None:
    filed = file(open_uow, clock, conversation_id=conversation.id, complainant_phone="13800000001")
    advance(open_uow, clock, filed, handler, S.ACCEPTED, S.ANSWERED)
    with open_uow() as uow:
        (told,) = uow.outbox.waiting_about(filed.number, "complaint_answered")
        assert told.blocks[0]["text"] == f"您的投诉 {filed.number}：经核查……"
    advance(open_uow, clock, filed, handler, S.CLOSED)
    with open_uow() as uow:
        (visit,) = uow.work_orders.live(10)
    assert (visit.reason, visit.about, visit.phone) == ("complaint_closed", filed.number, "13800000001")


def test_没办完的按到期先后列出(open_uow: OpenUow, clock: Clock, handler: UUID) -> None:
    first = file(open_uow, clock)
    clock.forward(days=1)
    second, third = (file(open_uow, clock, key=key) for key in ("2", "3"))
    advance(open_uow, clock, third, handler, S.ACCEPTED, S.WITHDRAWN)
    with open_uow() as uow:
        assert [one.number for one in uow.complaints.live(10)] == [first.number, second.number]
