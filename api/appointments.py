"""Booking over HTTP: free slots, hold and confirm, change, cancel, no-show, waiting list, calendar file.

A citizen acts with the token of the session, or, when that is over, with the number and the phone's last four digits;
an operator with a login, on behalf of a caller.
Whatever changes something takes an Idempotency-Key: sent twice it has its effect once and its answer twice.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.gateway import Authorization, Gateway, TheGateway, bearer, current_operator
from api.words import Words
from api.workstations import what_to_bring
from hotline import appointments, appointments_reach, conversations, idempotency, workstations
from hotline import appointments_waiting as waiting
from hotline.applicants import read_name, read_phone
from hotline.appointments import Appointment, Contact
from hotline.appointments import Request as Booking
from hotline.appointments_ics import calendar_file
from hotline.appointments_slots import Part, Slot, Wish, free_slots, kind_named, next_free_slots, slot_named
from hotline.audit import CITIZEN
from hotline.clock import in_words, local
from hotline.conversations import Conversation
from hotline.errors import (
    AppointmentUnknown,
    ContactMissing,
    LoginRefused,
    NotFound,
    SessionInvalid,
    SlotUnknown,
)
from hotline.operators import Operator, hash_token
from hotline.permissions import Permission
from store.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/v1", tags=["appointments"])

MOST_SLOTS = 200
LONGEST_KEY = 64


@dataclass(frozen=True)
class Booker:
    """On whose behalf, and who acts."""

    conversation_id: UUID
    actor: str
    on_the_phone: bool = False
    """An operator books for a caller: without a phone nobody could come back to it."""

    def key(self, sent: str) -> str:
        """A key that only this conversation can repeat."""
        return f"{self.conversation_id}:{sent}"


def booker(
    here: TheGateway,
    request: Request,
    authorization: Authorization = "",
    conversation_id: UUID | None = None,
    phone_tail: Annotated[str, Header(max_length=8)] = "",
    idempotency_key: Annotated[str, Header(max_length=LONGEST_KEY)] = "",
) -> Booker:
    """Who acts, and in which talk: the citizen of the session; an operator, for the talk named, for an appointment's own,
    or for a caller on the phone; or somebody whose session is over, by the number and the phone's last four digits
    (header `Phone-Tail`).

    Raises:
        SessionInvalid, LoginRefused: nobody we know.
        NotPermitted: a login that serves nobody.
        AppointmentUnknown, LookupLocked: number and tail do not fit.
    """
    number, token, now = request.path_params.get("number"), bearer(authorization), here.services.now()
    if conversation_id is None:
        own = _own_talk(here, token, number, now)
        if own is not None and (number is None or own.holds_number or not phone_tail):
            return Booker(own.conversation_id, CITIZEN)
        if number is not None and phone_tail:
            return _by_phone(here, request, number, phone_tail.strip())
        if not token:
            raise SessionInvalid
    try:
        operator = current_operator(here, authorization)
    except LoginRefused:
        raise (LoginRefused if conversation_id is not None else SessionInvalid) from None
    operator.require(Permission.SERVE)
    if conversation_id is not None:
        return Booker(conversation_id, operator.login)
    with here.services.open_uow() as uow:
        if number is None:
            return Booker(_talk_on_the_phone(uow, operator, idempotency_key, now).id, operator.login, on_the_phone=True)
        found = uow.appointments.by_number(number.strip().upper())
    if found is None:
        raise AppointmentUnknown(number)
    return Booker(found.conversation_id, operator.login)


@dataclass(frozen=True)
class OwnTalk:
    """A citizen's live session, and whether the appointment asked for was made in it."""

    conversation_id: UUID
    holds_number: bool


def _own_talk(here: Gateway, token: str, number: str | None, now: datetime) -> OwnTalk | None:
    with here.open_reading() as uow, suppress(SessionInvalid):
        own = conversations.by_token(uow, hash_token(token), now).id
        found = uow.appointments.by_number(number.strip().upper()) if number is not None else None
        return OwnTalk(own, found is not None and found.conversation_id == own)
    return None


def _by_phone(here: Gateway, request: Request, number: str, phone_tail: str) -> Booker:
    now = here.services.now()
    caller = hash_token(f"{local(now).date()} {request.client.host if request.client else ''}")
    with here.services.open_uow() as uow:
        found = appointments_reach.by_phone(uow, number, phone_tail, now, caller)
    if found is None:  # raised only now: the count of wrong tries is kept
        raise AppointmentUnknown(number)
    return Booker(found.conversation_id, CITIZEN)


