"""Read parameters/*.yaml into Law, refusing whatever is wrong with a message that helps to repair it."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from eligibility.assessment import Outcome
from eligibility.errors import ParameterError
from eligibility.facts import CHOICES, KIND
from eligibility.law import (
    Amount,
    Area,
    Category,
    FlagText,
    Law,
    LocalRule,
    Matter,
    Period,
    ReasonText,
    Standard,
    chain,
)
from eligibility.reading import (
    ORIGIN,
    dated_lines,
    day_of,
    decimal_of,
    last_day_of,
    need_keys,
    one_of,
    only_keys,
    period_of,
    read_parameters,
    region_of,
    switch,
    texts_of,
)
from eligibility.time_limits import Period as TimeLimit
from eligibility.time_limits import every_period

SHIPPED = Path(__file__).parent / "parameters"
MEASURES = (
    "minimum_wage_month",
    "rural_net_income_year",
    "subsistence_allowance_month",
    "subsistence_allowance_month_urban",
    "subsistence_allowance_year_rural",
)
LOCAL_RULES = ("home_visits", "matter_lists", "military_families", "nearby_agencies")
TEXTS = ("agencies", "facts", "flags", "materials", "reasons", "remedies")
FILES = (
    *MEASURES,
    *LOCAL_RULES,
    *TEXTS,
    "applicant_categories",
    "hardship_standards",
    "matters",
    "procedure",
    "regions",
)


def load_law[L: Law](kind: type[L], overlay: Path | None) -> L:
    """Read every parameter file, lay the overlay over it, and build the law.

    Raises:
        ParameterError: the first thing found wrong, with file, key and remedy.
    """
    files = dict(_shipped())
    for path in _own_files(overlay):
        if path.stem not in files or path.suffix != ".yaml":
            raise ParameterError(f"{path}: no such parameter file; the files are {', '.join(FILES)}")
        files[path.stem] = _laid_over(files[path.stem], read_parameters(path))
    regions = _regions(files["regions"])
    measures = {name: _areas(name, files[name], regions) for name in MEASURES}
    standards = [_standard(id_, line, regions) for id_, line in files["hardship_standards"]["values"].items()]
    _check_standards(standards)
    matters = {code: _matter(code, line, regions) for code, line in files["matters"]["values"].items()}
    check_matters_of_periods(every_period(), matters)
    categories = files["applicant_categories"]["values"].items()
    law = kind(
        regions=regions,
        matters=matters,
        categories={code: _category(code, line, regions) for code, line in categories},
        standards=tuple(sorted(standards, key=lambda s: s.period.valid_from, reverse=True)),
        measures=measures,
        local_rules={name: _local_rules(name, files[name], regions) for name in LOCAL_RULES},
        numbers={key: _numbers(key, lines) for key, lines in files["procedure"]["values"].items()},
        agencies=_texts("agencies", files["agencies"], "why"),
        materials=_texts("materials", files["materials"], "text"),
        remedies=_texts("remedies", files["remedies"], "text"),
        reasons=_built("reasons", files["reasons"], ReasonText, "citizen", "basis"),
        flags=_built("flags", files["flags"], FlagText, "operator"),
        fact_names=_fact_texts(files["facts"], "name"),
        fact_changes=_fact_texts(files["facts"], "change"),
    )
    _check_codes(law)
    _check_numbers(law)
    return law


def _own_files(overlay: Path | None) -> list[Path]:
    """Give an agency's files; a folder that is not there is a mistake, not an empty overlay."""
    if overlay is None:
        return []
    if not overlay.is_dir():
        raise ParameterError(f"{overlay}: is no folder; correct YUANXIAN_PARAMETERS_DIR or create it")
    return sorted(path for path in overlay.iterdir() if path.suffix in (".yaml", ".yml"))


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, dict[str, Any]]:
    """Read the shipped files once for the process; nothing changes them while it runs."""
    if idle := sorted(path.name for path in SHIPPED.glob("*.yaml") if path.stem not in FILES):
        raise ParameterError(f"{idle[0]}: nothing reads this file; rename it or remove it")
    return {name: read_parameters(SHIPPED / f"{name}.yaml") for name in FILES}


