"""The editors' list of what the answers lack."""

from datetime import UTC, date, datetime
from uuid import UUID

from evaluation.gaps import describe, group
from hotline.gaps import Gap, Lack
from knowledge.search import AnswerIndex

TALK, TODAY = UUID(int=1), date(2026, 11, 23)


def gap(question: str, lack: Lack = Lack.NOTHING, topic: str | None = None, day: int = 20) -> Gap:
    return Gap(TALK, question, lack, topic, datetime(2026, 11, day, 20, tzinfo=UTC))


def test_一组有几个_最近哪天_什么主题_最像哪条答复(answer_index: AnswerIndex) -> None:
    gaps = [
        gap("单位拖欠工资怎么办", topic="labour_contract", day=18),
        gap("单位拖欠工资咋办", Lack.ASKED_BACK, "wages"),
        gap("单位拖欠工资怎么办呢", Lack.ARTICLES, "wages", 21),
        gap("火星上的房子归谁"),
    ]
    wages, mars = group(gaps, answer_index, TODAY)
    assert (len(wages.questions), wages.latest, wages.topic) == (3, date(2026, 11, 22), "wages")
    assert wages.nearest is not None and wages.nearest.answer.topic == "wages"
    assert dict(wages.lacks) == {Lack.NOTHING: 1, Lack.ASKED_BACK: 1, Lack.ARTICLES: 1}
    assert mars.questions == ("火星上的房子归谁",)
    shown = describe(1, wages)
    assert shown.startswith("1. 3 个，最近 2026-11-22，wages；") and f"最像的答复：{wages.nearest.answer.id}" in shown


def test_一个也没有(answer_index: AnswerIndex) -> None:
    assert group([], answer_index, TODAY) == []


def test_没有字的问题也有去处(answer_index: AnswerIndex) -> None:
    (one,) = group([gap("😀")], answer_index, TODAY)
    assert (one.nearest, one.topic) == (None, "legal_aid") and "没有" in describe(1, one)
