"""The interview: every answer fills what it tells, only what can change the result is asked, the result comes with reasons."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.eligibility import (
    ActionAssessEligibility,
    ActionCorrectFacts,
    ActionExplainQuestion,
    ActionResume,
    ActionTakeInformation,
)
from eligibility import KIND
from tests.actions.conftest import Caller, Played, entity
from tests.api.gateway import rows

SHUSHAN: dict[str, Any] = {"region": "340104"}
ALIMONY: dict[str, Any] = {"matter": "M04", "region": "340104"}
ROOT = Path(__file__).parents[2]


def assessment(played: Played) -> dict[str, object]:
    (found,) = [one["custom"] for one in played if (one.get("custom") or {}).get("type") == "assessment"]
    return dict(found)


def test_农民工讨薪_不问收入就说可能符合_有条文材料机构_接着约时间(caller: Caller, sqlite_file: Path) -> None:
    played = caller.says(ActionAssessEligibility, "老板欠薪", "report_unpaid_wages", migrant_worker=True, **SHUSHAN)
    block = assessment(played)
    assert block["outcome"] == "likely" and block["reasons"] and block["materials"]
    assert block["agency"] and str(block["label"]).startswith("初步")
    assert played.slots["assessment_outcome"] == "likely"
    assert (played.slots["journey"], played.slots["asking"]) == ("booking", "appointment_time")
    assert {"/book_appointment", "/apply_legal_aid", "/request_human"} <= set(played.payloads)
    assert rows(sqlite_file, "SELECT matter, region, outcome, disposition, told_right_to_apply FROM consultations") == [
        ("M05A", "340104", "likely", "assessed", 1)
    ]


def test_缺什么问什么_一次只问一个(caller: Caller) -> None:
    played = caller.says(ActionAssessEligibility, "我能申请吗", "check_eligibility")
    assert len(played.messages) == 1
    asked = played.slots["asking"]
    assert played.responses == [f"utter_ask_{asked}"]
    assert asked in KIND and played.slots["journey"] == "eligibility"


def test_公司求助_说明为什么不行_路还在(caller: Caller) -> None:
    played = caller.says(
        ActionAssessEligibility, "我们公司被告了", "organisation_request", region="340104", matter="X00"
    )
    assert assessment(played)["outcome"] in ("unlikely", "review")
    assert assessment(played)["reasons"]
    assert "/request_human" in played.payloads


def test_一路答到底_总有结果_没有重复的问题(caller: Caller) -> None:
    played = caller.goes_on(caller.says(ActionAssessEligibility, "我能申请吗", "check_eligibility", matter="M02"))
    asked: list[str] = []
    while played.slots.get("journey") == "eligibility" and played.slots["asking"] != "woman_lawyer":
        question = played.slots["asking"]
        assert question not in asked
        asked.append(question)
        told = {
            "region": (entity("region", "340104"),),
            "income_yuan_per_person_month": (entity("money", "900.00", period="month"),),
            "age": (entity("age", 40),),
        }.get(question, ())
        intent = "inform" if told else "deny"
        if KIND[question] not in ("yes_no", "region", "money", "number") and question != "military_status":
            intent = "dont_know"
        played = caller.goes_on(caller.says(ActionAssessEligibility, "……", intent, told))
        assert len(asked) < len(KIND)
    assert played.slots["assessment_outcome"] in ("likely", "unlikely", "review")


@pytest.mark.parametrize("intent", ["dont_know", "refuse"])
def test_不知道和不想说_都接着往下_不再问(caller: Caller, intent: str) -> None:
    first = caller.goes_on(caller.says(ActionAssessEligibility, "我能申请吗", "check_eligibility", **ALIMONY))
    asked = first.slots["asking"]
    second = caller.goes_on(caller.says(ActionAssessEligibility, "……", intent))
    assert second.slots["unknown_facts"] == [asked]
    assert second.slots.get("asking") != asked


def test_答非所问_再问一遍_第二次就不追问了(caller: Caller) -> None:
    first = caller.goes_on(caller.says(ActionAssessEligibility, "我能申请吗", "check_eligibility", **SHUSHAN))
    asked = first.slots["asking"]
    second = caller.goes_on(caller.says(ActionAssessEligibility, "啊？", "inform"))
    assert second.responses == ["utter_answer_not_understood", f"utter_ask_{asked}"]
    third = caller.goes_on(caller.says(ActionAssessEligibility, "啊？", "inform"))
    assert third.slots.get("asking") != asked
    assert asked in third.slots["unknown_facts"]


def test_说错了_新的算数_说出听懂的_接着办(caller: Caller) -> None:
    caller.goes_on(caller.says(ActionAssessEligibility, "欠薪", "report_unpaid_wages", migrant_worker=True, **SHUSHAN))
    three = (entity("duration", {"value": 3, "unit": "month"}),)
    corrected = caller.says(ActionCorrectFacts, "我刚才说错了，是三个月", "correct", three)
    assert corrected.responses[0] == "utter_corrected"
    assert (corrected.messages[0]["told"], corrected.slots["months_owed"]) == ("3个月", 3)


def test_说错了但没说对的是什么_就问(caller: Caller) -> None:
    assert caller.says(ActionCorrectFacts, "我说错了", "correct").responses == ["utter_ask_correction"]


def test_为什么要问_说明后再问(caller: Caller) -> None:
    played = caller.says(ActionExplainQuestion, "问这个干嘛", "ask_why", asking="region")
    assert played.responses == ["utter_why_region", "utter_ask_region"]
    assert caller.says(ActionExplainQuestion, "问这个干嘛", "ask_why", asking=None).responses == ["utter_why_nothing"]


def test_每个会问的都有问法和缘由() -> None:
    known = {
        name
        for file in (ROOT / "data" / "responses").glob("*.yml")
        for name in yaml.safe_load(file.read_text("utf-8"))["responses"]
    }
    asked = {name.removeprefix("utter_ask_") for name in known if name.startswith("utter_ask_")} & KIND.keys()
    assert len(asked) > 10
    assert {f"utter_why_{name}" for name in asked} <= known


def test_插话答完_回到原来的问题(caller: Caller) -> None:
    first = caller.goes_on(caller.says(ActionAssessEligibility, "我能申请吗", "check_eligibility", **ALIMONY))
    resumed = caller.says(ActionResume, "对了，仲裁要交钱吗", "ask_labour_arbitration")
    assert resumed.responses == ["utter_resume", f"utter_ask_{first.slots['asking']}"]


@pytest.mark.parametrize("journey", [None, "none", "safety"])
def test_没有在办的事_就不提原来的问题(caller: Caller, journey: str | None) -> None:
    assert caller.says(ActionResume, "……", "ask_wages", journey=journey, asking="region").messages == []


def test_随口说的事实也记下_有事由就接着判断(caller: Caller) -> None:
    told = (entity("region", "340104"),)
    loose = caller.says(ActionTakeInformation, "我在蜀山区", "inform", told)
    assert (loose.responses, loose.slots["region"]) == (["utter_what_is_it_about"], "340104")
    settled = caller.says(ActionTakeInformation, "我在蜀山区", "inform", told, matter="M05A", migrant_worker=True)
    assert settled.slots["assessment_outcome"] == "likely"


def test_说的互相矛盾_不判断_给人看(caller: Caller, sqlite_file: Path) -> None:
    income: dict[str, Any] = {"income_yuan_per_person_month": "-5"}
    played = caller.says(ActionAssessEligibility, "我能申请吗", "check_eligibility", **ALIMONY, **income)
    assert played.responses == ["utter_facts_contradict"]
    assert (played.slots["assessment_outcome"], played.slots["journey"]) == ("review", "none")
    assert rows(sqlite_file, "SELECT outcome FROM consultations") == [("review",)]


@pytest.mark.parametrize(("intent", "wish"), [("affirm", True), ("deny", False), ("refuse", False)])
def test_要不要女律师_记下就往下(caller: Caller, intent: str, wish: bool) -> None:
    asked = caller.goes_on(caller.says(ActionAssessEligibility, "……", "check_eligibility", matter="N04", **SHUSHAN))
    assert asked.responses[-1] == "utter_ask_woman_lawyer"
    kept = caller.says(ActionAssessEligibility, "……", intent)
    assert (kept.responses, kept.slots["woman_lawyer"]) == (["utter_preference_noted"], wish)
