"""Finds what has been kept long enough, and deletes it; what exactly stands in hotline/retention.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from store.applications import application_steps, application_time_limits, applications
from store.appointments import appointments
from store.complaints import complaints
from store.consultations import consultations
from store.conversations import buttons, conversations, events
from store.encryption import seal
from store.gaps import gaps
from store.idempotency import answered_requests
from store.operators import operator_sessions
from store.outbox import outbox
from store.privacy import consents, disclosures
from store.proofs import proofs
from store.ratings import ratings
from store.work_orders import work_orders


@dataclass(frozen=True)
class Store:
    """Where something is kept, since when it counts, and which of its columns go; none: the whole row goes."""

    table: Table
    counts_from: ColumnElement[Any]
    emptied: tuple[str, ...] = ()

    def too_old(self, before: datetime) -> ColumnElement[bool]:
        """Rows that are due and still have something to lose."""
        left = [self.table.c[name].is_not(None) for name in self.emptied]
        due = self.counts_from < before
        return due & or_(*left) if left else due


STORES: Mapping[str, Store] = {
    "ledger_identity": Store(
        consultations,
        consultations.c.ended_at,
        ("citizen_name", "citizen_phone", "phone_index", "opponent", "opponent_index", "summary", "remarks"),
    ),
    "work_order_contacts": Store(work_orders, work_orders.c.closed_at, ("phone", "note", "result_note")),
    "appointment_contacts": Store(appointments, appointments.c.starts_at, ("contact",)),
    "rating_comments": Store(ratings, ratings.c.rated_at, ("comment",)),
    "gaps": Store(gaps, gaps.c.at),
    "consents": Store(consents, consents.c.at),
    "disclosures": Store(disclosures, disclosures.c.at),
    "operator_sessions": Store(operator_sessions, operator_sessions.c.expires_at),
    "answered_requests": Store(answered_requests, answered_requests.c.answered_at),
    "complaints": Store(complaints, complaints.c.closed_at),
}


class Retention:
    """Fulfils `hotline.storage.Retention`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def due(self, what: str, before: datetime) -> int:
        """How many rows are too old."""
        if what == "conversation_words":
            counted = select(func.count()).select_from(conversations).where(_spoken(before))
        elif what == "application_drafts":
            counted = select(func.count()).select_from(applications).where(_never_sent(before))
        else:
            store = STORES[what]
            counted = select(func.count()).select_from(store.table).where(store.too_old(before))
        return self._session.scalar(counted) or 0

    def erase(self, what: str, before: datetime, limit: int) -> int:
        """Delete at most so many of them; how many."""
        if what == "conversation_words":
            return self._erase_words(before, limit)
        if what == "application_drafts":
            return self._erase_drafts(before, limit)
        store = STORES[what]
        key = list(store.table.primary_key.columns)
        rows = self._session.execute(select(*key).where(store.too_old(before)).limit(limit)).all()
        these = tuple_(*key).in_([tuple(row) for row in rows])
        act = update(store.table).values(dict.fromkeys(store.emptied)) if store.emptied else delete(store.table)
        self._session.execute(act.where(these))
        return len(rows)

    def _erase_words(self, before: datetime, limit: int) -> int:
        found = list(self._session.scalars(select(conversations.c.id).where(_spoken(before)).limit(limit)))
        for table in (events, buttons, outbox):
            self._session.execute(delete(table).where(table.c.conversation_id.in_(found)))
        for conversation_id in found:
            self._session.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(slots=_nothing_known(conversation_id))
            )
        return len(found)

    def _erase_drafts(self, before: datetime, limit: int) -> int:
        """With their history and clocks; what was uploaded for them goes the way of uploads without an application."""
        found = list(self._session.scalars(select(applications.c.id).where(_never_sent(before)).limit(limit)))
        for table in (application_steps, application_time_limits):
            self._session.execute(delete(table).where(table.c.application_id.in_(found)))
        self._session.execute(update(proofs).where(proofs.c.application_id.in_(found)).values(application_id=None))
        self._session.execute(delete(applications).where(applications.c.id.in_(found)))
        return len(found)


def _never_sent(before: datetime) -> ColumnElement[bool]:
    """Drafts that nobody sent. One that a detained person asked to have passed on stays while that clock runs."""
    c, limits = applications.c, application_time_limits.c
    running = select(limits.id).where(limits.application_id == c.id, limits.met_at.is_(None)).exists()
    return c.submitted_at.is_(None) & (c.drafted_at < before) & ~running


def _spoken(before: datetime) -> ColumnElement[bool]:
    """Talks that are over for long enough and of which words are left."""
    of_it = select(events.c.seq).where(events.c.conversation_id == conversations.c.id).exists()
    return (conversations.c.expires_at < before) & of_it


def _nothing_known(conversation_id: UUID) -> bytes:
    return seal("conversations.slots", str(conversation_id), {})
