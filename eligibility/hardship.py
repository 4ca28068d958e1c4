"""The hardship test: an income against the standard of the place where the application is received.

Source: 《法律援助法》第三十四条; 《法律援助条例》第十三条第二款 (the receiving agency's standard applies).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from eligibility.assessment import Comparison, Finding, Outcome, Row
from eligibility.case import Ask, Case
from eligibility.law import Amount, Area, Law, Standard, chain

LIKELY, UNLIKELY, REVIEW = Outcome.LIKELY, Outcome.UNLIKELY, Outcome.REVIEW


@dataclass(frozen=True)
class Ceilings:
    """The figures a standard comes to in one place on one day, or why it does not come to one."""

    yuan: tuple[Decimal, ...] = ()
    rows: tuple[Row, ...] = ()
    problem: str | None = None  # a reason code; with a problem the figures are only indicative


def compare_income(case: Case) -> Finding:
    """Tell whether the income passes the standard in force; ask for the income only if there is a figure to compare.

    Returns:
        likely or unlikely; review when the standard or a figure is missing, expired, in conflict or silent.
    """
    region: str = case.need("region")
    in_force = case.law.standards_in(region, case.on)
    if blocker := max((s for s in in_force if s.blocks_older), key=lambda s: s.period.valid_from, default=None):
        if not blocker.known:
            return _review_with_older_standard(case, region, blocker)
        in_force = tuple(s for s in in_force if s.period.valid_from >= blocker.period.valid_from)
    standard = _choose(in_force, case.need)
    if standard is None:
        return Finding(REVIEW, ("standard_missing",))
    ceilings = find_ceilings(case.law, standard, region, case.on)
    reasons = (standard.id, *(_personal_reason(case, case.need)))
    if ceilings.problem:
        direction = _direction(case, *_last_known(case, region))
        return Finding(REVIEW, (*reasons, ceilings.problem), indicative=direction, rows=ceilings.rows)
    income = case.need(_income_fact(case, standard, case.need))
    return _verdict(case, standard, ceilings, region, income)


def _verdict(case: Case, standard: Standard, ceilings: Ceilings, region: str, income: Decimal) -> Finding:
    """Compare, and say review where the text does not carry an answer."""
    personal = _personal_reason(case, case.told)
    fact = _income_fact(case, standard, case.told)
    comparison = Comparison(standard.id, fact, ceilings.yuan, standard.operator == "lt")
    results = {_passes(standard, income, ceiling) for ceiling in ceilings.yuan}
    finding = Finding(REVIEW, (standard.id, *personal), rows=ceilings.rows, comparison=comparison)
    if REVIEW in results:
        return _because(finding, "equal_to_ceiling_text_silent")
    if len(results) > 1:
        low, high = min(ceilings.yuan), max(ceilings.yuan)
        whole_city = standard.level == "district" and region.endswith("00")
        return _because(finding, "region_too_wide" if whole_city else f"which_dibao_figure_unclear_{low:f}_vs_{high:f}")
    flags = (*((standard.flag,) if standard.flag else ()), *(("personal_income_basis",) if personal else ()))
    if results == {UNLIKELY}:
        equal = ("equal_to_ceiling_strict_lt",) if income in ceilings.yuan else ()
        return replace(finding, outcome=UNLIKELY, flags=(*flags, *equal))
    # The regional texts that tie the standard to the listed matters are cited together with the matter.
    cited = (case.matter.code,) if standard.cites_matter and not personal and case.matter.scope != "unlisted" else ()
    return replace(finding, outcome=LIKELY, reasons=(*finding.reasons, *cited), flags=flags)


def _because(finding: Finding, reason: str) -> Finding:
    return replace(finding, reasons=(*finding.reasons, reason))


def _passes(standard: Standard, income: Decimal, ceiling: Decimal) -> Outcome:
    if income == ceiling:
        return {"lt": UNLIKELY, "le": LIKELY, "unspecified": REVIEW}[standard.operator]
    return LIKELY if income < ceiling else UNLIKELY


def _choose(standards: Iterable[Standard], ask: Ask) -> Standard | None:
    """Take the most specific standard with known content, asking for the household only where it decides."""
    known = [s for s in standards if s.known]
    if not known:
        return None
    if known[0].household is None:
        return known[0]
    household = ask("household")
    return next((s for s in known if s.household in (None, household)), None)


def _personal_reason(case: Case, ask: Ask) -> tuple[str, ...]:
    """Say whether the applicant's own income counts, the other side being a member of the household.

    Source: 《办理法律援助案件程序规定》(2012)第十五条; the matching article of 2023 has not been read, so the agency checks.
    """
    return ("opponent_is_household_member",) if case.matter.household_opponent and ask("opponent_in_household") else ()


def _income_fact(case: Case, standard: Standard, ask: Ask) -> str:
    if _personal_reason(case, ask):
        return "income_yuan_per_month_self"
    return "income_yuan_per_person_year" if standard.income == "household_year" else "income_yuan_per_person_month"


def _review_with_older_standard(case: Case, region: str, blocker: Standard) -> Finding:
    """Hand over where a newer standard exists that we have not obtained; the older one only shows a direction."""
    older, ceilings = _last_known(case, region)
    problem = ceilings.problem
    conflict = (problem,) if problem and problem.startswith("amount_conflict") else ()
    row = blocker.period.row("null")
    return Finding(REVIEW, (blocker.id, *conflict), indicative=_direction(case, older, ceilings), rows=(row,))


def _last_known(case: Case, region: str) -> tuple[Standard | None, Ceilings]:
    """Give the last standard ever known in a place, with the last figures ever published; never asks."""
    standard = _choose(case.law.last_known_standards(region, case.on), case.told)
    found = find_ceilings(case.law, standard, region, case.on, last_known=True) if standard else Ceilings()
    return standard, found


def _direction(case: Case, standard: Standard | None, ceilings: Ceilings) -> Outcome | None:
    """Give the direction under a former standard, None where the income is not told or the figures point both ways."""
    if standard is None:
        return None
    income = case.told(_income_fact(case, standard, case.told))
    if income is None:
        return None
    results = {_passes(standard, income, ceiling) for ceiling in ceilings.yuan}
    return results.pop() if len(results) == 1 and REVIEW not in results else None


@lru_cache(maxsize=1024)  # asked for every answer the interview tries
def find_ceilings(law: Law, standard: Standard, region: str, on: date, last_known: bool = False) -> Ceilings:
    """Work out what a standard comes to.

    Args:
        last_known: ignore that figures have expired or were never renewed, for the indicative direction.
    """
    if standard.fixed is not None:
        ceiling = standard.fixed * standard.factor
        return Ceilings((ceiling.normalize(),), (standard.period.row(standard.fixed),))
    if region.endswith("0000"):
        return Ceilings(problem="region_too_wide")
    figures = [area for area in law.measures[standard.measure or ""].values() if not area.guide]
    by_city = standard.level == "city" or region.endswith("00")
    areas = _areas_of_city(figures, region) if by_city else _areas_of_district(figures, region)
    if last_known:
        return _last_known_ceilings(law, standard, areas, region, on)
    return _ceilings_in_force(law, standard, areas if by_city else _first_that_speaks(areas, region, on), region, on)


def _ceilings_in_force(law: Law, standard: Standard, areas: list[Area], region: str, on: date) -> Ceilings:
    """Work out the figures of a day, or tell why they cannot be relied on."""
    amounts = [amount for area in areas if (amount := area.at(on))]
    current = [a for a in amounts if not a.expired(on)]
    if any(a.yuan is None for a in current):
        return Ceilings(rows=_rows(current), problem="amount_missing")
    if not any(area.at(on) in current for area in _own(areas, region)):
        return Ceilings(rows=_rows(amounts), problem="amount_expired" if amounts else "amount_missing")
    if any(a.period.confidence == "uncertain" for a in current):
        return Ceilings(rows=_rows(current), problem="amount_uncertain")
    return _ceilings(standard, current, _conflict(law, standard, areas, on))


def _last_known_ceilings(law: Law, standard: Standard, areas: list[Area], region: str, on: date) -> Ceilings:
    """Work out the newest published figures; none where the place's own has never been published."""
    if not any(area.last_known(on) for area in _own(areas, region)):
        return Ceilings()
    newest = _newest(area.last_known(on) for area in areas)
    return _ceilings(standard, newest, _conflict(law, standard, areas, on))


