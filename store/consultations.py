"""The ledger: one row a conversation."""

from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, String, Table, select

from hotline.consultations import Consultation
from store.columns import Moment, identity, mappings, metadata, of_conversation
from store.repository import Repository

consultations = Table(
    "consultations",
    metadata,
    identity(),
    of_conversation(unique=True),
    Column("channel", String(16), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("topic", String(32)),
    Column("region", String(6)),
    Column("matter", String(8)),
    Column("outcome", String(16)),
    Column("disposition", String(16), nullable=False),
    Column("articles", JSON, nullable=False),
    Column("told_right_to_apply", Boolean, nullable=False),
    Column("claim_yuan", String(20)),
)
mappings.map_imperatively(Consultation, consultations)


class Consultations(Repository[Consultation]):
    """Fulfils `hotline.storage.Consultations`."""

    def for_conversation(self, conversation_id: UUID) -> Consultation | None:
        """The ledger row of this conversation."""
        return self._session.scalar(select(Consultation).where(consultations.c.conversation_id == conversation_id))
