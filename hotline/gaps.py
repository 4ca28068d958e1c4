"""What the reviewed answers lack: questions that met with no good answer, kept with their askers' consent, masked.

Without consent only their number is counted (`Consultation.unanswered`). Whoever takes the consent back has them deleted.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from hotline import privacy
from hotline.masking import masked
from hotline.storage import UnitOfWork

PURPOSE = privacy.IMPROVEMENT
LONGEST = 400


class Lack(StrEnum):
    """What the citizen got instead of an answer."""

    NOTHING = "nothing"
    ARTICLES = "articles"
    """The text of the law that seemed closest."""
    ASKED_BACK = "asked_back"
    """The choice between two answers, neither of which fits well."""


@dataclass(eq=False)
class Gap:
    """One such question, without what tells who asked it."""

    conversation_id: UUID
    question: str
    lack: Lack
    topic: str | None
    at: datetime
    id: UUID = field(default_factory=uuid4)


def keep(
    uow: UnitOfWork, conversation_id: UUID, question: str, lack: Lack, topic: str | None, at: datetime
) -> Gap | None:
    """Keep a question if its asker has agreed; None where not, or where it is kept already."""
    if not privacy.consented(uow, conversation_id, PURPOSE):
        return None
    words = masked(question)[:LONGEST]
    if any(known.question == words for known in uow.gaps.of_conversation(conversation_id)):
        return None
    gap = Gap(conversation_id, words, lack, topic, at)
    uow.gaps.add(gap)
    return gap
