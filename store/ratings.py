"""One rating a service."""

from uuid import UUID

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint, select

from hotline.ratings import Rating
from store.columns import Moment, identity, mappings, metadata, of_conversation
from store.encryption import Encrypted
from store.repository import Repository

ratings = Table(
    "ratings",
    metadata,
    identity(),
    of_conversation(),
    Column("service", String(16), nullable=False),
    Column("score", Integer, nullable=False),
    Column("comment", Encrypted("ratings.comment")),
    Column("rated_at", Moment, nullable=False, index=True),
    Column("idempotency_key", String(120), nullable=False),
    UniqueConstraint("conversation_id", "service"),
)
mappings.map_imperatively(Rating, ratings)


class Ratings(Repository[Rating]):
    """Fulfils `hotline.storage.Ratings`."""

    def for_service(self, conversation_id: UUID, service: str) -> Rating | None:
        """The rating of one service in a conversation."""
        c = ratings.c
        return self._session.scalar(select(Rating).where(c.conversation_id == conversation_id, c.service == service))

    def of_conversation(self, conversation_id: UUID) -> list[Rating]:
        """All ratings given in a talk, oldest first."""
        c = ratings.c
        return list(
            self._session.scalars(select(Rating).where(c.conversation_id == conversation_id).order_by(c.rated_at))
        )
