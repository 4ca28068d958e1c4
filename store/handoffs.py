"""Requests for a person."""

from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, String, Table, Uuid, func, select, text

from hotline.errors import NotFound
from hotline.handoffs import URGENT_REASONS, Handoff, HandoffStatus
from store.columns import Moment, identity, mappings, metadata, of_conversation, word
from store.repository import Repository

_waiting = text("status <> 'closed'")
handoffs = Table(
    "handoffs",
    metadata,
    identity(),
    of_conversation(),
    Column("reason", String(32), nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("status", word(HandoffStatus), nullable=False),
    Column("operator_id", Uuid, ForeignKey("operators.id")),
    Column("accepted_at", Moment),
    Column("closed_at", Moment),
    Index("uq_handoffs_live", "conversation_id", unique=True, sqlite_where=_waiting, postgresql_where=_waiting),
)
mappings.map_imperatively(Handoff, handoffs)


class Handoffs(Repository[Handoff]):
    """Fulfils `hotline.storage.Handoffs`."""

    def get_locked(self, handoff_id: UUID) -> Handoff:
        """The request, held against a second operator until this unit of work ends.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Handoff, handoff_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound
        return found

    def live(self, conversation_id: UUID) -> Handoff | None:
        """The request of this conversation that is not over."""
        c = handoffs.c
        return self._session.scalar(
            select(Handoff).where(c.conversation_id == conversation_id, c.status != HandoffStatus.CLOSED)
        )

    def open(self) -> list[Handoff]:
        """All that are not over: danger first, then the longest wait."""
        c = handoffs.c
        rows = self._session.scalars(select(Handoff).where(c.status != HandoffStatus.CLOSED).order_by(c.requested_at))
        return sorted(rows, key=lambda handoff: not handoff.urgent)

    def ahead_of(self, handoff: Handoff) -> int:
        """How many wait in front of this one, in the order of `open`."""
        c = handoffs.c
        earlier, urgent = c.requested_at < handoff.requested_at, c.reason.in_(URGENT_REASONS)
        in_front = earlier & urgent if handoff.urgent else earlier | urgent
        return (
            self._session.scalar(
                select(func.count())
                .select_from(handoffs)
                .where(c.status == HandoffStatus.WAITING, c.id != handoff.id, in_front)
            )
            or 0
        )
