"""Satisfaction: one rating a service (服务一次、评价一次, SR-134); after a low one somebody asks what went wrong."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from hotline import audit, work_orders
from hotline.errors import AlreadyRated
from hotline.storage import UnitOfWork
from hotline.work_orders import WorkOrderKind

LOW = 2
"""1 and 2 of 5 count as dissatisfied; every dissatisfied citizen is called on again."""
TALK = ""
"""The service that is rated when no number names another: the talk itself."""


@dataclass(eq=False)
class Rating:
    """1 (bad) to 5 (good), with what the citizen cares to add."""

    conversation_id: UUID
    score: int
    comment: str | None
    rated_at: datetime
    idempotency_key: str
    service: str = TALK
    """The number of what was done, such as an appointment's; TALK for the conversation."""
    id: UUID = field(default_factory=uuid4)


def rate(
    uow: UnitOfWork,
    conversation_id: UUID,
    score: int,
    comment: str | None,
    key: str,
    at: datetime,
    service: str = TALK,
) -> Rating:
    """Keep the rating; the same key gives the one already kept, so that a message that is played again is no second one.

    Raises:
        AlreadyRated: this service has one.
    """
    known = uow.ratings.for_service(conversation_id, service)
    if known is not None and known.idempotency_key == key:
        return known
    if known is not None:
        raise AlreadyRated
    rating = Rating(conversation_id, score, comment, at, key, service)
    uow.ratings.add(rating)
    row = uow.consultations.for_conversation(conversation_id)
    if row is not None and service == TALK:
        row.score = score  # also into a locked row: the citizen rates when the citizen likes
    about = service or (row.number if row else str(conversation_id))
    audit.record(uow, audit.CITIZEN, "service.rated", about, at, score=score)
    if score <= LOW:
        work_orders.open_order(
            uow,
            WorkOrderKind.RETURN_VISIT,
            "low_rating",
            about,
            f"{conversation_id}:{service}:low_rating",
            audit.SYSTEM,
            at,
            region=row.region if row else None,
            conversation_id=conversation_id,
            phone=row.citizen_phone if row else None,
            unsafe_to_call=row.unsafe_to_call if row else False,
        )
    return rating
