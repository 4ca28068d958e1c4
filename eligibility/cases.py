"""Read written cases (id, as_of, region, matter, category, income_*, household, detail) and assess them.

A written case is complete about the person's status: what it does not mention is not so. It is never complete about
amounts, ages or the stage of a criminal case; those stay open when not written.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from eligibility.assessment import Assessment
from eligibility.errors import UnknownFact
from eligibility.facts import KIND, Facts
from eligibility.interview import assess
from eligibility.law import Law

NOT_MENTIONED: dict[str, Any] = {
    "organisation": False,
    "foreign_national": False,
    "migrant_worker": False,
    "assistance_recipient": False,
    "no_fixed_income": False,
    "military_status": "none",
    "local_list": "none",
    "abuse_victim": False,
    "opponent_in_household": False,
}

# Phrases of the free text; every phrase found adds its facts. Longer kinds of help stand before shorter ones.
PHRASES: tuple[tuple[str, dict[str, Any]], ...] = (
    (r"低保边缘|最低生活保障边缘", {"assistance_recipient": True, "assistance_kind": "subsistence_margin"}),
    (r"刚性支出", {"assistance_recipient": True, "assistance_kind": "rigid_expenditure"}),
    (r"低保(?!边缘)|最低生活保障(?!边缘)", {"assistance_recipient": True, "assistance_kind": "subsistence_allowance"}),
    (r"特困", {"assistance_recipient": True, "assistance_kind": "extreme_poverty"}),
    (r"临时救助", {"assistance_recipient": True, "assistance_kind": "temporary_relief"}),
    (r"司法救助", {"assistance_recipient": True, "assistance_kind": "judicial_assistance"}),
    (r"优抚", {"assistance_recipient": True, "assistance_kind": "preferential_treatment"}),
    (r"扶贫对象|建档立卡", {"local_list": "registered_poor"}),
    (r"农民工|进城务工", {"migrant_worker": True}),
    (r"(没有|无)固定(生活来源|收入)", {"no_fixed_income": True}),
    (r"行动不便", {"mobility_impaired": True}),
    (r"残疾", {"disabled": True}),
    (r"刑拘|被拘留|被逮捕|在押|羁押", {"detained": True}),
    (r"(妻子|丈夫|母亲|父亲|父母|儿子|女儿|家属|家人|近亲属)来电", {"on_behalf": True}),
    (r"(尚未|还没有?|未)(决定|裁定)再审", {"retrial_ordered": False}),
    (r"(?<!尚未)(?<!没有)(?<!还没)(?<!未)(决定|裁定)再审|已(经)?抗诉", {"retrial_ordered": True}),
    (r"[与和跟](儿子|女儿|丈夫|妻子|父母|对方)(同住|一起住|共同生活|住在一起)", {"opponent_in_household": True}),
    (r"公司要求|公司申请|单位要求|企业要求", {"organisation": True}),
    (r"外国人|无国籍", {"foreign_national": True}),
    (r"家暴|家庭暴力|虐待|遗弃", {"abuse_victim": True}),
    (r"无期|死刑", {"life_or_death_sentence": True}),
    (r"盲|聋|哑", {"sensory_disability": True}),
    (r"财产保全|证据保全|先予执行", {"preservation_needed": True}),
)  # fmt: skip
AGE = re.compile(r"(\d{1,3})\s*岁")
DAYS = re.compile(r"(?:还剩|只剩|剩下|剩余|还有|剩)\s*(\d+)\s*[天日]")
NOT_FACTS = {"id", "as_of", "category", "detail", "expect", "note", "name"}


def read_case(case: Mapping[str, Any], law: Law) -> Facts:
    """Turn one written case into facts.

    Raises:
        UnknownFact: a key or a category that is neither part of a case nor a fact.
    """
    written = {name: value for name, value in case.items() if name not in NOT_FACTS}
    given = {**_of_category(case.get("category"), law), **_of_detail(str(case.get("detail") or "")), **written}
    told = {name: value for name, value in given.items() if value is not None}
    silent = {name: value for name, value in NOT_MENTIONED.items() if name not in told.get("unknown", ())}
    return Facts.from_mapping({**silent, **told})


def assess_case(case: Mapping[str, Any], law: Law) -> dict[str, Any]:
    """Assess one written case on its own day.

    Returns:
        id, outcome, reasons, flags, aid, indicative, ready to be written as JSON.
    Raises:
        EligibilityError: a day, a fact or a code that cannot be.
    """
    day = case.get("as_of")
    try:
        on = day if isinstance(day, date) else date.fromisoformat(str(day))
    except ValueError:
        raise UnknownFact(f"as_of: {day!r} is not a day; write it as 2025-08-01") from None
    return {"id": case.get("id"), **summary(assess(read_case(case, law), on=on, law=law))}


def summary(assessment: Assessment) -> dict[str, Any]:
    """Give the codes of an assessment as plain data."""
    return {
        "outcome": assessment.outcome.value,
        "reasons": list(assessment.reasons),
        "flags": list(assessment.flags),
        "aid": assessment.aid,
        "indicative": assessment.indicative.value if assessment.indicative else None,
    }


def _of_category(code: str | None, law: Law) -> Mapping[str, Any]:
    if code is None:
        return {}
    if code not in law.categories:
        raise UnknownFact(f"category: {code} is not in parameters/applicant_categories.yaml")
    return law.categories[code].facts


def _of_detail(text: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for pattern, found in PHRASES:
        if re.search(pattern, text):
            facts = {**found, **facts}
    if age := AGE.search(text):
        facts["age"] = int(age[1])
    if days := DAYS.search(text):
        facts["days_to_limitation"] = int(days[1])
    return {name: value for name, value in facts.items() if name in KIND}
