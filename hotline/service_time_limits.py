"""How long call-backs, transfers and replies may take; dated and by region, as no nationwide rule was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hotline.clock import SHANGHAI, local
from hotline.working_days import next_working_day

FILE = Path(__file__).parent / "service_time_limits.yaml"


@dataclass(frozen=True)
class ServiceTimeLimit:
    """So many working days or hours, and who says so."""

    length: int
    unit: str
    source: str

    def due_after(self, at: datetime) -> datetime:
        """The first moment that is too late: n hours on, or midnight in Shanghai after the n-th working day."""
        if self.unit == "hours":
            return at + timedelta(hours=self.length)
        day = local(at).date()
        for _ in range(self.length):
            day = next_working_day(day)[0]
        return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def limit_for(what: str, region: str | None, on: date) -> ServiceTimeLimit:
    """The limit in force on a day: of the county, else of its city, its province, else the default.

    Raises:
        LookupError: none was; add a dated line to service_time_limits.yaml.
    """
    lines = _values()[what]
    places = [region, f"{region[:4]}00", f"{region[:2]}0000"] if region else []
    for place in [*places, "default"]:
        found = [day for day in lines.get(place, {}) if day <= on]
        if found:
            return ServiceTimeLimit(**lines[place][max(found)])
    raise LookupError(f"{what}: nothing in force on {on}; add a dated line to {FILE.name}")


def due_after(what: str, region: str | None, at: datetime) -> datetime:
    """The first moment after the limit that begins now."""
    return limit_for(what, region, local(at).date()).due_after(at)


@cache
def _values() -> Mapping[str, Mapping[str, Mapping[date, dict[str, Any]]]]:
    values: dict[str, dict[str, dict[date, dict[str, Any]]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))[
        "values"
    ]
    return values
