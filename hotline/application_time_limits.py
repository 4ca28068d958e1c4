"""The clocks that run on an application: when each began, when it ends, on what article, and who is told.

A clock is started and met by the acts of `hotline.application_review`; `sweep` looks for those about to end and those
that have. Counting: 《民法典》第二百零一条、第二百零三条.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import yaml

from hotline.clock import SHANGHAI, local
from hotline.working_days import is_working_day, next_working_day

FILE = Path(__file__).parent / "application_time_limits.yaml"


class LimitKind(StrEnum):
    """A key of application_time_limits.yaml."""

    DECISION = "decision"
    ASSIGNMENT = "assignment"
    AGREEMENT = "agreement"
    OBJECTION_REVIEW = "objection_review"
    SUPPLEMENT = "supplement"
    FAST_LANE = "fast_lane"
    NOTICE = "notice"
    FORWARDING = "forwarding"


@dataclass(frozen=True)
class LimitRule:
    """A time limit as it stands in the law, or in a promise of service, from some day on."""

    kind: LimitKind
    name: str
    length: int | None
    """Natural days, or hours; None: the agency sets the day."""
    unit: str
    starts: str
    warn_hours: int
    promise: bool
    law: str
    article: str
    valid_from: date
    closes: str | None = None
    regions: tuple[str, ...] = ()

    @property
    def basis(self) -> str:
        """《法律援助法》第四十三条第一款"""
        return f"{self.law}{self.article}" if self.law.endswith("》") else f"《{self.law}》{self.article}"


@dataclass(eq=False)
class TimeLimit:
    """One clock of one application. `due_at` is the first moment that is too late."""

    application_id: UUID
    kind: LimitKind
    started_at: datetime
    due_at: datetime
    warn_at: datetime
    met_at: datetime | None = None
    """When what it waits for was done, or the reason for it ended."""
    warned_at: datetime | None = None
    escalated_at: datetime | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def due_on(self) -> date:
        """The last day."""
        return local(self.due_at - timedelta(microseconds=1)).date()

    @property
    def rule(self) -> LimitRule:
        """What it rests on."""
        return rule_on(self.kind, local(self.started_at).date())

    def to_tell(self, at: datetime) -> bool:
        """Whether it is near its end and nobody was warned, or past it and nobody was alarmed."""
        near, past = at >= self.warn_at and self.warned_at is None, at >= self.due_at and self.escalated_at is None
        return self.met_at is None and (near or past)

    def overdue(self, at: datetime) -> bool:
        """Whether the last day has passed and nothing was done."""
        return self.met_at is None and at >= self.due_at


def rule_on(kind: LimitKind, day: date) -> LimitRule:
    """The rule in force on a day.

    Raises:
        LookupError: none was; add a dated line to application_time_limits.yaml.
    """
    found = [rule for rule in _rules()[kind] if rule.valid_from <= day]
    if not found:
        raise LookupError(f"{kind}: nothing in force on {day}; add a dated line to {FILE.name}")
    return max(found, key=lambda rule: rule.valid_from)


def start(application_id: UUID, kind: LimitKind, at: datetime, last_day: date | None = None) -> TimeLimit:
    """A clock that begins now.

    Args:
        last_day: as the agency set it, for a limit without a length of its own.
    """
    rule = rule_on(kind, local(at).date())
    due_at = _midnight_after(last_day) if last_day else due_after(rule, at)
    warn_at = max(at, due_at - timedelta(hours=rule.warn_hours))
    return TimeLimit(application_id, kind, at, due_at, warn_at)


def due_after(rule: LimitRule, at: datetime) -> datetime:
    """The first moment after the limit."""
    day = local(at).date()
    if rule.unit == "closing":
        return _closing(rule, at)
    if rule.length is None:
        raise LookupError(f"{rule.kind}: the agency sets the day")
    if rule.unit == "hour":
        return at + timedelta(hours=rule.length)
    last = day + timedelta(days=rule.length)
    if not is_working_day(last).is_working:
        last = next_working_day(last)[0]
    return _midnight_after(last)


def last_day(kind: LimitKind, at: datetime) -> date:
    """The last day of a limit that begins at this moment."""
    return local(due_after(rule_on(kind, local(at).date()), at) - timedelta(microseconds=1)).date()


def _closing(rule: LimitRule, at: datetime) -> datetime:
    """Today's closing time, or the next working day's for what comes on a day off or in the evening."""
    there = local(at)
    closes = time.fromisoformat(str(rule.closes))
    day = there.date()
    if not is_working_day(day).is_working or there.time() >= closes:
        day = next_working_day(day)[0]
    return datetime.combine(day, closes, SHANGHAI)


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


@cache
def _rules() -> Mapping[LimitKind, tuple[LimitRule, ...]]:
    values: dict[str, dict[date, dict[str, Any]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["values"]
    return {
        LimitKind(kind): tuple(
            LimitRule(LimitKind(kind), valid_from=day, **{**line, "regions": tuple(line.get("regions") or ())})
            for day, line in lines.items()
        )
        for kind, lines in values.items()
    }
