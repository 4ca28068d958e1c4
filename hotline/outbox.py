"""What the service has to say later, or once this transaction is sure: reminders, offers, warnings of a time limit.

A row is added in the same transaction as the act it belongs to, so a promise is never half made. The gateway's worker
(`api/outbox.py`) turns each row that is due into a line of its conversation, exactly once: the line and the mark
`delivered` are one transaction.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from hotline import conversations
from hotline.conversations import Button, Speaker
from hotline.storage import UnitOfWork

TRIES = 6
"""After so many failures a row is a dead letter: a person has to look."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


class OutboxStatus(StrEnum):
    """WAITING until delivered; REVOKED when there is no more reason for it; DEAD after too many failures."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    REVOKED = "revoked"
    DEAD = "dead"


@dataclass(eq=False)
class OutboxMessage:
    """One thing to say in one conversation, not before `due_at`."""

    conversation_id: UUID
    kind: str
    """What it is, such as `appointment_reminder`; for counting and for the dead-letter view, which shows no words."""
    about: str
    """The number of what it is about, such as an appointment's: what `revoke` goes by."""
    key: str
    """Names this very message, so that a repeated act cannot post it twice."""
    due_at: datetime
    created_at: datetime
    blocks: list[dict[str, Any]]
    buttons: list[dict[str, str]] = field(default_factory=list)
    """Quick replies: `label` and `payload`."""
    attempts: int = 0
    status: OutboxStatus = OutboxStatus.WAITING
    error: str | None = None
    """Class of the last failure; never its words."""
    settled_at: datetime | None = None
    id: UUID = field(default_factory=uuid4)


def message(
    conversation_id: UUID,
    kind: str,
    about: str,
    key: str,
    text: str,
    at: datetime,
    due_at: datetime | None = None,
    block: dict[str, Any] | None = None,
    buttons: Sequence[tuple[str, str]] = (),
) -> OutboxMessage:
    """One thing to say later in a conversation, for whoever adds several, or knows that it was not posted before.

    Args:
        key: at most 120 characters, unique among all messages.
        text: the plain words.
        due_at: now if None.
        block: a typed block (`appointment`, `notice`, …) that carries the words; a text block if None.
        buttons: pairs of label and trusted payload (`("取消预约", "/cancel_appointment")`).
    """
    blocks = [{"type": "text", **(block or {}), "text": text}]
    shown = [{"label": label, "payload": payload} for label, payload in buttons]
    return OutboxMessage(conversation_id, kind, about, key, due_at or at, at, blocks, shown)


def post(
    uow: UnitOfWork,
    conversation_id: UUID,
    kind: str,
    about: str,
    key: str,
    text: str,
    at: datetime,
    due_at: datetime | None = None,
    block: dict[str, Any] | None = None,
    buttons: Sequence[tuple[str, str]] = (),
) -> None:
    """Say one thing later in a conversation, once for its key; the arguments are those of `message`."""
    if not uow.outbox.posted(key):
        uow.outbox.add(message(conversation_id, kind, about, key, text, at, due_at, block, buttons))


def revoke(uow: UnitOfWork, about: str, kind: str, at: datetime) -> None:
    """Take back what has not been said about something, as when an appointment is cancelled."""
    for one in uow.outbox.waiting_about(about, kind):
        one.status, one.settled_at = OutboxStatus.REVOKED, at


def deliver(uow: UnitOfWork, message: OutboxMessage, at: datetime) -> None:
    """Say a claimed message. If this raises, nothing has been said; `note_failure` belongs in another unit of work."""
    conversation = uow.conversations.get(message.conversation_id)
    buttons = [Button(secrets.token_hex(12), conversation.id, one["label"], one["payload"]) for one in message.buttons]
    conversations.say(uow, conversation, Speaker.SYSTEM, message.blocks, at, buttons)
    message.attempts += 1
    message.status, message.settled_at, message.error = OutboxStatus.DELIVERED, at, None


def note_failure(message: OutboxMessage, at: datetime, error: str) -> None:
    """Put off a message that could not be said: 30 seconds, then twice as long each time; dead after TRIES."""
    message.attempts, message.error = message.attempts + 1, error
    if message.attempts >= TRIES:
        message.status, message.settled_at = OutboxStatus.DEAD, at
    else:
        message.due_at = at + min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)


def retry(message: OutboxMessage, at: datetime) -> None:
    """Give a dead letter another round of tries."""
    if message.status is OutboxStatus.DEAD:
        message.status, message.attempts, message.due_at, message.settled_at = OutboxStatus.WAITING, 0, at, None
