"""How long somebody still has: limitation and procedural periods as dated data, computed for a date or a stretch of dates.

Source: 《民法典》第二百条至第二百零三条 (how periods are counted); each period's own article stands in deadlines/periods.yaml.
"""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from eligibility.errors import EligibilityError, ParameterError
from eligibility.reading import day_of, only_keys, read_parameters

SHIPPED = Path(__file__).parent / "deadlines" / "periods.yaml"
UNITS = {"hour": "小时", "day": "日", "working_day": "个工作日", "month": "个月", "year": "年"}
MEANINGS = ("act_before", "answer_due", "wait_until")
DayOff = Callable[[date], bool | None]  # None: the State Council's notice for that year is not at hand


class UnknownPeriod(EligibilityError):
    """No such kind of period, or none in force on that day."""

    code = "unknown_period"
    sentence = "这类事的期限我没有资料，请马上问工作人员，不要等。"


class Certainty(StrEnum):
    """How far the date can be relied on."""

    EXACT = "exact"  # one start day, and every holiday known
    RANGE = "range"  # the start is only known as a stretch of days
    PROVISIONAL = "provisional"  # 待国务院通知确认: the holidays of that year are not known
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
    """One kind of period as the law has it on some days.

    Attributes:
        means: the citizen must act before it ends, somebody owes an answer before it ends, or it has to pass first.
        events: what it begins with; of several the first that has a date counts.
        stops_while: a condition under which it has not begun.
        moves_past_holidays: whether a last day that is a day off moves on.
        interrupted_by: what makes it begin anew or stand still, in Chinese; None where it is simply over.
        matters: the matters whose applicants should be told of it.
    """

    kind: str
    name: str
    length: int
    unit: Literal["hour", "day", "working_day", "month", "year"]
    events: tuple[str, ...]
    starts: str
    exceptions: str
    law: str
    article: str
    valid_from: date
    valid_to: date | None = None
    means: Literal["act_before", "answer_due", "wait_until"] = "act_before"
    stops_while: str | None = None
    moves_past_holidays: bool = True
    interrupted_by: str | None = None
    matters: tuple[str, ...] = ()

    @property
    def basis(self) -> str:
        """Cite the article."""
        return f"《{self.law}》{self.article}"

    @property
    def rule(self) -> str:
        """Say how long it is, from when, and what is otherwise, in one Chinese sentence."""
        return f"{self.name}：{self.length}{UNITS[self.unit]}，从{self.starts}起算；{self.exceptions}（{self.basis}）。"


@dataclass(frozen=True)
class Deadline:
    """When a period ends.

    Attributes:
        due: the last day that is safe: the earliest one if the start or a holiday is uncertain.
        latest_due: the last day if everything turns out for the best.
        days_left: from the day asked about to `due`; 0 on the last day, negative when past.
        warning: what to tell the citizen, in Chinese.
    """

    period: Period
    due: date | None
    latest_due: date | None
    days_left: int | None
    certainty: Certainty
    warning: str

    @property
    def days_to_limitation(self) -> int | None:
        """Give the days left as a fact of eligibility (第四十四条).

        A period that may have ended or not, the start being uncertain, counts as ending today: help must not come too
        late because somebody remembers no more than a month.
        """
        if self.days_left is None or self.due is None or self.latest_due is None:
            return None
        perhaps_open = self.days_left < 0 <= self.days_left + (self.latest_due - self.due).days
        return 0 if perhaps_open else self.days_left


def deadline(kind: str, start_facts: Mapping[str, Span | bool], on: date, day_off: DayOff) -> Deadline:
    """Tell when a period ends and how many days are left.

    Args:
        kind: a key of deadlines/periods.yaml.
        start_facts: events with the days they happened on (`harm_known`), and conditions that hold (`still_employed`).
        on: the day asked about, in Asia/Shanghai.
        day_off: tells whether a day is a statutory day off, None where that year's notice is not known.
    Raises:
        UnknownPeriod
    """
    period = _period_on(kind, on)
    if period.stops_while and start_facts.get(period.stops_while) is True:
        return Deadline(period, None, None, None, Certainty.NOT_RUNNING, f"{period.exceptions}（{period.basis}）。")
    spans = (start_facts.get(event) for event in period.events)
    start = next((span for span in spans if isinstance(span, Span)), None)
    if start is None:
        return Deadline(period, None, None, None, Certainty.NOT_KNOWN, period.rule)
    due, _, sure_first = _last_day(start.first, period, day_off)
    _, latest, sure_last = _last_day(start.last, period, day_off)
    sure = sure_first and sure_last
    certainty = Certainty.EXACT if sure else Certainty.PROVISIONAL
    certainty = Certainty.RANGE if start.first != start.last else certainty
    return Deadline(period, due, latest, (due - on).days, certainty, _warning(period, due, latest, sure, on))


@lru_cache(maxsize=512)
def periods_of_matter(matter: str, on: date) -> tuple[Period, ...]:
    """Give the periods that an applicant in a matter should mind on a day."""
    return tuple(line for line in every_period() if matter in line.matters and _in_force(line, on))


def kinds() -> tuple[str, ...]:
    """Give every kind of period there is."""
    return tuple(_periods())


def every_period() -> tuple[Period, ...]:
    """Give every line of every kind.

    Raises:
        ParameterError: the file is wrong; the message names the key and the remedy.
    """
    return tuple(line for lines in _periods().values() for line in lines)


def lines_of(kind: str) -> tuple[Period, ...]:
    """Give a period as it has been over time, the oldest first."""
    return _periods()[kind]