def _talk_on_the_phone(uow: SqlUnitOfWork, operator: Operator, key: str, now: datetime) -> Conversation:
    """A talk for a caller who has none; the operator's repeat with the same key finds it again. Nobody can enter it."""
    talk = Conversation("phone", hash_token(secrets.token_hex(32)), now, now, uuid5(operator.id, key))
    try:
        return uow.conversations.get(talk.id)
    except NotFound:
        uow.conversations.add(talk)
        return talk


TheBooker = Annotated[Booker, Depends(booker)]
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=LONGEST_KEY)]


class SlotOut(BaseModel):
    """A time that can be booked. `provisional`: that year's holidays are not announced yet (待国务院通知确认)."""

    id: str
    station_id: str
    kind: str
    starts_at: datetime
    when: str
    provisional: bool

    @classmethod
    def from_domain(cls, slot: Slot) -> "SlotOut":
        """The slot as JSON, in Shanghai's time."""
        return cls(
            id=slot.id,
            station_id=slot.station_id,
            kind=slot.kind,
            starts_at=local(slot.starts_at),
            when=in_words(slot.starts_at),
            provisional=slot.provisional,
        )


class SlotsOut(BaseModel):
    """Free slots that fit; with none, `next` has the nearest ones after."""

    station_id: str
    station: str
    slots: list[SlotOut]
    next: list[SlotOut]


class ContactIn(BaseModel):
    """How to reach the person, encrypted: needed for a call or a visit; for a window, so that one can be reminded, and
    come back to the appointment from another session."""

    model_config = ConfigDict(extra="forbid")
    name: Words | None = Field(default=None, max_length=40)
    phone: Words | None = Field(default=None, max_length=30)
    address: Words | None = Field(default=None, max_length=200)
    reason: Words | None = Field(default=None, max_length=200)

    def read(self) -> Contact:
        """The contact, looked at.

        Raises:
            NameInvalid, PhoneInvalid
        """
        name, phone = self.name and read_name(self.name), self.phone and read_phone(self.phone)
        return Contact(name or None, phone or None, self.address, self.reason)


class AppointmentIn(BaseModel):
    """A slot of `GET /v1/slots`. With `hold` the place is kept for ten minutes, until it is confirmed."""

    model_config = ConfigDict(extra="forbid")
    slot_id: str = Field(max_length=120)
    purpose: Literal["consult", "apply"] = "consult"
    matter: str | None = Field(default=None, max_length=8)
    contact: ContactIn | None = None
    hold: bool = False


class ChangeIn(BaseModel):
    """The slot to move to."""

    model_config = ConfigDict(extra="forbid")
    slot_id: str = Field(max_length=120)


class WaitingIn(BaseModel):
    """The days, and perhaps the half of the day, for which a place is wanted."""

    model_config = ConfigDict(extra="forbid")
    station_id: str = Field(max_length=64)
    first: date
    last: date
    part: Part | None = None
    kind: str = "window"
    purpose: Literal["consult", "apply"] = "consult"
    matter: str | None = Field(default=None, max_length=8)


class AppointmentOut(BaseModel):
    """The appointment as it stands in the database."""

    number: str
    status: str
    station_id: str
    station: str
    kind: str
    starts_at: datetime
    when: str
    held_until: datetime | None
    purpose: str
    bring: list[str]
    note: str


@router.get("/slots")
def find_slots(
    here: TheGateway,
    station_id: Annotated[str | None, Query(max_length=64)] = None,
    region: Annotated[str | None, Query(description="不给站点时，用这个区划的法律援助中心")] = None,
    kind: str = "window",
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    part: Part | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_SLOTS)] = 20,
) -> SlotsOut:
    """Free slots of a station, or of the centre of a place; today and the next seven days if no day is given."""
    now = here.services.now()
    today = local(now).date()
    begins = first or today
    ends = last or begins.fromordinal(begins.toordinal() + 7)
    wish, wanted = Wish(begins, ends, part), kind_named(kind)
    with here.open_reading() as uow:
        if station_id is not None:
            station = workstations.station(uow, station_id)
        elif region is not None:
            station = workstations.centre_for(uow, region)
        else:
            raise SlotUnknown("neither station_id nor region")
        found = free_slots(uow, station.id, wish, now, limit, wanted)
        later = [] if found else next_free_slots(uow, station.id, wish, now, kind=wanted)
    return SlotsOut(
        station_id=station.id,
        station=station.name,
        slots=[SlotOut.from_domain(slot) for slot in found],
        next=[SlotOut.from_domain(slot) for slot in later],
    )


@router.post("/appointments", status_code=201)
def book(here: TheGateway, who: TheBooker, key: Key, asked: AppointmentIn) -> AppointmentOut:
    """Book a slot, or hold it until it is confirmed."""

    def act(uow: SqlUnitOfWork, now: datetime) -> Appointment:
        contact = asked.contact.read() if asked.contact else None
        if who.on_the_phone and (contact is None or contact.phone is None):
            raise ContactMissing("phone", "电话号码")
        booking = Booking(slot_named(asked.slot_id), asked.purpose, asked.matter, contact)
        take = appointments.hold if asked.hold else appointments.book
        return take(uow, who.conversation_id, booking, who.key(key), now, who.actor)

    return _once(here, who, key, {"act": "book", **asked.model_dump(mode="json")}, act)