def _laid_over(shipped: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Merge an agency's file: areas and values are added line by line, and a line with the same
    key keeps only what the agency does not write anew."""
    areas = {**shipped.get("areas", {}), **own.get("areas", {})}
    values = dict(shipped["values"])
    for key, lines in own["values"].items():
        old = values.get(key)
        if isinstance(lines, dict) and isinstance(old, dict):
            # The origin of a line is never inherited: what an agency writes rests on the agency's own source.
            values[key] = {**{k: v for k, v in old.items() if k not in ORIGIN}, **lines}
        else:
            values[key] = lines
    return {**shipped, "areas": areas, "values": values}


def _regions(data: dict[str, Any]) -> dict[str, str]:
    for code, name in data["values"].items():
        if not (isinstance(code, str) and re.fullmatch(r"\d{6}", code)):
            raise ParameterError(f'regions.yaml: {code!r}: write a quoted six-digit code, such as "340100"')
        if not isinstance(name, str) or not name:
            raise ParameterError(f"regions.yaml: {code}: has no name; write the full name of the place")
    return dict(data["values"])


AMOUNT_KEYS = ORIGIN | {"amount", "expected_until", "start_unknown"}


def _areas(measure: str, data: dict[str, Any], regions: Mapping[str, str]) -> dict[str, Area]:
    file = f"{measure}.yaml"
    # A plain region code may stand for an area of its own, so that a new amount is one line.
    named = {code: {"regions": [code]} for code in data["values"] if code in regions} | data.get("areas", {})
    areas = {}
    for name, lines in data["values"].items():
        if not isinstance(name, str):
            raise ParameterError(f'{file}: {name}: is not quoted; write a region as "340100"')
        if name not in named:
            raise ParameterError(f"{file}: {name}: is neither a region nor an area; describe it under `areas:`")
        head = named[name]
        only_keys(file, f"areas: {name}", head, {"regions", "guide", "must_equal", "note"})
        if (twin := head.get("must_equal")) is not None and twin not in data["values"]:
            raise ParameterError(f"{file}: areas: {name}: must_equal {twin} is no area of this file; correct the name")
        need_keys(file, f"areas: {name}", head, "regions")
        places = texts_of(file, f"areas: {name}", head, "regions")
        codes = frozenset(region_of(file, f"areas: {name}", code, regions) for code in places)
        amounts = tuple(_amounts(file, name, lines))
        areas[name] = Area(name, codes, switch(file, f"areas: {name}", head, "guide"), twin, amounts)
    _check_gaps(file, areas)
    if idle := sorted(str(n) for n in named.keys() - data["values"].keys()):
        raise ParameterError(f"{file}: areas: {', '.join(idle)}: has no values; add a dated line or remove the area")
    return areas


def _check_gaps(file: str, areas: Mapping[str, Area]) -> None:
    """Refuse days without a line between two lines of an area, unless the area was then part of a wider one."""
    for area in areas.values():
        for older, newer in pairwise(area.amounts):
            end = older.period.valid_to
            assert end is not None, "an open line ends where the next begins"
            gap = date.fromordinal(end.toordinal() + 1)
            if gap == newer.period.valid_from or newer.start_unknown or _held_elsewhere(area, gap, areas):
                continue
            raise ParameterError(
                f"{file}: {older.period.key}: nothing from {gap} until {newer.period.valid_from}; "
                f"add a line with amount: null and its source"
            )


def _held_elsewhere(area: Area, on: date, areas: Mapping[str, Area]) -> bool:
    """Tell whether a wider or narrower area had a line on a day, as when a city joins its districts' figures."""
    return any(other is not area and _overlap(area, other) and other.at(on) for other in areas.values())


def _overlap(one: Area, other: Area) -> bool:
    widened = [{place for code in area.regions for place in chain(code)} for area in (one, other)]
    return bool(one.regions & widened[1] or other.regions & widened[0])


def _amounts(file: str, area: str, lines: Any) -> list[Amount]:
    """Read one area's lines (oldest first); an open line ends the day before the next begins."""
    if not isinstance(lines, dict) or not lines:
        raise ParameterError(f"{file}: {area}: write dated lines, such as 2025-07-01: {{amount: ...}}")
    days = sorted(day_of(file, area, day) for day in lines)
    amounts = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        line, key = lines[day], f"{area}: {day}"
        only_keys(file, key, line, AMOUNT_KEYS)
        if "amount" not in line:
            raise ParameterError(f'{file}: {key}: has no amount; write amount: "…", or amount: null if not obtained')
        yuan = None if line["amount"] is None else decimal_of(file, key, line["amount"])
        end = last_day_of(file, key, line)
        if following is not None:
            eve = date.fromordinal(following.toordinal() - 1)
            if end is not None and end >= following:
                raise ParameterError(f"{file}: {key}: overlaps the line of {following}; end it on {eve} or before")
            end = end or eve
        period = period_of(file, key, day, {**line, "valid_to": end})
        expected = line.get("expected_until")
        if expected is not None and day_of(file, key, expected) < day:
            raise ParameterError(f"{file}: {key}: expected_until {expected} is before the line begins; correct it")
        amounts.append(Amount(period, yuan, expected, switch(file, key, line, "start_unknown")))
    return amounts


STANDARD_KEYS = ORIGIN | {
    "region", "household", "valid_from", "measure", "amount", "factor", "level", "operator", "income", "flag",
    "cites_matter", "blocks_older",
}  # fmt: skip


def _standard(id_: str, line: Any, regions: Mapping[str, str]) -> Standard:
    file = "hardship_standards.yaml"
    only_keys(file, id_, line, STANDARD_KEYS)
    measure, fixed = line.get("measure"), line.get("amount")
    if measure is not None and measure not in MEASURES:
        raise ParameterError(f"{file}: {id_}: measure {measure} is no amount file; use one of {', '.join(MEASURES)}")
    if measure is not None and fixed is not None:
        raise ParameterError(f"{file}: {id_}: has both measure and amount; keep the one the document names")
    one_of(file, id_, line, operator=("lt", "le", "unspecified"), level=("city", "district"))
    one_of(file, id_, line, income=("household_month", "household_year"), household=("urban", "rural"))
    if (measure or fixed) and "operator" not in line:
        raise ParameterError(f"{file}: {id_}: has no operator; write lt, le, or unspecified when the text is silent")
    return Standard(
        id=id_,
        period=period_of(file, id_, line.get("valid_from"), line),
        region=region_of(file, id_, line.get("region"), regions),
        household=line.get("household"),
        measure=measure,
        fixed=None if fixed is None else decimal_of(file, id_, fixed),
        factor=decimal_of(file, id_, line.get("factor", "1")),
        level=line.get("level", "district"),
        operator=line.get("operator", "unspecified"),
        income=line.get("income", "household_month"),
        flag=line.get("flag"),
        cites_matter=switch(file, id_, line, "cites_matter"),
        blocks_older=switch(file, id_, line, "blocks_older"),
    )


def _check_standards(standards: list[Standard]) -> None:
    """Refuse two standards in force at once in one region, and a district stricter than its province."""
    known = sorted((s for s in standards if s.known), key=lambda s: (s.region, s.household or "", s.period.valid_from))
    for older, newer in pairwise(known):
        if (older.region, older.household) == (newer.region, newer.household) and older.period.covers(
            newer.period.valid_from
        ):
            raise ParameterError(
                f"hardship_standards.yaml: {older.id} and {newer.id} overlap from {newer.period.valid_from}; "
                f"give {older.id} a valid_to on the day before"
            )
    for local in known:
        for wide in known:
            above = local.region != wide.region and local.region.startswith(wide.region.rstrip("0"))
            together = wide.period.covers(local.period.valid_from) or local.period.covers(wide.period.valid_from)
            if not (above and together and local.measure == wide.measure):
                continue
            ours, theirs = (local.fixed, wide.fixed) if local.fixed and wide.fixed else (local.factor, wide.factor)
            if ours < theirs:
                raise ParameterError(
                    f"hardship_standards.yaml: {local.id} is stricter than {wide.id} above it; a lower level may only "
                    f"widen the standard, correct the factor or amount"
                )


def _check_codes(law: Law) -> None:
    """Refuse a code that no other file explains: what a rule can give is said in Chinese somewhere."""
    for code, matter in law.matters.items():
        _known("matters", code, "agency", [f"art_38_{matter.agency}"], law.agencies, "agencies")
        _known("matters", code, "flag", matter.flags, law.flags, "flags")
        _known("matters", code, "reason", [matter.reason, matter.migrant_worker_excluded], law.reasons, "reasons")
        _known("matters", code, "victim_matter", [matter.victim_matter], law.matters, "matters")
    for code, category in law.categories.items():
        _known("applicant_categories", code, "matter", category.matters, law.matters, "matters")
        _known("applicant_categories", code, "reason", [category.reason], law.reasons, "reasons")
    for standard in law.standards:
        _known("hardship_standards", standard.id, "flag", [standard.flag], law.flags, "flags")
    for name, places in law.local_rules.items():
        for line in (line for lines in places.values() for line in lines):
            texts, file = (law.agencies, "agencies") if name == "nearby_agencies" else (law.reasons, "reasons")
            _known(name, line.period.key, "reason", [line.reason], texts, file)
            _known(name, line.period.key, "flag", [line.flag], law.flags, "flags")


def _known(
    name: str, key: str, what: str, codes: Iterable[str | None], explained: Mapping[str, object], where: str
) -> None:
    if strangers := [code for code in codes if code is not None and code not in explained]:
        raise ParameterError(f"{name}.yaml: {key}: {what} {strangers[0]} is not in {where}.yaml; add it there")


# Numbers that rules compare with; a day without one would stop an assessment.
NUMBERS_OF_RULES = (
    "national.urgent_limitation_days_lt",
    "person.elderly_age_min",
    "person.minor_age_lt",
    "project.deadline_warning_days_le",
)


def _check_numbers(law: Law) -> None:
    """Refuse a day since the law began on which a rule would find no number."""
    for key in NUMBERS_OF_RULES:
        ends = (period.valid_to for period, _ in law.numbers.get(key, ()))
        turns = [date.fromordinal(end.toordinal() + 1) for end in ends if end is not None]
        for on in sorted(day for day in {LAW_BEGINS, *turns} if day >= LAW_BEGINS):
            if key not in law.numbers or law.number(key, on) is None:
                raise ParameterError(f"procedure.yaml: {key}: no number in force on {on}; add a dated line with one")


def check_matters_of_periods(periods: Iterable[TimeLimit], matters: Mapping[str, Matter]) -> None:
    """Refuse a period for a matter that does not exist, since nobody would ever be told of it."""
    for period in periods:
        if strangers := sorted(set(period.matters) - matters.keys()):
            raise ParameterError(
                f"periods.yaml: {period.kind}: matter {', '.join(strangers)} is not in matters.yaml; correct the code"
            )


MATTER_KEYS = ORIGIN | {
    "name", "basis", "hardship", "scope", "agency", "reason", "region", "valid_from", "flags", "notice_outcome",
    "check_exempt", "victim_matter", "household_opponent", "migrant_worker_excluded",
}  # fmt: skip
LAW_BEGINS = date(2022, 1, 1)  # 《法律援助法》第七十一条


def _matter(code: str, line: Any, regions: Mapping[str, str]) -> Matter:
    file = "matters.yaml"
    only_keys(file, code, line, MATTER_KEYS)
    need_keys(file, code, line, "name", "basis", "hardship", "scope", "agency")
    one_of(file, code, line, hardship=("required", "not_required", "notice", "none"))
    one_of(file, code, line, scope=("national", "regional", "unlisted"), notice_outcome=tuple(Outcome))
    if line["hardship"] in ("notice", "not_required"):
        need_keys(file, code, line, "reason")
    if (line["scope"] == "regional") != ("region" in line):
        raise ParameterError(f"{file}: {code}: a regional matter names its region, and only such a matter does")
    return Matter(
        code=code,
        name=line["name"],
        basis=line["basis"],
        hardship=line["hardship"],
        scope=line["scope"],
        agency=line["agency"],
        period=period_of(file, code, line.get("valid_from", LAW_BEGINS), line),
        region=region_of(file, code, line["region"], regions) if "region" in line else None,
        reason=line.get("reason"),
        flags=texts_of(file, code, line, "flags"),
        notice_outcome=line.get("notice_outcome"),
        check_exempt=switch(file, code, line, "check_exempt"),
        victim_matter=line.get("victim_matter"),
        household_opponent=switch(file, code, line, "household_opponent"),
        migrant_worker_excluded=line.get("migrant_worker_excluded"),
    )


CATEGORY_KEYS = ORIGIN | {
    "name", "effects", "facts", "reason", "matters", "region", "valid_from", "proof", "basis", "listed_kinds",
    "listed_kinds_from_2026_07_01",
}  # fmt: skip


def _category(code: str, line: Any, regions: Mapping[str, str]) -> Category:
    file = "applicant_categories.yaml"
    only_keys(file, code, line, CATEGORY_KEYS)
    need_keys(file, code, line, "name", "effects", "facts", "proof")
    only_keys(file, f"{code}: facts", line["facts"], set(KIND))
    return Category(
        code=code,
        name=line["name"],
        period=period_of(file, code, line.get("valid_from", LAW_BEGINS), line),
        effects=texts_of(file, code, line, "effects"),
        facts=line["facts"],
        region=region_of(file, code, line["region"], regions) if "region" in line else None,
        matters=texts_of(file, code, line, "matters"),
        proof=texts_of(file, code, line, "proof"),
        reason=line.get("reason"),
        listed_kinds=texts_of(file, code, line, "listed_kinds"),
        listed_kinds_from_2026_07_01=texts_of(file, code, line, "listed_kinds_from_2026_07_01"),
    )


LOCAL_KEYS = ORIGIN | {"policy", "reason", "aid", "flag", "statuses", "age_min"}
# What a line of each file cannot do without; only the matter lists have a policy.
LOCAL_NEEDS = {
    "home_visits": (),
    "matter_lists": ("policy", "reason"),
    "military_families": ("reason", "statuses"),
    "nearby_agencies": ("reason",),
}


def _local_rules(name: str, data: dict[str, Any], regions: Mapping[str, str]) -> dict[str, tuple[LocalRule, ...]]:
    file, rules = f"{name}.yaml", {}
    for code, lines in data["values"].items():
        region_of(file, str(code), code, regions)
        rules[code] = dated_lines(file, code, lines, LOCAL_KEYS, partial(_local_rule, LOCAL_NEEDS[name]))
    return rules


def _local_rule(needs: Iterable[str], period: Period, line: dict[str, Any]) -> LocalRule:
    file, key = period.file, period.key
    need_keys(file, key, line, *needs)
    one_of(file, key, line, policy=("closed", "open", "unknown"), aid=("consult_only",))
    statuses, age = texts_of(file, key, line, "statuses"), line.get("age_min")
    for status in statuses:
        one_of(file, key, {"statuses": status}, statuses=CHOICES["military_status"])
    if age is not None and type(age) is not int:
        raise ParameterError(f"{file}: {key}: age_min {age!r} is no whole number; write it without quotes")
    return LocalRule(period, line.get("policy"), line.get("reason"), line.get("aid"), line.get("flag"), statuses, age)


COUNTED = ("hour", "day", "working_day", "month", "year")


def _numbers(key: str, lines: Any) -> tuple[tuple[Period, object], ...]:
    return dated_lines("procedure.yaml", key, lines, ORIGIN | {"value", "unit"}, _number)


def _number(period: Period, line: dict[str, Any]) -> tuple[Period, object]:
    need_keys(period.file, period.key, line, "unit")
    if "value" not in line:
        raise ParameterError(f"{period.file}: {period.key}: has no value; write it, or value: null if not obtained")
    value = line["value"]
    if line["unit"] in COUNTED and value is not None and type(value) is not int:
        raise ParameterError(
            f"{period.file}: {period.key}: value {value!r} is no whole number; write it without quotes"
        )
    return period, value


def _fact_texts(data: dict[str, Any], field: str) -> dict[str, str]:
    """Give each fact's name in Chinese, or the phrase for its change where it has one."""
    only_keys("facts.yaml", "values", data["values"], set(KIND))
    for fact, line in data["values"].items():
        only_keys("facts.yaml", fact, line, {"name", "change"})
        need_keys("facts.yaml", fact, line, "name")
    return {fact: line[field] for fact, line in data["values"].items() if line.get(field)}


def _texts(name: str, data: dict[str, Any], field: str) -> dict[str, str]:
    texts = {}
    for key, line in data["values"].items():
        only_keys(f"{name}.yaml", key, line, {field, "basis", "source", "note"})
        if not line.get("source"):
            raise ParameterError(f"{name}.yaml: {key}: has no source; add the article it rests on")
        need_keys(f"{name}.yaml", key, line, field)
        texts[key] = line[field]
    return texts


def _built[T](name: str, data: dict[str, Any], build: Callable[..., T], *needs: str) -> dict[str, T]:
    """Build one text object per code, each with at least the texts it needs."""
    file, texts = f"{name}.yaml", {}
    for code, line in data["values"].items():
        only_keys(file, code, line, {"citizen", *needs})
        need_keys(file, code, line, *needs)
        texts[code] = build(**{"citizen": None, **line})
    return texts
