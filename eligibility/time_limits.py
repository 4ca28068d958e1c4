"""How long somebody still has: limitation and procedural periods as dated data, computed for a date or a stretch of dates.

Source: 《民法典》第二百条至第二百零三条 (how periods are counted); each period's own article stands in deadlines/periods.yaml.
"""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from eligibility.errors import EligibilityError, ParameterError
from eligibility.reading import read_parameters

SHIPPED = Path(__file__).parent / "deadlines" / "periods.yaml"
KEYS = {
    "name", "length", "unit", "events", "starts", "stops_while", "interruptible", "exceptions", "law", "article",
    "valid_to",
}  # fmt: skip
UNITS = ("day", "month", "year")
DayOff = Callable[[date], bool | None]  # None: the State Council has not announced that year yet


class UnknownPeriod(EligibilityError):
    """No such kind of period, or none in force on that day."""

    code = "unknown_period"
    sentence = "这类事的期限我没有资料，请马上问工作人员，不要等。"


class Certainty(StrEnum):
    """How far the date can be relied on."""

    EXACT = "exact"  # one start day, and every holiday known
    RANGE = "range"  # the start is only known as a stretch of days
    PROVISIONAL = "provisional"  # a holiday is not announced or not known here
    NOT_RUNNING = "not_running"  # the period has not begun
    NOT_KNOWN = "not_known"  # nobody has said when it began


@dataclass(frozen=True)
class Span:
    """When something happened: a day, or the first and last day it may have been (「去年三月」)."""

    first: date
    last: date

    @classmethod
    def day(cls, day: date) -> "Span":
        """Give a single day."""
        return cls(day, day)


@dataclass(frozen=True)
class Period:
    """One kind of period as the law has it on some days."""

    kind: str
    name: str
    length: int
    unit: Literal["day", "month", "year"]
    events: tuple[str, ...]
    starts: str
    stops_while: str | None
    interruptible: bool
    exceptions: str
    law: str
    article: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Deadline:
    """When a period ends.

    Attributes:
        due: the last day that is safe, the earliest one if the start is a stretch of days.
        latest_due: the last day if it began as late as it may have.
        days_left: from the day asked about to `due`; 0 on the last day, negative when past.
        warning: one Chinese sentence for the citizen.
    """

    period: Period
    due: date | None
    latest_due: date | None
    days_left: int | None
    certainty: Certainty
    warning: str


def deadline(kind: str, start_facts: Mapping[str, Span | bool], on: date, day_off: DayOff | None = None) -> Deadline:
    """Tell when a period ends and how many days are left.

    Args:
        kind: a key of deadlines/periods.yaml.
        start_facts: events with the days they happened on (`harm_known`), and conditions that hold (`still_employed`).
        on: the day asked about, in Asia/Shanghai.
        day_off: tells whether a day is a statutory day off; without it only weekends are minded.
    Raises:
        UnknownPeriod
    """
    period = _period_on(kind, on)
    if period.stops_while and start_facts.get(period.stops_while) is True:
        return Deadline(period, None, None, None, Certainty.NOT_RUNNING, f"{period.exceptions}。")
    spans = (start_facts.get(event) for event in period.events)
    start = next((span for span in spans if isinstance(span, Span)), None)
    if start is None:
        return Deadline(period, None, None, None, Certainty.NOT_KNOWN, _unknown_start(period))
    due, sure = _end(start.first, period, day_off)
    latest, sure_too = _end(start.last, period, day_off)
    left = (due - on).days
    certainty = Certainty.EXACT if sure and sure_too else Certainty.PROVISIONAL
    certainty = Certainty.RANGE if start.first != start.last else certainty
    return Deadline(period, due, latest, left, certainty, _warning(period, due, latest, on))


def _end(start: date, period: Period, day_off: DayOff | None) -> tuple[date, bool]:
    """Give the last day and whether it is certain (第二百零一条至第二百零三条: the first day does not count)."""
    end = start + timedelta(days=period.length) if period.unit == "day" else _same_day_later(start, period)
    sure = True
    while True:
        off = day_off(end) if day_off else None
        sure = sure and off is not None
        if not (end.weekday() >= 5 if off is None else off):
            return end, sure
        end += timedelta(days=1)


def _same_day_later(start: date, period: Period) -> date:
    """Give the matching day months or years later, or the month's last day where there is none."""
    months = period.length * (12 if period.unit == "year" else 1)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _warning(period: Period, due: date, latest: date, on: date) -> str:
    law = f"依据《{period.law}》{period.article}"
    if on > latest:
        hope = "但有些情况会重新计算" if period.interruptible else "但有特殊原因的也许还有办法"
        return f"按您说的日期，{period.name}可能已经过了，{hope}，请马上问律师（{law}）。"
    if on > due:
        return f"按您说的日期，{period.name}可能刚过、也可能还没过，请马上问律师，把准确日期找出来（{law}）。"
    if due != latest:
        return f"{period.name}最早{_chinese(due)}到期，最晚{_chinese(latest)}。请按最早的日子办（{law}）。"
    return f"{period.name}到{_chinese(due)}为止，请尽快办，不要等我们的回复（{law}）。"


def _unknown_start(period: Period) -> str:
    unit = {"day": "日", "month": "个月", "year": "年"}[period.unit]
    return f"{period.name}是{period.length}{unit}，从{period.starts}起算（依据《{period.law}》{period.article}）。"


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def kinds() -> tuple[str, ...]:
    """Give every kind of period there is."""
    return tuple(_periods())


def _period_on(kind: str, on: date) -> Period:
    for period in _periods().get(kind, ()):
        if period.valid_from <= on and (period.valid_to is None or on <= period.valid_to):
            return period
    raise UnknownPeriod(f"{kind}: nothing in force on {on}; add a dated line to eligibility/deadlines/periods.yaml")


@lru_cache(maxsize=1)
def _periods() -> Mapping[str, tuple[Period, ...]]:
    values = read_parameters(SHIPPED)["values"]
    return {kind: tuple(_period(kind, day, line) for day, line in lines.items()) for kind, lines in values.items()}


def _period(kind: str, day: date, line: dict[str, Any]) -> Period:
    if strangers := sorted(line.keys() - KEYS):
        raise ParameterError(f"periods.yaml: {kind}: unknown key {', '.join(strangers)}; correct or remove it")
    if line["unit"] not in UNITS or not isinstance(line["length"], int) or line["length"] < 1:
        raise ParameterError(f"periods.yaml: {kind}: write a whole length and a unit of {', '.join(UNITS)}")
    events = tuple(line["events"])
    rest = {"stops_while": None, "valid_to": None} | {k: v for k, v in line.items() if k != "events"}
    return Period(kind=kind, events=events, valid_from=day, **rest)
