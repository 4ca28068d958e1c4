"""The talks, their lines and the quick replies that were issued."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from hotline.conversations import Button, Conversation, Event, Owner, Progress, Speaker
from hotline.errors import NotFound
from store.columns import Moment, identity, mappings, metadata, of_conversation, word
from store.encryption import Encrypted
from store.repository import Repository

conversations = Table(
    "conversations",
    metadata,
    identity(),
    Column("channel", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("opened_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("owner", word(Owner), nullable=False),
    Column("operator_id", Uuid, ForeignKey("operators.id")),
    Column("last_seq", Integer, nullable=False),
    Column("slots", Encrypted("conversations.slots"), nullable=False),
    Column("dialogue_session", Integer, nullable=False),
    Column("turns_in_session", Integer, nullable=False),
    Column("fallbacks_in_a_row", Integer, nullable=False),
)

events = Table(
    "events",
    metadata,
    of_conversation(primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("type", String(16), nullable=False),
    Column("speaker", word(Speaker), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("blocks", Encrypted("events.blocks"), nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("client_msg_id", String(64)),
    Column("progress", word(Progress), nullable=False),
    Column("claimed_at", Moment),
    Column("payload", String(500)),
    Column("understood", Encrypted("events.understood"), nullable=False),
    UniqueConstraint("conversation_id", "client_msg_id"),
    Index(
        "ix_events_unfinished",
        "progress",
        sqlite_where=text("progress <> 'done'"),
        postgresql_where=text("progress <> 'done'"),
    ),
)

buttons = Table(
    "buttons",
    metadata,
    Column("action_id", String(32), primary_key=True),
    of_conversation(index=True),
    Column("label", String(200), nullable=False),
    Column("payload", String(500), nullable=False),
)
mappings.map_imperatively(Conversation, conversations)
mappings.map_imperatively(Event, events)
mappings.map_imperatively(Button, buttons)


class Conversations(Repository[Conversation]):
    """Fulfils `hotline.storage.Conversations`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._locked: dict[UUID, Conversation] = {}  # kept, or the session would forget and read them again

    def get(self, conversation_id: UUID) -> Conversation:
        """The conversation.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Conversation, conversation_id)
        if found is None:
            raise NotFound
        return found

    def get_locked(self, conversation_id: UUID) -> Conversation:
        """The conversation, held as by `lock`.

        Raises:
            NotFound: no such id.
        """
        if conversation_id in self._locked:
            return self._locked[conversation_id]
        self._session.flush()
        found = self._session.get(Conversation, conversation_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound
        self._locked[conversation_id] = found
        return found

    def by_token(self, token_hash: str, lock: bool = False) -> Conversation | None:
        """The conversation that this token opens; locked, it is held as by `lock`."""
        query = select(Conversation).where(conversations.c.token_hash == token_hash)
        found = self._session.scalar(query.with_for_update() if lock else query)
        if found is not None and lock:
            self._locked[found.id] = found
        return found

    def lock(self, conversation: Conversation) -> None:
        """Wait until nobody else writes to this conversation, and see what they wrote; held until this work ends."""
        if conversation.id not in self._locked:
            self._session.flush()
            self._session.refresh(conversation, with_for_update=True)
            self._locked[conversation.id] = conversation

    def next_seq(self, conversation: Conversation) -> int:
        """The next line number. The row lock makes lines appear in the order of their numbers."""
        self.lock(conversation)
        conversation.last_seq += 1
        return conversation.last_seq


class Events(Repository[Event]):
    """Fulfils `hotline.storage.Events`."""

    def get(self, conversation_id: UUID, seq: int) -> Event:
        """One line.

        Raises:
            NotFound: no such line.
        """
        found = self._session.get(Event, (conversation_id, seq))
        if found is None:
            raise NotFound
        return found

    def by_client_msg_id(self, conversation_id: UUID, client_msg_id: str) -> Event | None:
        """The message that the client already sent under this id."""
        c = events.c
        return self._session.scalar(
            select(Event).where(c.conversation_id == conversation_id, c.client_msg_id == client_msg_id)
        )

    def count_from_citizen(self, conversation_id: UUID, since: datetime) -> int:
        """How many messages the citizen sent since then."""
        c = events.c
        return (
            self._session.scalar(
                select(func.count())
                .select_from(events)
                .where(c.conversation_id == conversation_id, c.speaker == Speaker.CITIZEN, c.created_at > since)
            )
            or 0
        )

    def after(self, conversation_id: UUID, seq: int) -> list[Event]:
        """The lines after `seq`, in order."""
        c = events.c
        return list(
            self._session.scalars(
                select(Event).where(c.conversation_id == conversation_id, c.seq > seq).order_by(c.seq)
            )
        )

    def latest(self, conversation_id: UUID, count: int) -> list[Event]:
        """The last lines, in order."""
        c = events.c
        newest = select(Event).where(c.conversation_id == conversation_id).order_by(c.seq.desc()).limit(count)
        return list(self._session.scalars(newest))[::-1]

    def claim_next(self, conversation_id: UUID, at: datetime) -> Event | None:
        """Take the oldest unanswered message, unless one is being answered: one turn at a time.

        The conversation must be locked; otherwise two could take a message each.
        """
        c = events.c
        unfinished = list(
            self._session.scalars(
                select(Event)
                .where(c.conversation_id == conversation_id, c.progress.in_([Progress.PENDING, Progress.RUNNING]))
                .order_by(c.seq)
            )
        )
        if not unfinished or any(event.progress is Progress.RUNNING for event in unfinished):
            return None
        unfinished[0].progress, unfinished[0].claimed_at = Progress.RUNNING, at
        return unfinished[0]

    def release_stale(self, before: datetime) -> list[UUID]:
        """Put back messages whose turn began before then and never ended (the process died); their conversations."""
        c = events.c
        stale = (c.progress == Progress.RUNNING) & (c.claimed_at < before)
        conversations = list(self._session.scalars(select(c.conversation_id).where(stale).distinct()))
        self._session.execute(update(events).where(stale).values(progress=Progress.PENDING, claimed_at=None))
        return conversations

    def waiting(self) -> list[UUID]:
        """Conversations with an unanswered message that nobody is answering."""
        c = events.c
        return list(self._session.scalars(select(c.conversation_id).where(c.progress == Progress.PENDING).distinct()))

    def erase(self, conversation_id: UUID) -> None:
        """Delete every line of the conversation."""
        self._session.execute(delete(events).where(events.c.conversation_id == conversation_id))


class Buttons(Repository[Button]):
    """Fulfils `hotline.storage.Buttons`."""

    def erase(self, conversation_id: UUID) -> None:
        """Delete the quick replies issued in the conversation."""
        self._session.execute(delete(buttons).where(buttons.c.conversation_id == conversation_id))

    def get(self, action_id: str) -> Button | None:
        """The issued button, if there was one."""
        return self._session.get(Button, action_id)
