"""The rules in the order in which the law asks them; each gives a finding or passes on.

Source: 《法律援助法》第二十四条至第三十四条、第四十二条、第四十四条、第六十九条.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from eligibility.assessment import Aid, Finding, Outcome
from eligibility.case import Case, Needed
from eligibility.hardship import compare_income
from eligibility.law import LocalRule, chain

LIKELY, UNLIKELY, REVIEW = Outcome.LIKELY, Outcome.UNLIKELY, Outcome.REVIEW
LAW_BEGINS = date(2022, 1, 1)  # 《法律援助法》第七十一条
SOCIAL_ASSISTANCE_LAW_BEGINS = date(2026, 7, 1)  # 《社会救助法》, names the near-subsistence household in 第十三条
RETRIAL, DEFENCE = "R01", "C01"
LOCAL_LISTS = {"P14": "registered_poor", "P13": "hardship_database"}


def decide(case: Case, start: int) -> Finding:
    """Apply the rules from status to income, beginning with the first that has not passed yet.

    Raises:
        Needed: a rule cannot go on without a fact.
    """
    for index in range(start, len(RULES)):
        try:
            finding = RULES[index](case)
        except Needed as needed:
            needed.rule = index
            raise
        if finding:
            return _framed(case, finding)
    raise AssertionError("the last rule always finds")


def before_the_law(case: Case) -> Finding | None:
    """Hand over a day before the Legal Aid Law; the rules of that time are not encoded."""
    return Finding(REVIEW, ("before_legal_aid_law",)) if case.on < LAW_BEGINS else None


def not_a_citizen(case: Case) -> Finding | None:
    """Turn away organisations (第二条), hand over foreigners (第六十九条).

    Nobody is asked for this: the assessment speaks of a citizen, and says so, until the caller says otherwise.
    """
    if case.told("organisation"):
        return Finding(UNLIKELY, ("art_2",), aid="consult_only")
    return Finding(REVIEW, ("art_69",)) if case.told("foreign_national") else None


def notified_defence(case: Case) -> Finding | None:
    """Tell when the authority handling a criminal case must see to a lawyer, without any application (第二十五、二十八条)."""
    matter = case.matter
    if matter.hardship == "notice":
        return Finding(Outcome(matter.notice_outcome or REVIEW), _reason(matter.reason), aid="notice")
    if matter.code != DEFENCE:
        return None
    minor = case.need("age") < _years(case, "person.minor_age_lt")
    if minor or any(case.need(f) for f in ("life_or_death_sentence", "sensory_disability", "limited_capacity")):
        return Finding(LIKELY, ("art_25_1",), aid="notice")
    return None


def hardship_not_required(case: Case) -> Finding | None:
    """Tell when income does not matter at all (第三十二条; 第三十条 for the duty lawyer)."""
    matter = case.matter
    if matter.victim_matter and case.need("abuse_victim"):
        matter = case.law.matter(matter.victim_matter)
    if matter.hardship != "not_required":
        return None
    return Finding(LIKELY, _reason(matter.reason), matter.flags)


def retrial_not_ordered(case: Case) -> Finding | None:
    """Hand over a retrial nobody has ordered yet (第三十三条); local rules may be wider."""
    if case.matter.code != RETRIAL or case.need("retrial_ordered"):
        return None
    return Finding(REVIEW, ("art_33_not_met",), aid="consult_only")


def matter_not_covered(case: Case) -> Finding | None:
    """Tell when the matter is on neither the national nor the local list (第三十一条)."""
    local = _local_list(case)
    if _on_a_list(case) and not (case.matter.scope == "regional" and local and local.policy == "unknown"):
        draft = case.matter.period.status == "draft" and not (local and local.policy == "open")
        return Finding(REVIEW, (case.matter.code, "draft_matter")) if draft else None
    if local is None:
        return Finding(REVIEW, ("matter_list_unknown",), aid="consult_only")
    if local.policy == "open":
        return None
    outcome = UNLIKELY if local.policy == "closed" else REVIEW
    excluded = case.matter.migrant_worker_excluded
    also = _reason(excluded) if case.told("migrant_worker") else ()
    return Finding(outcome, (*_reason(local.reason), *also), aid=_aid(local), rows=(local.period.row(local.policy),))


def hardship_check_exempt(case: Case) -> Finding | None:
    """Tell who is taken to be in hardship without a check (第四十二条)."""
    if case.matter.check_exempt:
        return _exempt(case, case.matter.code)
    if case.matter.code in case.law.categories["P05"].matters and case.need("migrant_worker"):
        return _exempt(case, "art_42_3")
    if case.need("assistance_recipient") and (finding := _assisted(case)):
        return finding
    if case.need("no_fixed_income") and _vulnerable(case):
        return _exempt(case, "art_42_1")
    return None


def military_family(case: Case) -> Finding | None:
    """Tell where soldiers' families need not be in hardship; elsewhere they only have priority (第七十条)."""
    local = case.law.local_rule("military_families", case.need("region"), case.on)
    if local is None or case.need("military_status") not in local.statuses:
        return None
    row = local.period.row(local.reason)
    return Finding(LIKELY, _reason(local.reason), ("hardship_not_required", *_reason(local.flag)), rows=(row,))


