"""One rating a service."""

from uuid import UUID

from sqlalchemy import Column, Integer, Table, select

from hotline.ratings import Rating
from store.columns import Moment, identity, mappings, metadata, of_conversation
from store.encryption import Encrypted
from store.repository import Repository

ratings = Table(
    "ratings",
    metadata,
    identity(),
    of_conversation(unique=True),
    Column("score", Integer, nullable=False),
    Column("comment", Encrypted("ratings.comment")),
    Column("rated_at", Moment, nullable=False),
)
mappings.map_imperatively(Rating, ratings)


class Ratings(Repository[Rating]):
    """Fulfils `hotline.storage.Ratings`."""

    def for_conversation(self, conversation_id: UUID) -> Rating | None:
        """The rating of this conversation."""
        return self._session.scalar(select(Rating).where(ratings.c.conversation_id == conversation_id))
