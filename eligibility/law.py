"""The law as dated data, and the questions the rules put to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

from eligibility.assessment import Row
from eligibility.errors import UnknownMatter, UnknownRegion


@dataclass(frozen=True)
class Period:
    """When a line applies, first and last day included, and where it comes from."""

    file: str
    key: str
    valid_from: date
    valid_to: date | None
    status: str
    confidence: str
    source: str
    note: str | None

    def covers(self, on: date) -> bool:
        """Tell whether the line applies on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def row(self, value: object) -> Row:
        """Cite this line with the value taken from it."""
        return Row(self.file, self.key, self.valid_from, str(value), self.source)


@dataclass(frozen=True)
class Amount:
    """One amount of one area; None means that a figure exists but has not been obtained."""

    period: Period
    yuan: Decimal | None
    expected_until: date | None
    start_unknown: bool  # known to hold on valid_from, not known since when

    def expired(self, on: date) -> bool:
        """Tell whether local custom had already replaced this figure by a day, by one we do not have."""
        return self.expected_until is not None and on > self.expected_until


@dataclass(frozen=True)
class Area:
    """The places that share one amount, and that amount over time (oldest first)."""

    name: str
    regions: frozenset[str]
    guide: bool  # a provincial floor, not what any place applies
    must_equal: str | None  # an area of the same file that has to show the same figure
    amounts: tuple[Amount, ...]

    def at(self, on: date) -> Amount | None:
        """Give the line that applies on a day."""
        return next((amount for amount in reversed(self.amounts) if amount.period.covers(on)), None)

    def last_known(self, on: date) -> Amount | None:
        """Give the newest figure that had been published by a day."""
        known = (a for a in reversed(self.amounts) if a.yuan is not None and a.period.valid_from <= on)
        return next(known, None)


@dataclass(frozen=True)
class Standard:
    """One hardship standard: which income is compared with which amount, and how."""

    id: str
    period: Period
    region: str
    household: str | None
    measure: str | None
    fixed: Decimal | None
    factor: Decimal
    level: Literal["city", "district"]
    operator: Literal["lt", "le", "unspecified"]
    income: Literal["household_month", "household_year"]
    flag: str | None
    cites_matter: bool
    blocks_older: bool

    @property
    def known(self) -> bool:
        """Tell whether we hold the content of the standard, not merely its name."""
        return self.measure is not None or self.fixed is not None


@dataclass(frozen=True)
class Matter:
    """One matter of legal aid and what the law attaches to it."""

    code: str
    name: str
    basis: str
    hardship: Literal["required", "not_required", "notice", "none"]
    scope: Literal["national", "regional", "unlisted"]
    agency: str
    period: Period
    region: str | None
    reason: str | None
    flags: tuple[str, ...]
    notice_outcome: str | None
    check_exempt: bool
    victim_matter: str | None
    household_opponent: bool
    migrant_worker_excluded: str | None


@dataclass(frozen=True)
class Category:
    """One category of applicant: what it is worth, and which answers make it."""

    code: str
    name: str
    period: Period
    effects: tuple[str, ...]
    facts: Mapping[str, object]
    region: str | None
    matters: tuple[str, ...]
    proof: tuple[str, ...]
    reason: str | None
    listed_kinds: tuple[str, ...]
    listed_kinds_from_2026_07_01: tuple[str, ...]


@dataclass(frozen=True)
class LocalRule:
    """A dated line that one region adds: its policy or reason, and what it brings."""

    period: Period
    policy: str | None
    reason: str | None
    aid: str | None
    flag: str | None
    statuses: tuple[str, ...]
    age_min: int | None


@dataclass(frozen=True)
class ReasonText:
    """How a reason code is said to a citizen, and the article behind it."""

    citizen: str
    basis: str


@dataclass(frozen=True)
class FlagText:
    """What a flag tells an operator, and a citizen if they need it."""

    operator: str
    citizen: str | None


def chain(region: str) -> tuple[str, ...]:
    """Give a region and what it belongs to, the most specific first: county, city, province."""
    levels = (region, region[:4] + "00", region[:2] + "0000")
    return tuple(dict.fromkeys(levels))


