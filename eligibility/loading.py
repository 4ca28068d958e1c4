"""Read parameters/*.yaml into Law, refusing whatever is wrong with a message that helps to repair it."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from eligibility.errors import ParameterError
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
    only_keys,
    period_of,
    read_parameters,
    region_of,
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
    _check_codes(files)
    matters = {code: _matter(code, line, regions) for code, line in files["matters"]["values"].items()}
    check_matters_of_periods(every_period(), matters)
    categories = files["applicant_categories"]["values"].items()
    return kind(
        regions=regions,
        matters=matters,
        categories={code: _category(code, line, regions, matters) for code, line in categories},
        standards=tuple(sorted(standards, key=lambda s: s.period.valid_from, reverse=True)),
        measures=measures,
        local_rules={name: _local_rules(name, files[name], regions) for name in LOCAL_RULES},
        numbers={key: _numbers(key, lines) for key, lines in files["procedure"]["values"].items()},
        agencies=_texts("agencies", files["agencies"], "why"),
        materials=_texts("materials", files["materials"], "text"),
        remedies=_texts("remedies", files["remedies"], "text"),
        reasons=_built("reasons", files["reasons"], ReasonText),
        flags=_built("flags", files["flags"], FlagText),
        fact_names={fact: line["name"] for fact, line in files["facts"]["values"].items()},
        fact_changes={fact: line["change"] for fact, line in files["facts"]["values"].items() if "change" in line},
    )


def _own_files(overlay: Path | None) -> list[Path]:
    """Give an agency's files; a folder that is not there is a mistake, not an empty overlay."""
    if overlay is None:
        return []
    if not overlay.is_dir():
        raise ParameterError(f"{overlay}: is no folder; correct PARAMETERS_DIR or create it")
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
        if name not in named:
            raise ParameterError(f"{file}: {name}: is neither a region nor an area; describe it under `areas:`")
        head = named[name]
        only_keys(file, f"areas: {name}", head, {"regions", "guide", "must_equal", "note"})
        if (twin := head.get("must_equal")) is not None and twin not in data["values"]:
            raise ParameterError(f"{file}: areas: {name}: must_equal {twin} is no area of this file; correct the name")
        codes = frozenset(region_of(file, f"areas: {name}", code, regions) for code in head["regions"])
        amounts = tuple(_amounts(file, name, lines))
        areas[name] = Area(name, codes, bool(head.get("guide")), twin, amounts)
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
    if not isinstance(lines, dict):
        raise ParameterError(f"{file}: {area}: write dated lines, such as 2025-07-01: {{amount: ...}}")
    days = sorted(day_of(file, area, day) for day in lines)
    amounts = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        line, key = lines[day], f"{area}: {day}"
        only_keys(file, key, line, AMOUNT_KEYS)
        if "amount" not in line:
            raise ParameterError(f'{file}: {key}: has no amount; write amount: "…", or amount: null if not obtained')
        yuan = None if line["amount"] is None else decimal_of(file, key, line["amount"])
        end = line.get("valid_to")
        if following is not None:
            eve = date.fromordinal(following.toordinal() - 1)
            if end is not None and end >= following:
                raise ParameterError(f"{file}: {key}: overlaps the line of {following}; end it on {eve} or before")
            end = end or eve
        period = period_of(file, key, day, {**line, "valid_to": end})
        expected = line.get("expected_until")
        if expected is not None and day_of(file, key, expected) < day:
            raise ParameterError(f"{file}: {key}: expected_until {expected} is before the line begins; correct it")
        amounts.append(Amount(period, yuan, expected, bool(line.get("start_unknown"))))
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
    for name, allowed in (
        ("operator", {"lt", "le", "unspecified"}),
        ("level", {"city", "district"}),
        ("income", {"household_month", "household_year"}),
        ("household", {"urban", "rural"}),
    ):
        if name in line and line[name] not in allowed:
            raise ParameterError(f"{file}: {id_}: {name} {line[name]!r} is not one of {', '.join(sorted(allowed))}")
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
        cites_matter=line.get("cites_matter", False),
        blocks_older=line.get("blocks_older", False),
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


