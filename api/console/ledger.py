"""The ledger in the console: search, read, enter, complete, lock. What tells who somebody is stays masked until it is
asked for with a reason; each reading is recorded."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from api.gateway import Revealing, Serving, Supervising, TheGateway
from api.words import Words
from hotline import audit, consultations, divisions, group_incidents, privacy
from hotline.applicants import masked_name, masked_phone, read_name, read_phone
from hotline.consultations import CHANNELS, DISPOSITIONS, Consultation, LedgerSearch, categories
from hotline.group_incidents import WHY_WORDS

router = APIRouter(prefix="/v1/console/ledger", tags=["console"])

REGION = r"^\d{6}$"
Phone = Annotated[Words, Field(max_length=30), AfterValidator(read_phone)]
Name = Annotated[Words, Field(max_length=50), AfterValidator(read_name)]


class RowOut(BaseModel):
    """A ledger row, masked."""

    id: UUID
    number: str
    channel: str
    channel_words: str
    started_at: datetime
    seconds: int
    operator_id: UUID | None
    waited_seconds: int | None
    topic: str | None
    category: list[str]
    region: str | None
    place: str | None
    """The region in words."""
    matter: str | None
    outcome: str | None
    disposition: str
    disposition_words: str
    articles: list[str]
    referred_to: list[str]
    told_right_to_apply: bool
    claim_yuan: str | None
    groups: list[str]
    gender: str | None
    age_band: str | None
    group_related: bool
    sensitive: bool
    unanswered: int
    score: int | None
    name: str | None
    name_refused: bool
    phone: str | None
    unsafe_to_call: bool
    has_summary: bool
    conversation_id: UUID | None
    locked_at: datetime | None

    @classmethod
    def from_domain(cls, row: Consultation) -> "RowOut":
        """The row as JSON, with the name and the phone masked and the words left out."""
        category = categories().get(row.topic or "")
        shown = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(
            **shown,
            channel_words=CHANNELS.get(row.channel, row.channel),
            place=divisions.full_name(row.region) if row.region else None,
            category=[category.level1, category.level2, category.name] if category else [],
            disposition_words=DISPOSITIONS[row.disposition],
            name=masked_name(row.citizen_name) if row.citizen_name else None,
            phone=masked_phone(row.citizen_phone) if row.citizen_phone else None,
            has_summary=row.summary is not None,
        )


class Place(BaseModel):
    """Where a page ended."""

    started_at: AwareDatetime
    id: UUID


class Page(BaseModel):
    """Rows, the newest first; `next` goes into `after` for the following page."""

    rows: list[RowOut]
    next: Place | None


class Known(BaseModel):
    """What an operator enters or puts right; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")
    topic: str | None = Field(default=None, max_length=32)
    region: str | None = Field(default=None, pattern=REGION)
    matter: str | None = Field(default=None, max_length=8)
    outcome: str | None = Field(default=None, max_length=16)
    disposition: str | None = Field(default=None, max_length=16)
    articles: list[Annotated[Words, Field(max_length=60)]] | None = Field(default=None, max_length=50)
    told_right_to_apply: bool | None = None
    groups: list[str] | None = Field(default=None, max_length=12)
    gender: str | None = None
    age_band: str | None = None
    group_related: bool | None = None
    sensitive: bool | None = None
    citizen_name: Name | None = None
    name_refused: bool | None = None
    citizen_phone: Phone | None = None
    unsafe_to_call: bool | None = None
    opponent: Words | None = Field(default=None, max_length=100)
    summary: Words | None = Field(default=None, max_length=100)
    remarks: Words | None = Field(default=None, max_length=500)


class Entry(Known):
    """A consultation that was no talk with the bot."""

    channel: str = Field(max_length=16)


