"""Facts of eligibility as slots: read from the tracker, taken from what the caller just said."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rasa_sdk import Tracker

from actions.base import intent_of
from actions.spoken_facts import opening_word, says_days_left, says_not_held, says_own_income, spoken_facts
from eligibility import CHOICES, KIND, Facts

# Telling what was done to one already says which matter it is (domain/eligibility §4).
MATTER_OF_INTENT: Mapping[str, str] = {
    "report_unpaid_wages": "M05A",
    "report_dismissal": "AH01",
    "report_work_injury": "M07A",
    "report_domestic_violence": "N04",
    "report_traffic_accident": "M07B",
    "report_medical_injury": "M07D",
    "report_not_supported": "M04",
    "report_debt": "X00",
    "report_consumer_fraud": "X00",
    "report_land_dispute": "AH06",
    "report_detention": "C01",
}
OF_THE_ACCUSED = ("C01", "C02", "C03")
# What a naked number may answer: "5" is a rating only to the one who was asked for a rating.
BARE_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "age": ("age",),
    "money": ("income_yuan_per_person_month", "income_yuan_per_month_self", "income_yuan_per_person_year"),
    "duration": ("days_to_limitation",),
}
SIMPLE_ROLES: Mapping[str, dict[str, Any]] = {
    "migrant_worker": {"migrant_worker": True},
    "disabled": {"disabled": True},
    "foreign_national": {"foreign_national": True},
    "organisation": {"organisation": True},
    "detained": {"detained": True},
    "soldier_family": {"military_status": "military_family"},
    "veteran": {"military_status": "veteran"},
}
# 有没有固定的生活来源？ is plainer than a question with a "no" in it; the fact is its opposite.
ASKED_THE_OTHER_WAY = frozenset({"no_fixed_income"})
# Typed answers to a choice; the first that fits counts, so 低保边缘 stands before 低保.
CHOICE_WORDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "household": (("城镇|城市|非农|居民", "urban"), ("农村|农业|农户", "rural")),
    "military_status": (
        ("退役|退伍|转业", "veteran"),
        ("烈属|遗属", "bereaved_family"),
        ("军属|家属", "military_family"),
        ("军人|当兵", "soldier"),
    ),
    "assistance_kind": (
        ("边缘", "subsistence_margin"),
        ("低保", "subsistence_allowance"),
        ("特困|五保", "extreme_poverty"),
        ("刚性", "rigid_expenditure"),
        ("临时", "temporary_relief"),
        ("司法", "judicial_assistance"),
        ("优抚|优待", "preferential_treatment"),
    ),
}
INCOME_FACTS = {"month": "income_yuan_per_person_month", "year": "income_yuan_per_person_year"}
DAYS = {"day": 1, "week": 7}
OWED = re.compile(r"欠|拖|压|(?:没|不|未)(?:有)?(?:发|给|付|结)")


def facts_from(tracker: Tracker, noticed: Mapping[str, Any] | None = None) -> Facts:
    """All that is known so far; what was noticed in this turn counts over what was kept."""
    kept = {name: tracker.get_slot(name) for name in KIND}
    known = {**kept, **{name: value for name, value in (noticed or {}).items() if name in KIND}}
    unknown = {name for name in tracker.get_slot("unknown_facts") or [] if known.get(name) is None}
    unknown |= set((noticed or {}).get("unknown_facts") or [])
    return Facts.from_mapping({**known, "unknown": sorted(name for name in unknown if known.get(name) is None)})


def notice(tracker: Tracker) -> dict[str, Any]:
    """What this message tells, as slot values: a sentence that tells three facts fills three facts.

    A bare answer is read in the light of the question in `asking`.
    """
    asking = tracker.get_slot("asking")
    correcting = intent_of(tracker) == "correct"
    text = str(tracker.latest_message.get("text") or "")
    matter = MATTER_OF_INTENT.get(intent_of(tracker))
    found = {} if text.startswith("/") else spoken_facts(text, (matter or tracker.get_slot("matter")) in OF_THE_ACCUSED)
    if matter is not None:
        found["matter"] = matter
    if intent_of(tracker) == "organisation_request":
        found["organisation"] = True
    for entity in tracker.latest_message.get("entities") or []:
        # Of two sums in a correction the later one is meant.
        found.update(_from_entity(entity, text, asking, correcting))
    found.update(_from_reply(tracker, asking, found))
    return found


def _from_entity(entity: Mapping[str, Any], text: str, asking: str | None, correcting: bool) -> dict[str, Any]:
    kind, value = entity["entity"], entity["value"]
    if kind == "duration" and says_days_left(text, entity):
        return _days_left(value)
    if kind == "money" and says_own_income(text, entity):
        return {"income_yuan_per_month_self": str(value)}
    if entity.get("bare") and asking not in BARE_ANSWERS.get(kind, ()) and not (correcting and kind == "money"):
        return {}
    if kind in KIND and KIND[kind] == "choice":  # a pressed quick reply names the fact itself
        return {kind: value}
    if kind == "region":
        place = entity.get("role") != "origin" or asking == "region"
        return {"region": value} if place else {}
    if kind == "age":
        return {"age": int(value)} if entity.get("whose") != "other" else {}
    if kind == "duration":
        return _from_duration(value, asking, correcting or bool(OWED.search(text)))
    if kind == "money":
        return _from_money(entity, asking)
    if kind == "role":
        return {} if entity["value"] == "low_income" and says_not_held(text, entity) else _from_role(entity)
    return {}


def _from_role(entity: Mapping[str, Any]) -> dict[str, Any]:
    if entity["value"] == "low_income":
        kind = entity.get("detail")
        if kind in CHOICES["assistance_kind"]:
            return {"assistance_recipient": True, "assistance_kind": kind}
        # 建档立卡 and 困难户 are no social assistance (第四十二条第二项); some places keep a list of the first.
        return {"local_list": kind} if kind in CHOICES["local_list"] else {}
    if entity.get("detail") == "soldier":
        return {"military_status": "soldier"}
    return dict(SIMPLE_ROLES.get(str(entity["value"]), {}))


def _from_money(entity: Mapping[str, Any], asking: str | None) -> dict[str, Any]:
    """Money answers the income question when that was asked; otherwise it is what the dispute is about."""
    amount = str(entity["value"])
    if asking in KIND and KIND[asking] == "money":
        return {asking: amount}
    if entity.get("per_person"):
        name = INCOME_FACTS.get(str(entity.get("period") or "month"))
        return {name: amount} if name else {}
    return {"claim_yuan": str(Decimal(amount))}


def _from_duration(value: Mapping[str, Any], asking: str | None, owed: bool) -> dict[str, Any]:
    """「结婚半年」 owes nothing: months count as owed where something is said to be."""
    if asking == "days_to_limitation":
        return _days_left(value)
    return {"months_owed": int(value["value"])} if owed and str(value["unit"]) == "month" else {}


def _days_left(value: Mapping[str, Any]) -> dict[str, Any]:
    unit = str(value["unit"])
    return {"days_to_limitation": int(value["value"]) * DAYS[unit]} if unit in DAYS else {}


def _from_reply(tracker: Tracker, asking: str | None, found: Mapping[str, Any]) -> dict[str, Any]:
    """是、不是、不知道、不想说: what they mean for the pending question."""
    if asking not in KIND or asking in found:
        return {}
    intent = intent_of(tracker)
    text = str(tracker.latest_message.get("text") or "")
    if KIND[asking] == "yes_no" and intent in ("affirm", "deny", "inform"):
        # 不是，我就是本村的: the word it begins with is plainer than the classifier's view of the whole.
        opening = opening_word(text)
        said = intent == "affirm" if opening is None and intent != "inform" else opening
        return {} if said is None else {asking: said is not (asking in ASKED_THE_OTHER_WAY)}
    if intent == "deny" and "none" in CHOICES.get(asking, ()):
        return {asking: "none"}
    for words, code in CHOICE_WORDS.get(asking, ()):
        if re.search(words, text):
            return {asking: code}
    if intent in ("dont_know", "refuse"):
        return {"unknown_facts": sorted({*(tracker.get_slot("unknown_facts") or []), asking})}
    return {}
