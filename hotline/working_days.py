"""Which days are working days, from the State Council's notice of each year.

Libraries do not do: the best of them refuses next year's dates until it is released anew, another knows no make-up
workdays. A new year is a new file in working_days/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "working_days"


@dataclass(frozen=True)
class WorkingDay:
    """Whether a day is worked; provisional means 待国务院通知确认, as the year's notice is not loaded."""

    is_working: bool
    provisional: bool


class YearInvalid(ValueError):
    """The file of a year contradicts itself; the message names the day."""


@cache
def _year(year: int) -> Mapping[date, bool] | None:
    """The days of a year that differ from the rule of the weekday, or None without a notice."""
    path = FOLDER / f"{year}.yaml"
    return _exceptions(yaml.safe_load(path.read_text(encoding="utf-8")), year) if path.exists() else None


def _exceptions(raw: Mapping[str, Any], year: int) -> dict[date, bool]:
    days: dict[date, bool] = {}
    for holiday in raw["holidays"]:
        for ahead in range((holiday["last"] - holiday["first"]).days + 1):
            days[holiday["first"] + timedelta(days=ahead)] = False
    for day in raw["make_up_workdays"]:
        if day in days or day.weekday() < 5:
            raise YearInvalid(f"{year}.yaml: make-up workday {day} is a holiday or no weekend day; check the notice")
        days[day] = True
    days |= {override["day"]: override["working"] for override in raw.get("local_overrides") or []}
    if strays := [day for day in days if day.year != year]:
        raise YearInvalid(f"{year}.yaml: {strays[0]} lies in another year; move it to that year's file")
    return days


def is_working_day(day: date) -> WorkingDay:
    """Tell whether a day is worked in China."""
    exceptions = _year(day.year)
    by_weekday = day.weekday() < 5
    if exceptions is None:
        return WorkingDay(by_weekday, provisional=True)
    return WorkingDay(exceptions.get(day, by_weekday), provisional=False)


def is_holiday(day: date) -> bool:
    """Tell whether the year's notice (or the agency) has declared the day free; a plain weekend day is no holiday."""
    return not (_year(day.year) or {}).get(day, True)


def next_working_day(after: date) -> tuple[date, WorkingDay]:
    """Give the first working day later than a day; provisional if any day on the way is."""
    provisional, day = False, after
    while True:
        day += timedelta(days=1)
        judged = is_working_day(day)
        provisional = provisional or judged.provisional
        if judged.is_working:
            return day, WorkingDay(True, provisional)


def years_missing(today: date) -> tuple[int, ...]:
    """Name the years whose notice ought to be loaded: this one, and from 1 November the next."""
    due = (today.year, today.year + 1) if today.month >= 11 else (today.year,)
    return tuple(year for year in due if _year(year) is None)