class Why(BaseModel):
    """The reason for reading what is masked."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(max_length=32)
    note: Words | None = Field(default=None, max_length=200)


class Search(BaseModel):
    """Conditions; a phone or an opponent has to be given whole, as only a blind index of them is kept."""

    model_config = ConfigDict(extra="forbid")
    first: date | None = None
    last: date | None = None
    channel: str | None = Field(default=None, max_length=16)
    topic: str | None = Field(default=None, max_length=32)
    region: str | None = Field(default=None, pattern=REGION)
    matter: str | None = Field(default=None, max_length=8)
    outcome: str | None = Field(default=None, max_length=16)
    disposition: str | None = Field(default=None, max_length=16)
    operator_id: UUID | None = None
    number: str | None = Field(default=None, max_length=16)
    phone: Phone | None = None
    opponent: Words | None = Field(default=None, max_length=100)
    locked: bool | None = None
    unanswered: bool | None = None
    low_score: bool = False
    after: Place | None = None
    limit: int = Field(default=50, ge=1, le=200)


@router.post("/search")
def search(here: TheGateway, operator: Serving, wanted: Search) -> Page:
    """A page of rows. Sent in a body, so that no phone stands in an address or a log; what was looked for is recorded
    by the names of the conditions only."""
    conditions = wanted.model_dump(exclude={"after"}, exclude_defaults=True)
    conditions["limit"] = wanted.limit
    if wanted.after:
        conditions["before"] = (wanted.after.started_at, wanted.after.id)
    with here.services.open_uow() as uow:
        rows = uow.consultations.find(LedgerSearch(**conditions))
        audit.record(uow, operator.login, "ledger.searched", "", here.services.now(), by=sorted(conditions))
    last = rows[-1] if len(rows) == wanted.limit else None
    following = Place(started_at=last.started_at, id=last.id) if last else None
    return Page(rows=[RowOut.from_domain(row) for row in rows], next=following)


@router.get("/groups")
def group_hints(here: TheGateway, operator: Serving) -> list[dict[str, Any]]:
    """What looks like several people with one cause (疑似群体性)."""
    with here.open_reading() as uow:
        found = group_incidents.hints(uow, here.services.today())
    return [
        {
            "why": hint.why,
            "why_words": WHY_WORDS[hint.why],
            "region": hint.region,
            "matter": hint.matter,
            "people": hint.people,
            "numbers": hint.numbers,
        }
        for hint in found
    ]


@router.post("", status_code=201)
def enter(here: TheGateway, operator: Serving, entry: Entry) -> RowOut:
    """Enter a call, a visit or a letter."""
    known = entry.model_dump(exclude_none=True)
    with here.services.open_uow() as uow:
        row = consultations.enter(uow, known.pop("channel"), operator.id, operator.login, here.services.now(), **known)
    return RowOut.from_domain(row)


@router.get("/{row_id}")
def read(here: TheGateway, operator: Serving, row_id: UUID) -> RowOut:
    """One row, masked."""
    with here.services.open_uow() as uow:
        row = uow.consultations.get_locked(row_id)
        audit.record(uow, operator.login, "consultation.read", row.number, here.services.now())
    return RowOut.from_domain(row)


@router.get("/{row_id}/history")
def history(
    here: TheGateway, operator: Serving, row_id: UUID, limit: Annotated[int, Query(ge=1, le=500)] = 200
) -> list[dict[str, Any]]:
    """Who did what to it, and when, before and after."""
    with here.open_reading() as uow:
        entries = uow.audit.about(uow.consultations.get_locked(row_id).number, limit)
    return [
        {"at": one.at, "actor": one.actor, "act": one.act, "before": one.before, "after": one.after} for one in entries
    ]


@router.patch("/{row_id}")
def complete(here: TheGateway, operator: Serving, row_id: UUID, known: Known) -> RowOut:
    """Put right and add."""
    with here.services.open_uow() as uow:
        row = uow.consultations.get_locked(row_id)
        found = known.model_dump(exclude_none=True)
        consultations.complete(uow, row, operator.login, here.services.now(), **found)
    return RowOut.from_domain(row)


@router.post("/{row_id}/lock")
def lock(here: TheGateway, operator: Serving, row_id: UUID) -> RowOut:
    """Close it."""
    with here.services.open_uow() as uow:
        row = uow.consultations.get_locked(row_id)
        consultations.lock(uow, row, operator.id, operator.login, here.services.now())
    return RowOut.from_domain(row)


@router.post("/{row_id}/reopen")
def reopen(here: TheGateway, operator: Supervising, row_id: UUID) -> RowOut:
    """Let a closed row be put right."""
    with here.services.open_uow() as uow:
        row = uow.consultations.get_locked(row_id)
        consultations.reopen(uow, row, operator.login, here.services.now())
    return RowOut.from_domain(row)


@router.post("/{row_id}/reveal")
def reveal(here: TheGateway, operator: Revealing, row_id: UUID, why: Why) -> dict[str, str | None]:
    """What is masked, in clear, for a reason; who asked and why is kept for three years."""
    with here.services.open_uow() as uow:
        row = uow.consultations.get_locked(row_id)
        return privacy.reveal(uow, row, why.reason, why.note, operator.id, operator.login, here.services.now())
