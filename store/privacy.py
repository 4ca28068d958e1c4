"""Consents, and who read what is masked."""

from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, String, Table, Uuid, select

from hotline.privacy import Consent, Disclosure
from store.columns import Moment, identity, mappings, metadata, of_conversation
from store.encryption import Encrypted
from store.repository import Repository

consents = Table(
    "consents",
    metadata,
    identity(),
    of_conversation(),
    Column("purpose", String(32), nullable=False),
    Column("notice_version", String(16), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Index("ix_consents_latest", "conversation_id", "purpose", "at"),
)
disclosures = Table(
    "disclosures",
    metadata,
    identity(),
    Column("at", Moment, nullable=False, index=True),
    Column("operator_id", Uuid, ForeignKey("operators.id"), nullable=False),
    Column("subject", String(64), nullable=False, index=True),
    Column("reason", String(32), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("note", Encrypted("disclosures.note")),
)
mappings.map_imperatively(Consent, consents)
mappings.map_imperatively(Disclosure, disclosures)


class Consents(Repository[Consent]):
    """Fulfils `hotline.storage.Consents`."""

    def latest(self, conversation_id: UUID, purpose: str) -> Consent | None:
        """The last word on a purpose."""
        c = consents.c
        said = select(Consent).where(c.conversation_id == conversation_id, c.purpose == purpose)
        return self._session.scalar(said.order_by(c.at.desc()).limit(1))

    def of_conversation(self, conversation_id: UUID) -> list[Consent]:
        """All that was said, oldest first."""
        c = consents.c
        said = select(Consent).where(c.conversation_id == conversation_id).order_by(c.at)
        return list(self._session.scalars(said))


class Disclosures(Repository[Disclosure]):
    """Fulfils `hotline.storage.Disclosures`."""

    def about(self, subject: str) -> list[Disclosure]:
        """Who read it, oldest first."""
        c = disclosures.c
        return list(self._session.scalars(select(Disclosure).where(c.subject == subject).order_by(c.at)))
