"""Random people for the property tests: complete, free of contradictions, and drawn from the places that differ."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from eligibility import CHOICES, KIND, Facts, Law

LAW = Law.load()
# Volunteered facts about the applicant that no interview asks for; they limit what an assessment speaks of.
SCOPE = ("organisation", "foreign_national")
DAYS = st.sampled_from(
    [
        date(2022, 1, 1), date(2022, 6, 30), date(2022, 8, 1), date(2023, 5, 1), date(2024, 3, 1), date(2024, 12, 31),
        date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2025, 8, 1), date(2026, 6, 30), date(2026, 11, 22),
    ]
)  # fmt: skip
REGIONS = (*LAW.telling_regions, "340104", "510105", "530181")
INCOMES = tuple(Decimal(i) for i in ("0", "900", "1434", "1487.99", "1488", "1800", "1848", "2099.99", "2100", "9000"))


def value_of(fact: str) -> st.SearchStrategy[Any]:
    """Give the answers a person may have to one question."""
    if fact == "matter":
        return st.sampled_from(sorted(LAW.matters))
    if fact == "region":
        return st.sampled_from(REGIONS)
    if fact in CHOICES:
        return st.sampled_from(CHOICES[fact])
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "money": st.sampled_from(INCOMES),
        "yes_no": st.booleans(),
        "number": st.sampled_from((5, 17, 18, 40, 59, 60, 85)),
    }
    return by_kind[KIND[fact]]


def consistent(values: dict[str, Any]) -> Facts:
    """Make a person of these answers, dropping what contradicts."""
    if not values["assistance_recipient"]:
        values["assistance_kind"] = None
    if values["age"] < 18:
        values["military_status"] = "none"
    return Facts(**values)


PEOPLE = st.fixed_dictionaries(
    {f: st.just(False) if f in SCOPE else value_of(f) for f in KIND if f != "days_to_limitation"}
).map(consistent)
