"""Where to apply: the accepting agency, not the place of the family register (《法律援助法》第三十八条)."""

from eligibility.assessment import Agency
from eligibility.case import Case


def find_agency(case: Case) -> Agency | None:
    """Name the agency by rule, with the reason in Chinese; None while the matter is not known.

    `region` repeats the answer about where the matter happened or is handled; it is None when nobody has told it, and
    then the caller is given 12348, never a guess.
    """
    rule = _rule(case)
    if rule is None:
        return None
    region = case.told("region") if rule != "none" else None
    if region is None:
        return Agency(rule, case.law.agencies[rule], None, None)
    nearby = case.law.local_rule("nearby_agencies", region, case.on)
    also = case.law.agencies[nearby.reason] if nearby and nearby.reason else ""
    return Agency(rule, case.law.agencies[rule] + also, region, case.law.name_of(region))


def _rule(case: Case) -> str | None:
    if case.told("organisation"):
        return "none"
    if case.told("matter") is None:
        return None
    by_stage = {
        "court": "art_38_court",
        "criminal": "art_38_criminal",
        "arbitration": "art_38_labour",
        "reconsideration": "art_38_reconsideration",
    }
    return by_stage.get(case.told("proceeding")) or f"art_38_{case.matter.agency}"
