"""Complaints and suggestions."""

from uuid import UUID

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, Uuid, select, text

from hotline.complaints import About, Complaint, ComplaintKind, ComplaintStatus
from hotline.errors import NotFound
from store.columns import Moment, identity, mappings, metadata, word
from store.encryption import BlindIndex, Encrypted
from store.repository import Repository

_live = text("status NOT IN ('closed', 'withdrawn', 'refused')")
complaints = Table(
    "complaints",
    metadata,
    identity(),
    Column("number", String(16), nullable=False, unique=True),
    Column("words", Encrypted("complaints.words"), nullable=False),
    Column("filed_at", Moment, nullable=False, index=True),
    Column("due_at", Moment, nullable=False),
    Column("idempotency_key", String(120), nullable=False, unique=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), index=True),
    Column("kind", word(ComplaintKind), nullable=False),
    Column("about", word(About), nullable=False),
    Column("region", String(6)),
    Column("against", Encrypted("complaints.against")),
    Column("happened_on", Date),
    Column("wish", Encrypted("complaints.wish")),
    Column("complainant_name", Encrypted("complaints.complainant_name")),
    Column("complainant_phone", Encrypted("complaints.complainant_phone")),
    Column("phone_index", BlindIndex("complainant_phone"), index=True),
    Column("status", word(ComplaintStatus), nullable=False),
    Column("handler_id", Uuid, ForeignKey("operators.id")),
    Column("transferred_to", String(100)),
    Column("answer", Encrypted("complaints.answer")),
    Column("answered_at", Moment),
    Column("closed_at", Moment),
    Index("ix_complaints_due", "due_at", sqlite_where=_live, postgresql_where=_live),
)
mappings.map_imperatively(Complaint, complaints)


class Complaints(Repository[Complaint]):
    """Fulfils `hotline.storage.Complaints`."""

    def by_key(self, idempotency_key: str) -> Complaint | None:
        """The complaint that this key already made."""
        return self._session.scalar(select(Complaint).where(complaints.c.idempotency_key == idempotency_key))

    def by_number(self, number: str) -> Complaint | None:
        """The complaint with this number."""
        return self._session.scalar(select(Complaint).where(complaints.c.number == number))

    def get_locked(self, complaint_id: UUID) -> Complaint:
        """The complaint, held until this unit of work ends.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Complaint, complaint_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound
        return found

    def live(self, limit: int) -> list[Complaint]:
        """What is not at its end, the one due first before all."""
        c = complaints.c
        return list(self._session.scalars(select(Complaint).where(_live).order_by(c.due_at, c.id).limit(limit)))

    def of_conversation(self, conversation_id: UUID) -> list[Complaint]:
        """What was filed in a talk, oldest first."""
        c = complaints.c
        found = select(Complaint).where(c.conversation_id == conversation_id).order_by(c.filed_at)
        return list(self._session.scalars(found))
