"""The ledger (咨询台账): one row a conversation, filled in as the talk goes on. Fields: 12348 ledger practice."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from hotline.conversations import Conversation
from hotline.storage import UnitOfWork


@dataclass(eq=False)
class Consultation:
    """What was asked and what came of it, without the citizen's words."""

    conversation_id: UUID
    channel: str
    started_at: datetime
    id: UUID = field(default_factory=uuid4)
    topic: str | None = None
    region: str | None = None
    matter: str | None = None
    outcome: str | None = None
    disposition: str = "answered"
    """answered | assessed | booked | applied | referred | handed_over | emergency | complaint"""
    articles: list[str] = field(default_factory=list)
    told_right_to_apply: bool = False
    """法律援助法 第二十三条: every consultation must mention the right to apply."""
    claim_yuan: str | None = None


def note(uow: UnitOfWork, conversation: Conversation, at: datetime, **found: object) -> Consultation:
    """Write what this turn found into the conversation's ledger row; None leaves a field as it was."""
    row = uow.consultations.for_conversation(conversation.id)
    if row is None:
        row = Consultation(conversation.id, conversation.channel, at)
        uow.consultations.add(row)
    for name, value in found.items():
        if value is not None:
            setattr(row, name, value)
    return row


def add_articles(row: Consultation, articles: list[str]) -> None:
    """Remember the articles that were cited, each once."""
    row.articles = [*row.articles, *(one for one in articles if one not in row.articles)]