def _check_codes(files: Mapping[str, dict[str, Any]]) -> None:
    """Refuse a code that no other file explains: agency rules, flags and matters are said in Chinese somewhere."""
    agencies, flags = files["agencies"]["values"], files["flags"]["values"]
    for code, line in files["matters"]["values"].items():
        if not isinstance(line, dict):
            continue
        if f"art_38_{line.get('agency')}" not in agencies:
            raise ParameterError(
                f"matters.yaml: {code}: agency {line.get('agency')} is not in agencies.yaml; add it there"
            )
        if strangers := [flag for flag in line.get("flags", ()) if flag not in flags]:
            raise ParameterError(f"matters.yaml: {code}: flag {strangers[0]} is not in flags.yaml; add it there")
    for name, line in files["hardship_standards"]["values"].items():
        if isinstance(line, dict) and line.get("flag") not in (None, *flags):
            raise ParameterError(
                f"hardship_standards.yaml: {name}: flag {line['flag']} is not in flags.yaml; add it there"
            )


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
    for name, allowed in (
        ("hardship", {"required", "not_required", "notice", "none"}),
        ("scope", {"national", "regional", "unlisted"}),
    ):
        if line.get(name) not in allowed:
            raise ParameterError(f"{file}: {code}: {name} is not one of {', '.join(sorted(allowed))}")
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
        flags=tuple(line.get("flags", ())),
        notice_outcome=line.get("notice_outcome"),
        check_exempt=line.get("check_exempt", False),
        victim_matter=line.get("victim_matter"),
        household_opponent=line.get("household_opponent", False),
        migrant_worker_excluded=line.get("migrant_worker_excluded"),
    )


CATEGORY_KEYS = ORIGIN | {
    "name", "effects", "facts", "reason", "matters", "region", "valid_from", "proof", "basis", "listed_kinds",
    "listed_kinds_from_2026_07_01",
}  # fmt: skip


def _category(code: str, line: Any, regions: Mapping[str, str], matters: Mapping[str, Matter]) -> Category:
    file = "applicant_categories.yaml"
    only_keys(file, code, line, CATEGORY_KEYS)
    if strangers := sorted(set(line.get("matters", ())) - matters.keys()):
        raise ParameterError(f"{file}: {code}: matter {', '.join(strangers)} is not in matters.yaml; correct the code")
    return Category(
        code=code,
        name=line["name"],
        period=period_of(file, code, line.get("valid_from", LAW_BEGINS), line),
        effects=tuple(line["effects"]),
        facts=line["facts"],
        region=region_of(file, code, line["region"], regions) if "region" in line else None,
        matters=tuple(line.get("matters", ())),
        proof=tuple(line["proof"]),
        reason=line.get("reason"),
        listed_kinds=tuple(line.get("listed_kinds", ())),
        listed_kinds_from_2026_07_01=tuple(line.get("listed_kinds_from_2026_07_01", ())),
    )


LOCAL_KEYS = ORIGIN | {"policy", "reason", "aid", "flag", "statuses", "age_min"}


def _local_rules(name: str, data: dict[str, Any], regions: Mapping[str, str]) -> dict[str, tuple[LocalRule, ...]]:
    file = f"{name}.yaml"
    rules = {}
    for code, lines in data["values"].items():
        region_of(file, str(code), code, regions)
        rules[code] = dated_lines(file, code, lines, LOCAL_KEYS, _local_rule)
    return rules


def _local_rule(period: Period, line: dict[str, Any]) -> LocalRule:
    return LocalRule(
        period, line.get("policy"), line.get("reason"), line.get("aid"), line.get("flag"),
        tuple(line.get("statuses", ())), line.get("age_min"),
    )  # fmt: skip


def _numbers(key: str, lines: Any) -> tuple[tuple[Period, object], ...]:
    return dated_lines("procedure.yaml", key, lines, ORIGIN | {"value", "unit"}, lambda p, line: (p, line["value"]))


def _texts(name: str, data: dict[str, Any], field: str) -> dict[str, str]:
    texts = {}
    for key, line in data["values"].items():
        only_keys(f"{name}.yaml", key, line, {field, "basis", "source", "note"})
        if not line.get("source"):
            raise ParameterError(f"{name}.yaml: {key}: has no source; add the article it rests on")
        texts[key] = line[field]
    return texts


def _built[T](name: str, data: dict[str, Any], build: Callable[..., T]) -> dict[str, T]:
    """Build one text object per code; a missing or misspelt key is named."""
    texts = {}
    for code, line in data["values"].items():
        try:
            texts[code] = build(**line)
        except TypeError as error:
            raise ParameterError(f"{name}.yaml: {code}: {error}; correct the keys") from error
    return texts