@router.get("/appointments/{number}")
def show(here: TheGateway, who: TheBooker, number: str) -> AppointmentOut:
    """The caller's own appointment."""
    with here.open_reading() as uow:
        return appointment_out(here, uow, appointments.of_caller(uow, who.conversation_id, number))


@router.post("/appointments/{number}/confirm")
def confirm(here: TheGateway, who: TheBooker, key: Key, number: str) -> AppointmentOut:
    """Make a held place sure."""

    def act(uow: SqlUnitOfWork, now: datetime) -> Appointment:
        mine = appointments.of_caller(uow, who.conversation_id, number)
        return appointments.confirm(uow, mine, who.key(key), now, who.actor)

    return _once(here, who, key, {"act": "confirm", "number": number}, act)


@router.post("/appointments/{number}/change")
def change(here: TheGateway, who: TheBooker, key: Key, number: str, asked: ChangeIn) -> AppointmentOut:
    """Move to another slot; if that fails the old one stands."""

    def act(uow: SqlUnitOfWork, now: datetime) -> Appointment:
        mine = appointments.of_caller(uow, who.conversation_id, number)
        return appointments.change(uow, mine, slot_named(asked.slot_id), who.key(key), now, who.actor)

    return _once(here, who, key, {"act": "change", "number": number, "slot": asked.slot_id}, act)


@router.post("/appointments/{number}/cancel")
def cancel(here: TheGateway, who: TheBooker, key: Key, number: str) -> AppointmentOut:
    """Give the place back."""

    def act(uow: SqlUnitOfWork, now: datetime) -> Appointment:
        mine = appointments.of_caller(uow, who.conversation_id, number)
        appointments.cancel(uow, mine, who.key(key), now, who.actor)
        return mine

    return _once(here, who, key, {"act": "cancel", "number": number}, act)


@router.get("/appointments/{number}/calendar")
def calendar_entry(here: TheGateway, who: TheBooker, number: str) -> Response:
    """The appointment as an .ics file with an alarm."""
    with here.open_reading() as uow:
        mine = appointments.of_caller(uow, who.conversation_id, number)
        station = workstations.station(uow, mine.station_id)
        body = calendar_file(mine, station, len(uow.appointments.history(mine.id)), here.services.now())
    headers = {"Content-Disposition": f'attachment; filename="{mine.number}.ics"'}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


@router.post("/waiting", status_code=202)
def wait(here: TheGateway, who: TheBooker, asked: WaitingIn) -> dict[str, str]:
    """Be told, in this conversation, when a place becomes free."""
    wish = Wish(asked.first, asked.last, asked.part)
    with here.services.open_uow() as uow:
        waiting.join(
            uow,
            who.conversation_id,
            asked.station_id,
            wish,
            here.services.now(),
            kind_named(asked.kind),
            asked.purpose,
            asked.matter,
        )
    return {"status": "waiting"}


@router.delete("/waiting", status_code=204)
def stop_waiting(here: TheGateway, who: TheBooker) -> None:
    """Wait no longer."""
    with here.services.open_uow() as uow:
        waiting.leave(uow, who.conversation_id)


def _once(
    here: Gateway,
    who: Booker,
    key: str,
    request: dict[str, Any],
    act: Callable[[SqlUnitOfWork, datetime], Appointment],
) -> AppointmentOut:
    """Act in one unit of work with the answer that is kept for a repeat; said only once it is committed."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        before = idempotency.answered(uow, who.conversation_id, key, request, now)
        if before is not None:
            return AppointmentOut.model_validate(before)
        answer = appointment_out(here, uow, act(uow, now))
        idempotency.remember(uow, who.conversation_id, key, request, answer.model_dump(mode="json"), now)
    return answer


def appointment_out(here: Gateway, uow: SqlUnitOfWork, one: Appointment) -> AppointmentOut:
    """The appointment as JSON, with what to bring."""
    station = workstations.station(uow, one.station_id)
    region = station.division_code
    return AppointmentOut(
        number=one.number,
        status=one.status,
        station_id=one.station_id,
        station=station.name,
        kind=one.kind,
        starts_at=local(one.starts_at),
        when=in_words(one.starts_at),
        held_until=local(one.held_until) if one.held_until else None,
        purpose=one.purpose,
        bring=what_to_bring(here.services.law, here.services.today(), one.purpose, one.matter, region),
        note=station.note or "",
    )
