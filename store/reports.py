"""What the reports count. Each count is one grouped statement over the days asked for."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Float, Text, case, cast, extract, func, select
from sqlalchemy.orm import Session

from hotline.application_states import ApplicationStatus
from hotline.clock import midnight
from hotline.reports import Deadlines, Figures
from hotline.work_orders import WorkOrderStatus
from store.applications import application_time_limits, applications
from store.complaints import complaints
from store.consultations import consultations
from store.handoffs import handoffs
from store.work_orders import work_orders

CITY_DIGITS = 4


class Reports:
    """Fulfils `hotline.storage.Reports`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def figures(self, first: date, last: date, at: datetime) -> Figures:
        """Everything about these days, as it stands now."""
        c = consultations.c
        here = c.day.between(first, last)
        total = self._session.execute(
            select(
                func.count(),
                func.count(c.operator_id),
                func.coalesce(func.sum(case((c.told_right_to_apply, 1), else_=0)), 0),
                func.count(c.locked_at),
                func.coalesce(func.sum(self._seconds(c.started_at, c.ended_at)), 0),
                func.avg(c.waited_seconds),
            ).where(here)
        ).one()
        return Figures(
            total=total[0],
            with_person=total[1],
            told_right_to_apply=int(total[2]),
            locked=total[3],
            seconds=int(total[4]),
            waited_seconds=float(total[5]) if total[5] is not None else None,
            channels=self._count(c.channel, here),
            outcomes=self._count(c.outcome, here, c.outcome.is_not(None)),
            dispositions=self._count(c.disposition, here),
            age_bands=self._count(c.age_band, here, c.age_band.is_not(None)),
            groups=self._groups(here),
            scores=self._count(c.score, here, c.score.is_not(None)),
            unanswered=self._unanswered(here),
            days=self._count(c.day, here),
            topics_by_city=self._topics_by_city(here),
            handoffs=self._count(handoffs.c.reason, _within(handoffs.c.requested_at, first, last)),
            complaints=self._count(complaints.c.status, _within(complaints.c.filed_at, first, last)),
            applications=self._count(
                applications.c.status,
                _within(applications.c.submitted_at, first, last),
                applications.c.status != ApplicationStatus.DRAFT,
            ),
            work_orders=self._deadlines(
                work_orders.c.kind,
                work_orders.c.due_at,
                work_orders.c.closed_at,
                _due(work_orders.c.due_at, first, last, at),
                work_orders.c.status != WorkOrderStatus.CANCELLED,
            ),
            application_limits=self._deadlines(
                application_time_limits.c.kind,
                application_time_limits.c.due_at,
                application_time_limits.c.met_at,
                _due(application_time_limits.c.due_at, first, last, at),
            ),
        )

    def topics(self, first: date, last: date) -> dict[str | None, int]:
        """How many asked about each topic."""
        return self._count(consultations.c.topic, consultations.c.day.between(first, last))

    def _count(self, column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> dict[Any, int]:
        counted = select(column, func.count()).where(*conditions).group_by(column)
        return {row[0]: row[1] for row in self._session.execute(counted)}

    def _groups(self, here: ColumnElement[bool]) -> dict[str | None, int]:
        """Each row names several groups; the combinations are few and counted first."""
        written = cast(consultations.c.groups, Text)
        found: dict[str | None, int] = {}
        for groups, count in self._session.execute(
            select(written, func.count()).where(here, written != "[]").group_by(written)
        ).all():
            for group in json.loads(groups):
                found[group] = found.get(group, 0) + count
        return found

    def _unanswered(self, here: ColumnElement[bool]) -> dict[str | None, int]:
        c = consultations.c
        counted = select(c.topic, func.sum(c.unanswered)).where(here, c.unanswered > 0).group_by(c.topic)
        return {topic: int(count) for topic, count in self._session.execute(counted).all()}

    def _topics_by_city(self, here: ColumnElement[bool]) -> dict[tuple[str | None, str | None], int]:
        c = consultations.c
        city = func.substr(c.region, 1, CITY_DIGITS)
        counted = select(c.topic, city, func.count()).where(here).group_by(c.topic, city)
        return {(topic, four): count for topic, four, count in self._session.execute(counted).all()}

    def _deadlines(
        self, kind: Column[Any], due: Column[Any], done: Column[Any], *conditions: ColumnElement[bool]
    ) -> Mapping[str, Deadlines]:
        in_time = func.sum(case((done < due, 1), else_=0))
        counted = select(kind, in_time, func.count()).where(*conditions).group_by(kind)
        return {
            str(word): Deadlines(int(kept), count - int(kept))
            for word, kept, count in self._session.execute(counted).all()
        }

    def _seconds(self, start: Column[Any], end: Column[Any]) -> ColumnElement[float]:
        if self._session.get_bind().dialect.name == "postgresql":
            return cast(extract("epoch", end - start), Float)
        return (func.julianday(end) - func.julianday(start)) * 86_400


def _within(column: Column[Any], first: date, last: date) -> ColumnElement[bool]:
    """From midnight in Shanghai before the first day to midnight after the last."""
    return (column >= midnight(first)) & (column < midnight(last + timedelta(days=1)))


def _due(column: Column[Any], first: date, last: date, at: datetime) -> ColumnElement[bool]:
    """Came due in the period and before now; what is due later is neither kept nor missed."""
    return (column >= midnight(first)) & (column < min(midnight(last + timedelta(days=1)), at))
