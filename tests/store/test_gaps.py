"""Questions that met with no good answer, on both databases: only with consent, masked, encrypted, gone when taken back."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from hotline import gaps, privacy
from hotline.gaps import Gap, Lack
from store.unit_of_work import OpenUow
from tests.conftest import Clock, a_conversation

ASKED = "我叫张三，电话13800000001，无人机掉下来砸了我家瓦"


@pytest.fixture
def talk(open_uow: OpenUow, clock: Clock) -> UUID:
    with open_uow() as uow:
        return a_conversation(uow, clock).id


def decide(open_uow: OpenUow, talk: UUID, given: bool, clock: Clock) -> None:
    with open_uow() as uow:
        privacy.decide(uow, talk, gaps.PURPOSE, given, privacy.notice_on(clock().date()), clock())


def keep(open_uow: OpenUow, talk: UUID, clock: Clock, question: str = ASKED) -> Gap | None:
    with open_uow() as uow:
        return gaps.keep(uow, talk, question, Lack.NOTHING, "personal_injury", clock())


def kept(open_uow: OpenUow, talk: UUID) -> list[str]:
    with open_uow() as uow:
        return [one.question for one in uow.gaps.of_conversation(talk)]


def test_没有同意不留(open_uow: OpenUow, talk: UUID, clock: Clock) -> None:
    assert keep(open_uow, talk, clock) is None
    decide(open_uow, talk, False, clock)
    assert keep(open_uow, talk, clock) is None
    assert kept(open_uow, talk) == []


def test_同意了留一份_隐去是谁_同一句只留一次(open_uow: OpenUow, talk: UUID, clock: Clock, engine: Engine) -> None:
    decide(open_uow, talk, True, clock)
    first, again = keep(open_uow, talk, clock), keep(open_uow, talk, clock)
    assert first is not None and again is None
    assert kept(open_uow, talk) == ["我叫〔姓名〕，电话〔电话〕，无人机掉下来砸了我家瓦"]
    with engine.connect() as connection:
        ((stored, lack, topic),) = connection.execute(text("SELECT question, lack, topic FROM gaps")).all()
    assert "无人机".encode() not in bytes(stored)
    assert (lack, topic) == ("nothing", "personal_injury")


def test_撤回同意马上删除_别人的不动(open_uow: OpenUow, talk: UUID, clock: Clock) -> None:
    with open_uow() as uow:
        other = a_conversation(uow, clock, "u" * 64).id
    for one in (talk, other):
        decide(open_uow, one, True, clock)
        keep(open_uow, one, clock)
    clock.forward(minutes=1)
    decide(open_uow, talk, False, clock)
    assert (kept(open_uow, talk), len(kept(open_uow, other))) == ([], 1)


def test_删除我的对话_留下的问题也删(open_uow: OpenUow, talk: UUID, clock: Clock) -> None:
    decide(open_uow, talk, True, clock)
    keep(open_uow, talk, clock)
    clock.forward(minutes=1)
    with open_uow() as uow:
        privacy.forget(uow, uow.conversations.get(talk), clock())
    assert kept(open_uow, talk) == []


def test_导出里有留下的问题(open_uow: OpenUow, talk: UUID, clock: Clock) -> None:
    decide(open_uow, talk, True, clock)
    keep(open_uow, talk, clock)
    with open_uow() as uow:
        exported = privacy.export(uow, uow.conversations.get(talk))
    assert exported["kept_questions"] == ["我叫〔姓名〕，电话〔电话〕，无人机掉下来砸了我家瓦"]


def test_从哪天起的_按先后(open_uow: OpenUow, talk: UUID, clock: Clock) -> None:
    decide(open_uow, talk, True, clock)
    begun = clock()
    for question in ("甲问题", "乙问题", "丙问题"):
        keep(open_uow, talk, clock, question)
        clock.forward(days=1)
    with open_uow() as uow:
        assert [one.question for one in uow.gaps.since(begun + timedelta(days=1))] == ["乙问题", "丙问题"]


def test_很长的问题截短(open_uow: OpenUow, talk: UUID, clock: Clock) -> None:
    decide(open_uow, talk, True, clock)
    keep(open_uow, talk, clock, "问" * 5000)
    assert [len(one) for one in kept(open_uow, talk)] == [gaps.LONGEST]
