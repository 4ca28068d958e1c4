"""Complaints about legal aid (《法律援助投诉处理办法》, 2025-06-15); how they are handled is a later room's business."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from hotline.clock import local
from hotline.reference_numbers import COMPLAINT, unused_number
from hotline.storage import UnitOfWork


@dataclass(eq=False)
class Complaint:
    """The citizen's own words, with a number to ask by."""

    number: str
    conversation_id: UUID
    words: str
    filed_at: datetime
    idempotency_key: str
    id: UUID = field(default_factory=uuid4)


def file(uow: UnitOfWork, conversation_id: UUID, words: str, key: str, at: datetime) -> Complaint:
    """Keep the complaint; the same key gives the one already kept."""
    known = uow.complaints.by_key(key)
    if known is not None:
        return known
    number = unused_number(COMPLAINT, local(at).date(), uow.complaints.by_number)
    complaint = Complaint(number, conversation_id, words, at, key)
    uow.complaints.add(complaint)
    return complaint
