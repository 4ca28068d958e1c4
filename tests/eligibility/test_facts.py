"""Bad answers are refused by name, with a sentence for the citizen; nothing is defaulted."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from eligibility import (
    ContradictoryFacts,
    EligibilityError,
    Facts,
    ImplausibleAmount,
    Law,
    Outcome,
    UnknownFact,
    UnknownMatter,
    UnknownRegion,
    assess,
    assess_case,
)

ON = date(2024, 3, 1)
WRONG: dict[str, tuple[dict[str, Any], type[EligibilityError], str]] = {
    "地区码不是六位": ({"region": "34"}, UnknownRegion, "unknown_region"),
    "没有这个省": ({"region": "990000"}, UnknownRegion, "unknown_region"),
    "合肥没有这个区": ({"region": "340199"}, UnknownRegion, "unknown_region"),
    "安徽没有这个市": ({"region": "349900"}, UnknownRegion, "unknown_region"),
    "没有这个事项": ({"matter": "M99"}, UnknownMatter, "unknown_matter"),
    "收入是负数": ({"income_yuan_per_person_month": "-0.01"}, ImplausibleAmount, "implausible_amount"),
    "收入大得离谱": ({"income_yuan_per_person_month": "10000000.01"}, ImplausibleAmount, "implausible_amount"),
    "收入不是数": ({"income_yuan_per_person_month": "很少"}, ImplausibleAmount, "implausible_amount"),
    "收入是 NaN": ({"income_yuan_per_month_self": "NaN"}, ImplausibleAmount, "implausible_amount"),
    "十岁的退役军人": ({"age": 10, "military_status": "veteran"}, ContradictoryFacts, "contradictory_facts"),
    "十岁的军人": ({"age": 10, "military_status": "soldier"}, ContradictoryFacts, "contradictory_facts"),
    "年龄是负数": ({"age": -1}, ContradictoryFacts, "contradictory_facts"),
    "年龄超过一百三十": ({"age": 131}, ContradictoryFacts, "contradictory_facts"),
    "不是救助对象又有救助种类": (
        {"assistance_recipient": False, "assistance_kind": "extreme_poverty"},
        ContradictoryFacts,
        "contradictory_facts",
    ),
    "公司有年龄": ({"organisation": True, "age": 40}, ContradictoryFacts, "contradictory_facts"),
    "答了又说不知道": ({"age": 40, "unknown": ["age"]}, ContradictoryFacts, "contradictory_facts"),
    "事实名写错": ({"incme": "1"}, UnknownFact, "unknown_fact"),
    "不知道的事实名写错": ({"unknown": ["incme"]}, UnknownFact, "unknown_fact"),
    "选项写错": ({"household": "suburb"}, UnknownFact, "unknown_fact"),
    "是非写成了字": ({"disabled": "yes"}, UnknownFact, "unknown_fact"),
    "年龄不是整数": ({"age": 10.5}, UnknownFact, "unknown_fact"),
    "年龄不是数": ({"age": "十岁"}, UnknownFact, "unknown_fact"),
    "年龄无穷大": ({"age": float("inf")}, UnknownFact, "unknown_fact"),
    "年龄不是数字的数": ({"age": float("nan")}, UnknownFact, "unknown_fact"),
    "天数是真假": ({"days_to_limitation": True}, UnknownFact, "unknown_fact"),
    "收入是一张表": ({"income_yuan_per_person_month": {"amount": 5}}, ImplausibleAmount, "implausible_amount"),
    "收入是无穷大": ({"income_yuan_per_person_month": "Infinity"}, ImplausibleAmount, "implausible_amount"),
    "收入是 sNaN": ({"income_yuan_per_person_month": "sNaN"}, ImplausibleAmount, "implausible_amount"),
    "不知道的事写成了一个字": ({"unknown": "age"}, UnknownFact, "unknown_fact"),
    "不知道的事写成了数": ({"unknown": 5}, UnknownFact, "unknown_fact"),
    "不知道的事里有表": ({"unknown": [{}]}, UnknownFact, "unknown_fact"),
    "地区是全角数字": ({"region": "３４０１０４"}, UnknownRegion, "unknown_region"),
    "地区后面有换行": ({"region": "340104\n"}, UnknownRegion, "unknown_region"),
    "事项是空的": ({"matter": ""}, UnknownMatter, "unknown_matter"),
    "地区不是字": ({"region": 340104}, UnknownFact, "unknown_fact"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_bad_answer_has_a_stable_code_and_a_chinese_sentence(law: Law, mistake: str) -> None:
    data, kind, code = WRONG[mistake]

    with pytest.raises(kind) as error:
        assess(Facts.from_mapping(data), ON, law)
    assert error.value.code == code
    assert error.value.sentence.endswith("。")


def test_不是一组事实_说明白(law: Law) -> None:
    wrong: Any = ["matter", "M05A"]
    with pytest.raises(UnknownFact, match="not list"):
        Facts.from_mapping(wrong)


@pytest.mark.parametrize("as_of", [None, "昨天", "2024-02-30", 2024])
def test_案例的日子不是日子_说明白(law: Law, as_of: Any) -> None:
    with pytest.raises(UnknownFact, match="as_of"):
        assess_case({"id": "X", "as_of": as_of, "matter": "M05A"}, law)


@pytest.mark.parametrize("on", [date.min, date(1900, 2, 28), date(2021, 12, 31)])
def test_第一部法以前的日子_交给人_不套后来的法(law: Law, on: date) -> None:
    told = assess(Facts(matter="N04", age=80, mobility_impaired=True, days_to_limitation=1), on, law)

    assert (told.outcome, told.reasons, told.flags, told.aid) == (Outcome.REVIEW, ("before_legal_aid_law",), (), None)
    assert told.priority == ()


def test_很远的日子_不出错(law: Law) -> None:
    assert assess(Facts(matter="N04"), date.max, law).outcome is Outcome.LIKELY


def test_facts_survive_being_written_as_json(law: Law) -> None:
    facts = Facts(matter="M04", income_yuan_per_month_self=Decimal("900.10"), age=82, unknown=frozenset({"disabled"}))

    assert Facts.from_mapping(facts.to_mapping()) == facts
    assert facts.to_mapping()["income_yuan_per_month_self"] == "900.10"
    assert "unknown" not in Facts(age=1).to_mapping()


@pytest.mark.parametrize("region", ["110000", "340302", "440300", "110105", "532901"])
def test_a_place_without_parameters_is_still_a_place(law: Law, region: str) -> None:
    assert assess(Facts(region=region), ON, law).outcome is Outcome.MORE_FACTS


def test_none_means_not_asked_and_is_never_taken_for_no(law: Law) -> None:
    told_nothing = assess(Facts(), ON, law)
    assert (told_nothing.outcome, told_nothing.missing) == (Outcome.MORE_FACTS, ("matter",))

    high = Facts(matter="M07B", region="340104", income_yuan_per_person_month=Decimal(5000))
    assert assess(high, ON, law).outcome is Outcome.MORE_FACTS  # a status may still decide
    low = Facts(matter="M07B", region="340104", income_yuan_per_person_month=Decimal(1000))
    assert assess(low, ON, law).outcome is Outcome.LIKELY  # every status would lead there too


def test_null_in_json_means_not_asked() -> None:
    assert Facts.from_mapping({"matter": "N04", "age": None}) == Facts(matter="N04")


def test_money_keeps_its_fen(law: Law) -> None:
    facts = Facts.from_mapping({"income_yuan_per_person_month": 2099.99, "income_yuan_per_month_self": "900"})

    assert facts.income_yuan_per_person_month == Decimal("2099.99")
    assert facts.income_yuan_per_month_self == Decimal(900)


def test_a_correction_replaces_and_a_refusal_is_kept() -> None:
    facts = Facts(age=40).with_unknown("age")
    assert facts == Facts(unknown=frozenset({"age"}))
    assert facts.with_answer("age", 41) == Facts(age=41)


def test_a_written_case_with_an_unknown_category_is_refused(law: Law) -> None:
    with pytest.raises(UnknownFact):
        assess_case({"id": "X", "as_of": "2024-03-01", "category": "P99"}, law)


def test_the_agency_follows_the_kind_of_matter(law: Law) -> None:
    def rule(**told: Any) -> str | None:
        agency = assess(Facts(**told), ON, law).agency
        return agency.rule if agency else None

    assert rule(matter="M05A") == "art_38_labour"
    assert rule(matter="M07B") == "art_38_tort"
    assert rule(matter="M04") == "art_38_civil"
    assert rule(matter="C01") == "art_38_criminal"
    assert rule(matter="N04") == "art_38_abuse"
    assert rule(matter="M04", proceeding="court") == "art_38_court"
    assert rule(matter="M05B", organisation=True) == "none"
    assert rule() is None


def test_materials_follow_from_the_result(law: Law) -> None:
    worker = assess(Facts(matter="M05A", migrant_worker=True), ON, law)
    assert "务工及欠薪/工伤材料" in worker.materials
    assert not any("经济情况" in paper for paper in worker.materials)

    violence = assess(Facts(matter="N04"), ON, law)
    assert "这类事情不用交收入证明" in violence.materials
    assert assess(Facts(organisation=True), ON, law).materials == ()
