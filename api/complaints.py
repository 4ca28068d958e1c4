"""Complaints and suggestions, by an entrance of their own beside the talk."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field

from api.gateway import CurrentConversation, TheGateway
from api.problems import EmptyMessage
from api.words import Words, nothing_to_read
from hotline import audit, complaints, consultations
from hotline.applicants import read_name, read_phone
from hotline.complaints import STATUS_WORDS, About, Complaint, ComplaintKind

router = APIRouter(prefix="/v1/web/complaints", tags=["web"])


class ComplaintIn(BaseModel):
    """What happened, in the citizen's words; all else may be left out, the name too."""

    model_config = ConfigDict(extra="forbid")
    kind: ComplaintKind = ComplaintKind.COMPLAINT
    words: Words = Field(min_length=1, max_length=2000)
    about: About | None = None
    against: Words | None = Field(default=None, max_length=100)
    happened_on: date | None = None
    wish: Words | None = Field(default=None, max_length=500)
    name: Words | None = Field(default=None, max_length=50)
    phone: Words | None = Field(default=None, max_length=30)


class ComplaintOut(BaseModel):
    """Where it stands."""

    number: str
    kind: str
    status: str
    status_words: str
    filed_at: datetime
    answer: str | None

    @classmethod
    def from_domain(cls, complaint: Complaint) -> "ComplaintOut":
        """The complaint as its author sees it."""
        return cls(
            number=complaint.number,
            kind=complaint.kind,
            status=complaint.status,
            status_words=STATUS_WORDS[complaint.status],
            filed_at=complaint.filed_at,
            answer=complaint.answer,
        )


@router.post("", status_code=201)
def file(
    here: TheGateway,
    conversation: CurrentConversation,
    told: ComplaintIn,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=64)],
) -> ComplaintOut:
    """File it; the same Idempotency-Key gives the one already filed."""
    if nothing_to_read(told.words):
        raise EmptyMessage
    now = here.services.now()
    with here.services.open_uow() as uow:
        row = consultations.note(uow, uow.conversations.get(conversation.id), now, disposition="complaint")
        filed = complaints.file(
            uow,
            told.words,
            f"{conversation.id}:{idempotency_key}",
            audit.CITIZEN,
            now,
            conversation_id=conversation.id,
            kind=told.kind,
            about=told.about,
            region=row.region,
            against=told.against,
            happened_on=told.happened_on,
            wish=told.wish,
            complainant_name=read_name(told.name) if told.name else None,
            complainant_phone=read_phone(told.phone) if told.phone else None,
        )
    return ComplaintOut.from_domain(filed)


@router.get("")
def mine(here: TheGateway, conversation: CurrentConversation) -> list[ComplaintOut]:
    """What was filed in this talk, and where it stands."""
    with here.open_reading() as uow:
        return [ComplaintOut.from_domain(one) for one in uow.complaints.of_conversation(conversation.id)]