@dataclass(frozen=True, eq=False)
class Law:
    """All parameters, loaded and validated once; every rule asks it for what holds on a day in a place."""

    regions: Mapping[str, str]
    matters: Mapping[str, Matter]
    categories: Mapping[str, Category]
    standards: tuple[Standard, ...]
    measures: Mapping[str, Mapping[str, Area]]
    local_rules: Mapping[str, Mapping[str, tuple[LocalRule, ...]]]
    numbers: Mapping[str, tuple[tuple[Period, object], ...]]
    agencies: Mapping[str, str]
    materials: Mapping[str, str]
    remedies: Mapping[str, str]
    reasons: Mapping[str, ReasonText]
    flags: Mapping[str, FlagText]
    fact_names: Mapping[str, str]
    fact_changes: Mapping[str, str]

    @classmethod
    def load(cls, overlay: Path | None = None) -> Self:
        """Read the shipped parameters, with an agency's own files laid over them.

        Args:
            overlay: a folder with files of the same names; each line adds to or replaces a shipped line.
        Raises:
            ParameterError: naming file, key and remedy.
        """
        from eligibility.loading import load_law  # the loader builds this class, so it cannot come first

        return load_law(cls, overlay)

    @cached_property
    def telling_regions(self) -> tuple[str, ...]:
        """Give one place for each set of rules and figures, to try what a region could change."""
        places: dict[tuple[object, ...], str] = {}
        for code in sorted(self.regions):
            places.setdefault(self._what_applies(code), code)
        return tuple(places.values())

    def _what_applies(self, region: str) -> tuple[object, ...]:
        """Describe which lines can ever apply in a place; places described alike are judged alike."""
        links = chain(region)
        rules = tuple(s.id for s in self.standards if s.region in links)
        used = {s.measure for s in self.standards if s.measure and s.region in links}
        areas = (a for measure in sorted(used) for a in self.measures[measure].values())
        figures = tuple((a.name, region in a.regions) for a in areas if any(c[:4] == region[:4] for c in a.regions))
        local = tuple(name for name, lines in self.local_rules.items() if any(code in lines for code in links))
        here = tuple(m.code for m in self.matters.values() if m.region in links)
        width = len(links) if rules else 0
        return rules, figures, width, local, here

    def check_region(self, region: str) -> None:
        """Refuse a code that is no place.

        A county we do not list is accepted where its city is listed without counties, or its province without cities.

        Raises:
            UnknownRegion
        """
        links = chain(region)
        if len(region) != 6 or not region.isdigit() or links[-1] not in self.regions:
            raise UnknownRegion(f"{region}: not a code of GB/T 2260")
        for part, whole in pairwise(links):
            if part not in self.regions and self._lists_parts_of(whole):
                raise UnknownRegion(f"{region}: not among the divisions of {self.regions[whole]}")

    def _lists_parts_of(self, region: str) -> bool:
        stem = region[:2] if region.endswith("0000") else region[:4]
        return any(code.startswith(stem) and code != region for code in self.regions)

    def matter(self, code: str) -> Matter:
        """Give a matter by its code.

        Raises:
            UnknownMatter
        """
        try:
            return self.matters[code]
        except KeyError:
            raise UnknownMatter(f"{code}: not in parameters/matters.yaml") from None

    def name_of(self, region: str) -> str | None:
        """Give a place's full name, or None when a part of it is not listed."""
        names = [self.regions.get(code) for code in reversed(chain(region))]
        return "".join(name for name in names if name) if self.regions.get(region) else None

    def number(self, key: str, on: date) -> int | None:
        """Give a procedural number (days, years) in force on a day, or None when it has not been obtained."""
        for period, value in self.numbers[key]:
            if period.covers(on) and isinstance(value, int):
                return value
        return None

    def local_rule(self, kind: str, region: str, on: date) -> LocalRule | None:
        """Give the most specific local line of one kind that applies in a place on a day."""
        lines = self.local_rules[kind]
        found = (line for code in chain(region) for line in lines.get(code, ()) if line.period.covers(on))
        return next(found, None)

    def standards_in(self, region: str, on: date) -> tuple[Standard, ...]:
        """Give the standards that claim to apply in a place on a day, the most specific and newest first."""
        return tuple(s for s in self._standards_of(region) if s.period.covers(on))

    def last_known_standards(self, region: str, on: date) -> tuple[Standard, ...]:
        """Give the standards with known content that have ever begun by a day, the most specific and newest first."""
        return tuple(s for s in self._standards_of(region) if s.known and s.period.valid_from <= on)

    def _standards_of(self, region: str) -> Iterator[Standard]:
        for code in chain(region):
            yield from (s for s in self.standards if s.region == code)  # sorted newest first by the loader
