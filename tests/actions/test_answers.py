"""Answering from the reviewed answers, with sources and a way on; never a guess, never silence."""

from pathlib import Path

import pytest

from actions.answers import (
    FIRST_ANSWERS,
    OFFERS,
    ActionAnswerQuestion,
    ActionHandleFallback,
    ActionRepeat,
)
from knowledge.search import AnswerIndex
from tests.actions.conftest import Caller, entity
from tests.api.gateway import rows

QUESTION = "单位拖欠工资怎么办？"
NONSENSE = "𝕏𝕐ℤ qwzx vbnm"


def test_答案有结论条文期限下一步_还能往下办(caller: Caller) -> None:
    played = caller.says(ActionAnswerQuestion, QUESTION, "ask_wages")
    said = played.only()
    block = said["custom"]
    assert (said["response"], block["type"], block["question"]) == ("utter_answer", "answer", QUESTION)
    assert 0 < len(block["conclusion"]) <= 80
    assert block["steps"] and block["articles"] and block["deadlines"] and block["evidence"]
    assert {"law", "article"} <= block["articles"][0].keys()
    assert {"name", "period", "starts", "exceptions", "law", "article"} == block["deadlines"][0].keys()
    assert said["articles"].startswith("《") and said["steps"].startswith("1. ")
    assert [one["payload"] for one in said["buttons"]] == [one["payload"] for one in OFFERS]
    assert played.slots["answer_id"] == "wages_unpaid"


def test_答过的记进台账_条文和告知申请权都在(caller: Caller, sqlite_file: Path) -> None:
    for text in (QUESTION, QUESTION):
        caller.says(ActionAnswerQuestion, text, "ask_wages")
    ((topic, articles, told),) = rows(sqlite_file, "SELECT topic, articles, told_right_to_apply FROM consultations")
    assert (topic, told) == ("wages", 1)
    assert articles.count("劳动合同法") == len({one for one in articles.split('"') if "劳动合同法" in one}), (
        "同一条只记一次"
    )


def test_一句话里说的别的事实也记下(caller: Caller) -> None:
    told = (
        entity("region", "340104", role="place"),
        entity("region", "341500", role="origin"),
        entity("money", "28000.00", period="once", per_person=False),
        entity("duration", {"value": 4, "unit": "month"}),
        entity("role", "migrant_worker"),
    )
    slots = caller.says(ActionAnswerQuestion, "老板欠我四个月工资两万八", "report_unpaid_wages", told).slots
    assert (slots["matter"], slots["region"], slots["migrant_worker"]) == ("M05A", "340104", True)
    assert (slots["claim_yuan"], slots["months_owed"]) == ("28000.00", 4)


@pytest.mark.parametrize("intent", FIRST_ANSWERS)
def test_说自己遇到的事_总有一个答案_题目对_条文有(caller: Caller, answer_index: AnswerIndex, intent: str) -> None:
    said = caller.says(ActionAnswerQuestion, NONSENSE, intent).only()
    named = {topic: answer_index.by_id(name) for topic, name in FIRST_ANSWERS[intent].items()}
    assert {topic: one and one.topic for topic, one in named.items()} == {topic: topic for topic in named}
    first = next(iter(named.values()))
    assert first is not None
    assert (said["response"], said["custom"]["question"]) == ("utter_answer", first.question)
    assert said["custom"]["articles"]


def test_按了题目就答那一题(caller: Caller) -> None:
    pressed = (entity("answer_id", "wages_unpaid"),)
    said = caller.says(ActionAnswerQuestion, '/ask_wages{"answer_id": "wages_unpaid"}', "ask_wages", pressed).only()
    assert said["custom"]["question"] == QUESTION


def test_只按了主题_列出几个问题(caller: Caller) -> None:
    said = caller.says(ActionAnswerQuestion, "/ask_wages", "ask_wages").only()
    assert said["response"] == "utter_choose_question"
    assert 2 <= len(said["buttons"]) <= 4
    assert all(one["payload"].startswith('/ask_wages{"answer_id": "') for one in said["buttons"])


def test_找不到答案_不编_给别的路(caller: Caller) -> None:
    assert caller.says(ActionAnswerQuestion, NONSENSE, "ask_wages").responses == ["utter_no_answer"]


def test_没听懂_先问能不能换个说法_第二次叫人(caller: Caller, sqlite_file: Path) -> None:
    first = caller.goes_on(caller.says(ActionHandleFallback, NONSENSE, "nlu_fallback"))
    assert (first.responses, first.slots["misunderstood"]) == (["utter_ask_rephrase"], 1)
    assert rows(sqlite_file, "SELECT * FROM handoffs") == []
    second = caller.says(ActionHandleFallback, NONSENSE, "nlu_fallback")
    assert (second.responses, second.slots["misunderstood"]) == (["utter_handover_fallback"], 0)
    assert second.only()["ahead"] == "0"
    assert rows(sqlite_file, "SELECT reason, status FROM handoffs") == [("fallback", "waiting")]
    assert rows(sqlite_file, "SELECT owner FROM conversations") == [("queued",)]


def test_没认出意思但找得到答案_就答(caller: Caller) -> None:
    said = caller.says(ActionHandleFallback, QUESTION, "nlu_fallback", misunderstood=1)
    assert (said.responses, said.slots["misunderstood"]) == (["utter_answer"], 0)


def test_再说一遍_先说正在问的_再说上一个答案_都没有就说没有(caller: Caller) -> None:
    assert caller.says(ActionRepeat, "没听清", "repeat", asking="region").responses == ["utter_ask_region"]
    repeated = caller.says(ActionRepeat, "没听清", "repeat", asking=None, answer_id="wages_unpaid").only()
    assert repeated["custom"]["question"] == QUESTION
    assert caller.says(ActionRepeat, "没听清", "repeat", answer_id=None).responses == ["utter_repeat_nothing"]
    assert caller.says(ActionRepeat, "没听清", "repeat", answer_id="以前的题").responses == ["utter_repeat_nothing"]


@pytest.mark.parametrize(
    ("said", "months"), [("结婚半年她就跑了", None), ("押金三个月还不退，拖着不给", 3), ("欠我三个月工钱", 3)]
)
def test_说到欠着的_几个月才算欠的月数(caller: Caller, said: str, months: int | None) -> None:
    told = (entity("duration", {"value": months or 6, "unit": "month"}),)
    assert caller.says(ActionAnswerQuestion, said, "ask_loans", told).slots.get("months_owed") == months
