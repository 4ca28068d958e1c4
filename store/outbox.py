"""What is to be said later."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Column, Index, Integer, String, Table, delete, select, text

from hotline.errors import NotFound
from hotline.outbox import OutboxMessage, OutboxStatus
from store.columns import Moment, identity, mappings, metadata, of_conversation, word
from store.encryption import Encrypted
from store.repository import Repository

_waiting = text("status = 'waiting'")
outbox = Table(
    "outbox",
    metadata,
    identity(),
    of_conversation(index=True),
    Column("kind", String(32), nullable=False),
    Column("about", String(64), nullable=False, index=True),
    Column("key", String(120), nullable=False, unique=True),
    Column("due_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("blocks", Encrypted("outbox.blocks"), nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("status", word(OutboxStatus), nullable=False),
    Column("error", String(64)),
    Column("settled_at", Moment),
    Index("ix_outbox_due", "due_at", sqlite_where=_waiting, postgresql_where=_waiting),
)
mappings.map_imperatively(OutboxMessage, outbox)


class Outbox(Repository[OutboxMessage]):
    """Fulfils `hotline.storage.Outbox`."""

    def get(self, message_id: UUID) -> OutboxMessage:
        """The message.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(OutboxMessage, message_id, with_for_update=True)
        if found is None:
            raise NotFound
        return found

    def posted(self, key: str) -> bool:
        """Whether this key has been posted."""
        return self._session.scalar(select(outbox.c.key).where(outbox.c.key == key)) is not None

    def waiting_about(self, about: str, kind: str) -> list[OutboxMessage]:
        """What has not been said about something, held until this unit of work ends."""
        c = outbox.c
        wanted = (c.about == about, c.kind == kind, c.status == OutboxStatus.WAITING)
        return list(self._session.scalars(select(OutboxMessage).where(*wanted).with_for_update()))

    def claim_due(self, at: datetime) -> OutboxMessage | None:
        """The message longest due that no other worker holds."""
        c = outbox.c
        due = select(OutboxMessage).where(text("status = 'waiting'"), c.due_at <= at)
        return self._session.scalar(due.order_by(c.due_at, c.id).limit(1).with_for_update(skip_locked=True))

    def dead(self, limit: int) -> list[OutboxMessage]:
        """The newest messages that could not be delivered."""
        c = outbox.c
        found = select(OutboxMessage).where(c.status == OutboxStatus.DEAD).order_by(c.settled_at.desc()).limit(limit)
        return list(self._session.scalars(found))

    def erase(self, conversation_id: UUID) -> None:
        """Delete all that was and was to be said to somebody who wants to be forgotten."""
        self._session.execute(delete(outbox).where(outbox.c.conversation_id == conversation_id))
