"""Satisfaction: one rating a service; a low one asks for a call back."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from hotline.errors import AlreadyRated
from hotline.storage import UnitOfWork

LOW = 2
"""1 and 2 of 5 count as dissatisfied; every dissatisfied citizen is called on again."""


@dataclass(eq=False)
class Rating:
    """1 (bad) to 5 (good), with what the citizen cares to add."""

    conversation_id: UUID
    score: int
    comment: str | None
    rated_at: datetime
    id: UUID = field(default_factory=uuid4)


def rate(uow: UnitOfWork, conversation_id: UUID, score: int, comment: str | None, at: datetime) -> Rating:
    """Keep the rating.

    Raises:
        AlreadyRated: this service has one.
    """
    if uow.ratings.for_conversation(conversation_id) is not None:
        raise AlreadyRated
    rating = Rating(conversation_id, score, comment, at)
    uow.ratings.add(rating)
    return rating
