"""Complaints about the service or a legal-aid provider."""

from sqlalchemy import Column, String, Table, select

from hotline.complaints import Complaint
from store.columns import Moment, identity, mappings, metadata, of_conversation
from store.encryption import Encrypted
from store.repository import Repository

complaints = Table(
    "complaints",
    metadata,
    identity(),
    Column("number", String(16), nullable=False, unique=True),
    of_conversation(index=True),
    Column("words", Encrypted("complaints.words"), nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("idempotency_key", String(120), nullable=False, unique=True),
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