def _last_day(start: date, period: Period, day_off: DayOff) -> tuple[date, date, bool]:
    """Give the last safe day, the last day if holidays help, and whether the two are sure (第二百零一条至第二百零三条).

    The first day does not count. A day off moves the last day on, but only one that is known for certain may be
    relied on.
    """
    end, sure = _counted(start, period, day_off)
    if not period.moves_past_holidays or period.unit == "hour":
        return end, end, sure
    moved = end
    while (off := day_off(moved)) or (off is None and moved.weekday() >= 5):
        sure = sure and off is not None
        moved += timedelta(days=1)
    sure = sure and day_off(moved) is not None
    return (moved if sure else end), moved, sure


def _counted(start: date, period: Period, day_off: DayOff) -> tuple[date, bool]:
    """Count the period from the day after its start, and tell whether every day on the way is known."""
    if period.unit == "working_day":
        return _working_days_later(start, period.length, day_off)
    if period.unit == "hour":  # the hour is not known, so the last of them falls on this day at the latest
        return start + timedelta(hours=period.length), True
    if period.unit == "day":
        return start + timedelta(days=period.length), True
    return _same_day_later(start, period.length * (12 if period.unit == "year" else 1)), True


def _working_days_later(start: date, length: int, day_off: DayOff) -> tuple[date, bool]:
    day, sure = start, True
    while length:
        day += timedelta(days=1)
        off = day_off(day)
        sure = sure and off is not None
        length -= not (day.weekday() >= 5 if off is None else off)
    return day, sure


def _same_day_later(start: date, months: int) -> date:
    """Give the matching day months later, or the month's last day where there is none."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _warning(period: Period, due: date, latest: date, sure: bool, on: date) -> str:
    words = {"act_before": _act_before, "answer_due": _answer_due, "wait_until": _wait_until}[period.means]
    not_announced = "" if sure or latest < on else f"{latest.year}年的放假安排待国务院通知确认。"
    return f"按您说的日期算，{words(period, due, latest, on)}{not_announced}{period.exceptions}（{period.basis}）。"


def _act_before(period: Period, due: date, latest: date, on: date) -> str:
    if on > latest:
        hope = f"不过，{period.interrupted_by}。" if period.interrupted_by else "有特殊原因的，也许还有办法。"
        return f"{period.name}到{_chinese(latest)}，可能已经过了。{hope}请马上问律师，先不要放弃。"
    if on > due:
        stretch = f"（{_chinese(due)}到{_chinese(latest)}之间到期）"
        return f"{period.name}可能刚过，也可能还没过{stretch}。请今天就问律师，把准确日期找出来。"
    if due != latest:
        return f"{period.name}最早{_chinese(due)}到期，最晚{_chinese(latest)}。请按最早的日子办，不要等我们的回复。"
    left = f"还有{(due - on).days}天" if due > on else "今天是最后一天"
    return f"{period.name}到{_chinese(due)}为止，{left}。请尽快办，不要等我们的回复。"


def _answer_due(period: Period, due: date, latest: date, on: date) -> str:
    if on > latest:
        return f"{period.name}，{_chinese(latest)}以前就应当办好。现在还没有结果的，可以去催，也可以问律师。"
    return f"{period.name}，最晚应当在{_chinese(latest)}以前。到时没有结果的，可以去催，也可以问律师。"


def _wait_until(period: Period, due: date, latest: date, on: date) -> str:
    return f"{period.name}，{_chinese(latest)}{'已经满了' if on > latest else '才满'}。"


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _period_on(kind: str, on: date) -> Period:
    for period in _periods().get(kind, ()):
        if _in_force(period, on):
            return period
    raise UnknownPeriod(f"{kind}: nothing in force on {on}; add a dated line to eligibility/deadlines/periods.yaml")


def _in_force(period: Period, on: date) -> bool:
    return period.valid_from <= on and (period.valid_to is None or on <= period.valid_to)


@lru_cache(maxsize=1)
def _periods() -> Mapping[str, tuple[Period, ...]]:
    return read_periods(SHIPPED)


def read_periods(path: Path) -> Mapping[str, tuple[Period, ...]]:
    """Read a file of periods.

    Raises:
        ParameterError: naming file, key and remedy.
    """
    periods = {}
    for kind, lines in read_parameters(path)["values"].items():
        dated = sorted((_period(kind, day, line) for day, line in lines.items()), key=lambda one: one.valid_from)
        for older, newer in pairwise(dated):
            if older.valid_to is None or older.valid_to >= newer.valid_from:
                raise ParameterError(
                    f"periods.yaml: {kind}: give the line before {newer.valid_from} an earlier valid_to"
                )
        periods[kind] = tuple(dated)
    return periods


def _period(kind: str, day: Any, line: Any) -> Period:
    only_keys("periods.yaml", kind, line, set(Period.__dataclass_fields__) - {"kind", "valid_from"})
    try:
        lists = {"events": tuple(line["events"]), "matters": tuple(line.get("matters", ()))}
        period = Period(kind=kind, valid_from=day_of("periods.yaml", kind, day), **{**line, **lists})
    except (KeyError, TypeError) as error:
        raise ParameterError(f"periods.yaml: {kind}: {error}; write every key the other lines have") from error
    if period.unit not in UNITS or not isinstance(period.length, int) or period.length < 1:
        raise ParameterError(f"periods.yaml: {kind}: write a whole length and a unit of {', '.join(UNITS)}")
    if period.means not in MEANINGS:
        raise ParameterError(f"periods.yaml: {kind}: means {period.means!r} is not one of {', '.join(MEANINGS)}")
    return period