def _own(areas: list[Area], region: str) -> list[Area]:
    """Give the areas that cover the place itself: a neighbour's figure does not speak for it alone."""
    if region.endswith("00"):
        return areas
    return [a for a in areas if a.regions.intersection(chain(region))] or areas


def _areas_of_district(areas: Iterable[Area], region: str) -> list[Area]:
    """Give every area that covers one district: its own, its city's, its province's."""
    return [a for a in areas if a.regions.intersection(chain(region))]


def _first_that_speaks(areas: list[Area], region: str, on: date) -> list[Area]:
    """Keep the most specific level with a line for the day.

    A level whose last figure has expired gives way to the next; a level that says "not obtained" does not.
    """
    levels = [[a for a in areas if place in a.regions] for place in chain(region)]
    speaks = (level for level in levels if any((line := a.at(on)) and not line.expired(on) for a in level))
    return next(speaks, areas)


def _areas_of_city(areas: Iterable[Area], region: str) -> list[Area]:
    """Give every area of the city, because the text says 设区的市 and not which of several figures."""
    stem = region[:4]
    return [a for a in areas if any(code[:4] == stem for code in a.regions) and _concerns(a, region)]


def _concerns(area: Area, region: str) -> bool:
    """Leave out an area without any figure that lies elsewhere in the city."""
    empty = all(amount.yuan is None for amount in area.amounts)
    return not empty or region in area.regions or region[:4] + "00" in area.regions or region.endswith("00")


def _ceilings(standard: Standard, amounts: Iterable[Amount], conflict: Amount | None) -> Ceilings:
    found = [a for a in amounts if a.yuan is not None]
    both = [*found, *([conflict] if conflict else [])]
    yuan = sorted({(a.yuan * standard.factor).normalize() for a in both if a.yuan is not None})
    differ = f"amount_conflict_{found[0].yuan:f}_vs_{conflict.yuan:f}" if conflict and found else None
    return Ceilings(tuple(yuan), _rows(both), differ)


def _conflict(law: Law, standard: Standard, areas: Iterable[Area], on: date) -> Amount | None:
    """Find a figure of a higher level that ought to equal ours on this day and does not."""
    measure = law.measures[standard.measure or ""]
    for area, above in ((area, measure[area.must_equal]) for area in areas if area.must_equal):
        ours, theirs = area.at(on), above.at(on)
        if ours and theirs and theirs.yuan is not None and ours.yuan != theirs.yuan:
            return theirs
    return None


def _newest(amounts: Iterable[Amount | None]) -> list[Amount]:
    known = [a for a in amounts if a is not None]
    latest = max(a.period.valid_from for a in known)
    return [a for a in known if a.period.valid_from == latest]


def _rows(amounts: Iterable[Amount]) -> tuple[Row, ...]:
    return tuple(a.period.row("null" if a.yuan is None else a.yuan) for a in amounts)