def locally_listed(case: Case) -> Finding | None:
    """Tell whom a place exempts by a list it keeps (Anhui's database, Shouxian's poverty list)."""
    region = case.need("region")
    for code, kind in LOCAL_LISTS.items():
        category = case.law.categories[code]
        here = category.region in chain(region) and category.period.covers(case.on)
        if here and case.need("local_list") == kind:
            return _exempt(case, code)
    return None


def hardship(case: Case) -> Finding:
    """Compare the income, minding what an uncertain category or 「其他原因」 leaves open."""
    finding = compare_income(case)
    if finding.outcome is LIKELY:
        return finding
    if held := _unlisted_kind(case):
        return replace(finding, outcome=REVIEW, reasons=(held,), flags=(), comparison=None)
    if case.matter.code == DEFENCE and finding.outcome is UNLIKELY:
        # 第二十四条 also knows 「其他原因」, which only a person can weigh.
        return replace(finding, outcome=REVIEW, flags=())
    excluded = case.matter.migrant_worker_excluded
    if excluded and case.told("migrant_worker"):
        return replace(finding, reasons=(*finding.reasons, excluded))
    return finding


RULES: tuple[Callable[[Case], Finding | None], ...] = (
    before_the_law,
    not_a_citizen,
    notified_defence,
    hardship_not_required,
    retrial_not_ordered,
    matter_not_covered,
    hardship_check_exempt,
    military_family,
    locally_listed,
    hardship,
)
# From here on only the place and the money decide; what the rules before have settled is not read again.
LAST_RULES = RULES.index(military_family)
SETTLED_BEFORE = (
    "abuse_victim", "age", "disabled", "life_or_death_sentence", "limited_capacity", "no_fixed_income",
    "retrial_ordered", "sensory_disability",
)  # fmt: skip


