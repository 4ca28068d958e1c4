"""When a station is open, read from what its notice says: 工作日 9:00-12:00、14:30-17:30；周六 9:00-11:30.

There are no national hours; many places keep others in summer, so a part may begin with the days of the year for which
it holds: 5月1日至9月30日 工作日 8:30-12:00、15:00-18:00；10月1日至4月30日 ….
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from hotline import working_days
from hotline.clock import SHANGHAI, WEEKDAYS, in_words, local

LOOK_AHEAD = 60
"""Days in which the next opening is looked for; the longest holiday is eight."""
EXAMPLE = "工作日 9:00-12:00、14:30-17:30；周六 9:00-11:30"

_SEASON = re.compile(r"(\d{1,2})月(\d{1,2})日(?:至|到|-)(\d{1,2})月(\d{1,2})日")
_DAYS = re.compile(
    r"工作日|每天|(?:周[一二三四五六日]至周[一二三四五六日])|(?:周[一二三四五六日](?:、周[一二三四五六日])*)"
)
_TIMES = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


class HoursUnreadable(ValueError):
    """The text does not say clearly when the door is open."""


@dataclass(frozen=True)
class Rule:
    """One part of the notice. Weekdays count from Monday = 0; None means working days of the State Council's calendar."""

    season: tuple[tuple[int, int], tuple[int, int]] | None
    weekdays: frozenset[int] | None
    every_day: bool
    sessions: tuple[tuple[time, time], ...]

    def holds_on(self, day: date) -> bool:
        """Whether the door is open at all on this day. Only 每天 means holidays too."""
        if self.season is not None:
            first, last = self.season
            today = (day.month, day.day)
            inside = first <= today <= last if first <= last else today >= first or today <= last
            if not inside:
                return False
        if self.every_day:
            return True
        if self.weekdays is None:
            return working_days.is_working_day(day).is_working
        return day.weekday() in self.weekdays and not working_days.is_holiday(day)


@dataclass(frozen=True)
class OpeningHours:
    """The rules of one station."""

    rules: tuple[Rule, ...]

    def sessions_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """When it opens and closes on a day, in the order of time."""
        found = {session for rule in self.rules if rule.holds_on(day) for session in rule.sessions}
        for opens, closes in sorted(found):
            yield datetime.combine(day, opens, SHANGHAI), datetime.combine(day, closes, SHANGHAI)


@dataclass(frozen=True)
class Opening:
    """Whether a door is open; then until when, else when it opens next."""

    open_now: bool
    until: datetime | None = None
    next: datetime | None = None

    @property
    def words(self) -> str:
        """现在开着，今天到17:00；现在不开，下次……"""
        if self.until is not None:
            return f"现在开着，到{local(self.until):%H:%M}"
        return f"现在不开，下次{in_words(self.next)}" if self.next is not None else "现在不开"


@lru_cache(maxsize=4096)
def parse(text: str) -> OpeningHours:
    """Read a notice.

    Raises:
        HoursUnreadable: says which part, and shows an example.
    """
    rules = tuple(_rule(part) for part in re.split(r"[；;]", _tidy(text)) if part.strip())
    if not rules:
        raise HoursUnreadable(f"开放时间是空的；请写成「{EXAMPLE}」")
    return OpeningHours(rules)


def opening(sessions: Iterator[tuple[datetime, datetime]], at: datetime) -> Opening:
    """Open now or when next, from sessions in the order of time."""
    for opens, closes in sessions:
        if opens <= at < closes:
            return Opening(True, until=closes)
        if at < opens:
            return Opening(False, next=opens)
    return Opening(False)


def sessions_from(hours: OpeningHours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """All sessions from a day on."""
    for ahead in range(LOOK_AHEAD):
        yield from hours.sessions_on(local(at).date() + timedelta(days=ahead))


def read_times(text: str) -> tuple[tuple[time, time], ...]:
    """9:00-12:00、14:30-17:30

    Raises:
        HoursUnreadable
    """
    found = []
    for part in re.split(r"[、,，\s]+", _tidy(text)):
        match = _TIMES.fullmatch(part)
        if match is None:
            raise HoursUnreadable(f"「{part}」看不懂；时间请写成 9:00-12:00")
        try:
            opens, closes = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
        except ValueError:
            raise HoursUnreadable(f"「{part}」不是钟点；时间请写成 9:00-12:00") from None
        if closes <= opens:
            raise HoursUnreadable(f"「{part}」结束不晚于开始；时间请写成 9:00-12:00")
        found.append((opens, closes))
    return tuple(found)


def _rule(part: str) -> Rule:
    rest, season = part.strip(), None
    if found := _SEASON.match(rest):
        numbers = tuple(map(int, found.groups()))
        season = ((numbers[0], numbers[1]), (numbers[2], numbers[3]))
        rest = rest[found.end() :].strip()
    days = _DAYS.match(rest)
    if days is None:
        raise HoursUnreadable(f"「{part.strip()}」没有说哪几天；请写成「{EXAMPLE}」")
    return Rule(season, _weekdays(days[0]), days[0] == "每天", read_times(rest[days.end() :].strip()))


def _weekdays(words: str) -> frozenset[int] | None:
    named = [WEEKDAYS.index(one) for one in re.findall(r"周(.)", words)]
    if not named:
        return None
    return frozenset(range(named[0], named[1] + 1)) if "至" in words else frozenset(named)


def _tidy(text: str) -> str:
    """Full-width signs, long dashes and 星期 as people type them."""
    plain = text.replace("星期", "周").replace("周天", "周日").replace("：", ":")
    return re.sub(r"[-－—–~～]+", "-", plain).strip()
