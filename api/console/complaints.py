"""Complaints and suggestions in the console: the list without words, one with its words, the next step."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field

from api.console.ledger import Name, Phone
from api.gateway import Serving, Supervising, TheGateway
from api.words import Words
from hotline import audit, complaints
from hotline.applicants import masked_name, masked_phone
from hotline.complaints import NEXT, STATUS_WORDS, About, Complaint, ComplaintKind, ComplaintStatus

router = APIRouter(prefix="/v1/console/complaints", tags=["console"])

SHOWN = 200


class ComplaintOut(BaseModel):
    """Where it stands; who complains is masked, what was said is left out."""

    id: UUID
    number: str
    kind: str
    about: str
    status: str
    status_words: str
    next: list[str]
    filed_at: datetime
    due_at: datetime
    overdue: bool
    region: str | None
    name: str | None
    phone: str | None

    @classmethod
    def from_domain(cls, complaint: Complaint, now: datetime) -> "ComplaintOut":
        """The complaint as JSON."""
        return cls(
            id=complaint.id,
            number=complaint.number,
            kind=complaint.kind,
            about=complaint.about,
            status=complaint.status,
            status_words=STATUS_WORDS[complaint.status],
            next=sorted(NEXT[complaint.status]),
            filed_at=complaint.filed_at,
            due_at=complaint.due_at,
            overdue=complaint.live and now >= complaint.due_at,
            region=complaint.region,
            name=masked_name(complaint.complainant_name) if complaint.complainant_name else None,
            phone=masked_phone(complaint.complainant_phone) if complaint.complainant_phone else None,
        )


class WholeComplaint(ComplaintOut):
    """What whoever handles it has to know."""

    words: str
    against: str | None
    happened_on: date | None
    wish: str | None
    transferred_to: str | None
    answer: str | None


class ComplaintIn(BaseModel):
    """One that came by phone, by letter or at a window."""

    model_config = ConfigDict(extra="forbid")
    kind: ComplaintKind = ComplaintKind.COMPLAINT
    words: Words = Field(min_length=1, max_length=2000)
    about: About | None = None
    region: str | None = Field(default=None, pattern=r"^\d{6}$")
    against: Words | None = Field(default=None, max_length=100)
    happened_on: date | None = None
    wish: Words | None = Field(default=None, max_length=500)
    complainant_name: Name | None = None
    complainant_phone: Phone | None = None


class Step(BaseModel):
    """The next step."""

    model_config = ConfigDict(extra="forbid")
    to: ComplaintStatus
    answer: Words | None = Field(default=None, max_length=2000)
    """The reason or the reply, which the citizen is told."""
    transferred_to: Words | None = Field(default=None, max_length=100)


@router.get("")
def list_complaints(here: TheGateway, operator: Supervising) -> list[ComplaintOut]:
    """What is not at its end, the one due first before all."""
    with here.open_reading() as uow:
        return [ComplaintOut.from_domain(one, here.services.now()) for one in uow.complaints.live(SHOWN)]


@router.post("", status_code=201)
def file(
    here: TheGateway,
    operator: Serving,
    told: ComplaintIn,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=64)],
) -> ComplaintOut:
    """Enter one; the same Idempotency-Key gives the one already entered."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        more = told.model_dump(exclude={"words"})
        filed = complaints.file(uow, told.words, f"{operator.id}:{idempotency_key}", operator.login, now, **more)
    return ComplaintOut.from_domain(filed, now)


@router.get("/{complaint_id}")
def read(here: TheGateway, operator: Supervising, complaint_id: UUID) -> WholeComplaint:
    """All of it but who complains; the reading is recorded."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        complaint = uow.complaints.get_locked(complaint_id)
        audit.record(uow, operator.login, "complaint.read", complaint.number, now)
    words = ("words", "against", "happened_on", "wish", "transferred_to", "answer")
    shown = ComplaintOut.from_domain(complaint, now).model_dump()
    return WholeComplaint(**shown, **{name: getattr(complaint, name) for name in words})


@router.post("/{complaint_id}/steps")
def advance(here: TheGateway, operator: Supervising, complaint_id: UUID, step: Step) -> ComplaintOut:
    """Take the next step; the citizen is told in the talk."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        complaint = uow.complaints.get_locked(complaint_id)
        complaints.advance(uow, complaint, step.to, operator.id, operator.login, now, step.answer, step.transferred_to)
    return ComplaintOut.from_domain(complaint, now)