def frame(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the reasons and flags that go with a matter whatever the outcome, even while facts are missing."""
    if case.told("matter") != DEFENCE:
        return (), ()
    custody = ("art_39",) if case.told("detained") else ()
    relative = ("art_40",) if case.told("on_behalf") else ()
    return ("art_24", *custody, *relative), case.law.matter(DEFENCE).flags


def _framed(case: Case, finding: Finding) -> Finding:
    """Put the matter's own reasons before the finding's, and the open list's reason where it opened the way."""
    reasons, flags = frame(case)
    if finding.aid is None and case.told("matter") and case.told("region") and _opened_by(case):
        reasons = (*reasons, *_opened_by(case))
    return replace(finding, reasons=(*reasons, *finding.reasons), flags=(*flags, *finding.flags))


def _opened_by(case: Case) -> tuple[str, ...]:
    if _on_a_list(case):
        return ()
    local = _local_list(case)
    return _reason(local.reason) if local and local.policy == "open" else ()


def _on_a_list(case: Case) -> bool:
    matter = case.matter
    if matter.scope != "regional":
        return matter.scope == "national"
    return matter.region in chain(case.need("region")) and matter.period.covers(case.on)


def _local_list(case: Case) -> LocalRule | None:
    if case.matter.scope == "national":
        return None
    return case.law.local_rule("matter_lists", case.need("region"), case.on)


def _assisted(case: Case) -> Finding | None:
    """Tell what being helped already is worth; which kinds are named by law depends on the day."""
    kind = case.told("assistance_kind")
    if kind is None and case.on < SOCIAL_ASSISTANCE_LAW_BEGINS:
        kind = case.need("assistance_kind")
    if kind not in case.law.categories["P02"].listed_kinds_from_2026_07_01:
        return _exempt(case, "art_42_2")
    if case.on >= SOCIAL_ASSISTANCE_LAW_BEGINS:
        return _exempt(case, "art_42_2", "social_assistance_law_13")
    return None


def _unlisted_kind(case: Case) -> str | None:
    """Say that the caller is helped already, in a way no law named on that day."""
    margin = case.told("assistance_kind") in case.law.categories["P02"].listed_kinds_from_2026_07_01
    return "category_not_listed_before_2026_07_01" if case.told("assistance_recipient") and margin else None


def _vulnerable(case: Case) -> bool:
    """Minor, old or disabled (第四十二条第一项)."""
    age: int = case.need("age")
    of_age = _years(case, "person.minor_age_lt") <= age < _years(case, "person.elderly_age_min")
    return not of_age or bool(case.need("disabled"))


def _exempt(case: Case, *reasons: str) -> Finding:
    green = case.law.categories["P12"]
    region = case.told("region")
    fast = (
        region and green.region in chain(region) and case.told("migrant_worker") and case.matter.code in green.matters
    )
    return Finding(LIKELY, reasons, ("hardship_check_exempt", *(("green_channel",) if fast else ())))


def by_the_way(case: Case, finding: Finding) -> Finding:
    """Add what the deadline and the person's condition call for, from what has been told (第四十四、四十五条)."""
    if case.on < LAW_BEGINS:
        return finding
    flags, reasons, aid = [*finding.flags], [*finding.reasons], finding.aid
    urgent = _urgent_because(case)
    if urgent and aid is None and finding.outcome is not UNLIKELY:
        aid, reasons = "urgent", [*reasons, *urgent]
    days = case.told("days_to_limitation")
    if days is not None and not (aid == "urgent" and days >= 0):
        flags += ["deadline_passed"] if days < 0 else []
        flags += ["deadline_warning"] if 0 <= days <= _years(case, "project.deadline_warning_days_le") else []
    if _home_visit(case):
        flags.append("home_visit")
    if case.told("group_dispute"):
        flags.append("green_channel")
    return replace(finding, flags=_in_order(flags), reasons=tuple(dict.fromkeys(reasons)), aid=aid)


# What an operator must see first stands first.
FLAG_ORDER = (
    "hardship_not_required", "hardship_check_exempt", "safety_first", "female_lawyer_option", "green_channel",
    "place_of_handling_organ", "duty_lawyer_available", "draft_standard", "yunnan_standard_unverified",
    "secondary_source", "equal_to_ceiling_strict_lt", "home_visit", "personal_income_basis", "deadline_warning",
    "deadline_passed",
)  # fmt: skip


def _in_order(flags: list[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(flags), key=FLAG_ORDER.index))


def _urgent_because(case: Case) -> tuple[str, ...]:
    days = case.told("days_to_limitation")
    short = days is not None and 0 <= days < _years(case, "national.urgent_limitation_days_lt")
    preserve = ("art_44_1_2",) if case.told("preservation_needed") else ()
    return (*(("art_44_1_1",) if short else ()), *preserve)


def _home_visit(case: Case) -> bool:
    region, age = case.told("region"), case.told("age")
    local = case.law.local_rule("home_visits", region, case.on) if region else None
    if local is None:
        return False
    old = local.age_min is not None and age is not None and age >= local.age_min
    return old or bool(case.told("mobility_impaired"))


def priority(case: Case) -> tuple[str, ...]:
    """Give the categories served first (《老年人权益保障法》第五十六条 and others); it changes no outcome."""
    if case.on < LAW_BEGINS:
        return ()
    old = (case.told("age") or 0) >= _years(case, "person.elderly_age_min")
    served = {
        "P04": case.told("assistance_kind") == "preferential_treatment",
        "P09": case.told("military_status") in ("soldier", "military_family", "bereaved_family"),
        "P16": old,
    }
    return tuple(code for code, yes in served.items() if yes)


def _years(case: Case, key: str) -> int:
    number = case.law.number(key, case.on)
    assert number is not None, f"procedure.yaml: {key}: must hold a number on every day since the law began"
    return number


def _reason(code: str | None) -> tuple[str, ...]:
    return (code,) if code else ()


def _aid(local: LocalRule) -> Aid | None:
    return "consult_only" if local.aid == "consult_only" else None
