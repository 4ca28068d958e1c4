"""Conversations: who speaks now, what was said, and what the dialogue server must be told after a restart."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from hotline.errors import ButtonUnknown, SessionInvalid, TooManyMessages
from hotline.storage import UnitOfWork

TURNS_PER_DIALOGUE_SESSION = 8
"""Rasa's cost per turn grows with the length of its session, so a new one is opened before it is felt."""


class Owner(StrEnum):
    """Who answers the citizen: `bot → queued → operator → bot | closed`."""

    BOT = "bot"
    QUEUED = "queued"
    OPERATOR = "operator"
    CLOSED = "closed"


class Speaker(StrEnum):
    """Whose words an event carries."""

    BOT = "bot"
    OPERATOR = "operator"
    SYSTEM = "system"
    CITIZEN = "citizen"


class Progress(StrEnum):
    """How far a citizen's message has come; every other event is DONE from the start."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(eq=False)
class Conversation:
    """One citizen's talk on one channel. The slots are what the dialogue server knew after the last finished turn."""

    channel: str
    token_hash: str
    opened_at: datetime
    expires_at: datetime
    id: UUID = field(default_factory=uuid4)
    owner: Owner = Owner.BOT
    operator_id: UUID | None = None
    last_seq: int = 0
    slots: dict[str, Any] = field(default_factory=dict)
    dialogue_session: int = 1
    turns_in_session: int = 0
    fallbacks_in_a_row: int = 0

    @property
    def dialogue_sender(self) -> str:
        """The name under which Rasa knows this stretch of the conversation; never a citizen's identity."""
        return f"{self.id}.{self.dialogue_session}"

    def finish_turn(self, slots: dict[str, Any], fallback: bool) -> None:
        """Keep what the dialogue server knows now; start it afresh before its history grows expensive."""
        self.slots = slots
        self.turns_in_session += 1
        self.fallbacks_in_a_row = self.fallbacks_in_a_row + 1 if fallback else 0
        if self.turns_in_session >= TURNS_PER_DIALOGUE_SESSION:
            self.restart_dialogue()

    def restart_dialogue(self) -> None:
        """Make the next turn open a new Rasa session, which restores the slots kept here."""
        self.dialogue_session += 1
        self.turns_in_session = 0


@dataclass(eq=False)
class Event:
    """One line of the conversation, numbered from 1 within it."""

    conversation_id: UUID
    seq: int
    type: str
    speaker: Speaker
    created_at: datetime
    blocks: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    """What the citizen sees: `action_id` and `label`."""
    client_msg_id: str | None = None
    progress: Progress = Progress.DONE
    claimed_at: datetime | None = None
    payload: str | None = None
    """The trusted intent behind a pressed button; None for typed words."""
    understood: dict[str, Any] = field(default_factory=dict)
    """Intent, confidence and entities, for the operator."""

    @property
    def text(self) -> str:
        """The plain words of the event."""
        return "\n".join(block["text"] for block in self.blocks if block.get("text"))


@dataclass(eq=False)
class Button:
    """A quick reply that was issued: the citizen sends its opaque id, never an intent."""

    action_id: str
    conversation_id: UUID
    label: str
    payload: str


def open_conversation(uow: UnitOfWork, channel: str, token_hash: str, at: datetime, idle: timedelta) -> Conversation:
    """Begin a talk; nothing about the citizen is asked."""
    conversation = Conversation(channel=channel, token_hash=token_hash, opened_at=at, expires_at=at + idle)
    uow.conversations.add(conversation)
    return conversation


def by_token(uow: UnitOfWork, token_hash: str, at: datetime, lock: bool = False) -> Conversation:
    """The conversation that this token opens; a closed one can still be read and rated until it expires.

    Locked, nobody else writes to it until this unit of work ends.

    Raises:
        SessionInvalid: unknown or expired.
    """
    conversation = uow.conversations.by_token(token_hash, lock)
    if conversation is None or conversation.expires_at <= at:
        raise SessionInvalid
    return conversation


def say(
    uow: UnitOfWork,
    conversation: Conversation,
    speaker: Speaker,
    blocks: list[dict[str, Any]],
    at: datetime,
    buttons: list[Button] | None = None,
    type_: str = "message",
) -> Event:
    """Add a line by the bot, an operator or the system."""
    for button in buttons or []:
        uow.buttons.add(button)
    shown = [{"action_id": button.action_id, "label": button.label} for button in buttons or []]
    event = Event(conversation.id, uow.conversations.next_seq(conversation), type_, speaker, at, blocks, shown)
    uow.events.add(event)
    return event


def receive(
    uow: UnitOfWork,
    conversation: Conversation,
    client_msg_id: str,
    text: str | None,
    action_id: str | None,
    at: datetime,
    per_minute: int,
    idle: timedelta,
) -> Event:
    """Keep a citizen's message before anything is done about it; the same id gives the same event again.

    Raises:
        ButtonUnknown: the button was not issued here.
        SessionInvalid: the conversation has been closed.
        TooManyMessages: more than `per_minute` within the last minute.
    """
    uow.conversations.lock(conversation)
    if conversation.owner is Owner.CLOSED:
        raise SessionInvalid
    known = uow.events.by_client_msg_id(conversation.id, client_msg_id)
    if known is not None:
        return known
    if uow.events.count_from_citizen(conversation.id, since=at - timedelta(minutes=1)) >= per_minute:
        raise TooManyMessages
    payload = None
    if action_id is not None:
        button = uow.buttons.get(action_id)
        if button is None or button.conversation_id != conversation.id:
            raise ButtonUnknown
        text, payload = button.label, button.payload
    event = Event(
        conversation.id,
        uow.conversations.next_seq(conversation),
        "message",
        Speaker.CITIZEN,
        at,
        blocks=[{"type": "text", "text": text or ""}],
        client_msg_id=client_msg_id,
        progress=Progress.PENDING,
        payload=payload,
    )
    uow.events.add(event)
    conversation.expires_at = at + idle
    return event


def forget(uow: UnitOfWork, conversation: Conversation) -> None:
    """Erase what was said and what was understood, and end the conversation; bookings and applications stay."""
    uow.conversations.lock(conversation)
    uow.events.erase(conversation.id)
    uow.buttons.erase(conversation.id)
    uow.outbox.erase(conversation.id)
    conversation.slots = {}
    conversation.owner = Owner.CLOSED
