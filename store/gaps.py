"""The questions that met with no good answer; their words are encrypted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, String, Table, delete, select

from hotline.gaps import Gap, Lack
from store.columns import Moment, identity, mappings, metadata, of_conversation, word
from store.encryption import Encrypted
from store.repository import Repository

gaps = Table(
    "gaps",
    metadata,
    identity(),
    of_conversation(index=True),
    Column("question", Encrypted("gaps.question"), nullable=False),
    Column("lack", word(Lack), nullable=False),
    Column("topic", String(32)),
    Column("at", Moment, nullable=False, index=True),
)
mappings.map_imperatively(Gap, gaps)


class Gaps(Repository[Gap]):
    """Fulfils `hotline.storage.Gaps`."""

    def of_conversation(self, conversation_id: UUID) -> list[Gap]:
        """What was kept of one talk, in order."""
        wanted = select(Gap).where(gaps.c.conversation_id == conversation_id).order_by(gaps.c.at, gaps.c.id)
        return list(self._session.scalars(wanted))

    def since(self, at: datetime) -> list[Gap]:
        """All from a moment on, in order."""
        return list(self._session.scalars(select(Gap).where(gaps.c.at >= at).order_by(gaps.c.at, gaps.c.id)))

    def erase(self, conversation_id: UUID) -> None:
        """Delete what was kept of one talk."""
        self._session.execute(delete(gaps).where(gaps.c.conversation_id == conversation_id))
