"""Appointments at a station: none given twice, none lost, the history never rewritten.

Each act locks the conversation first, so that a repeat sent at the same moment waits and then finds what was done. A
place that becomes free is only noted here; `appointments_waiting.py` offers it, in a unit of work of its own.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from hotline import audit, outbox, work_orders, workstations
from hotline.appointments_slots import Kind, Slot, calendar, require_offer
from hotline.audit import CITIZEN, SYSTEM
from hotline.clock import SHANGHAI, in_words, local
from hotline.errors import (
    AlreadyBooked,
    AppointmentOver,
    AppointmentUnknown,
    ContactMissing,
    NotAccepting,
    NotYetOver,
    NumberTaken,
    SlotTaken,
)
from hotline.reference_numbers import APPOINTMENT, new_number
from hotline.storage import UnitOfWork
from hotline.workstations import Service, Station

DRAWS = 20
"""Reference numbers drawn before giving up: two citizens may draw the same one at the same moment."""
BRING = ("身份证或其他有效身份证明", "与事情有关的材料")
REMINDER, RATING = "appointment_reminder", "appointment_rating"
REMINDER_CALL = "reminder"
"""Why a work order rings somebody up before the appointment; see `appointments_reach.py`."""


class AppointmentStatus(StrEnum):
    """HELD and CONFIRMED hold a place; EXPIRED was held and never confirmed; KEPT is over, and nobody noted a no-show."""

    HELD = "held"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    KEPT = "kept"
    NO_SHOW = "no_show"


LIVE = frozenset({AppointmentStatus.HELD, AppointmentStatus.CONFIRMED})


@dataclass(frozen=True)
class Contact:
    """How to reach somebody who is rung up or visited; for a window nothing of this is asked."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None
    reason: str | None = None
    """Why a visit is needed, such as 八十二岁，下不了楼."""


@dataclass(frozen=True)
class Request:
    """What is to be booked: apply or consult, about which matter, for whom."""

    slot: Slot
    purpose: str = "consult"
    matter: str | None = None
    contact: Contact | None = None


@dataclass(eq=False)
class Appointment:
    """A place at a station, with the number the citizen writes down."""

    number: str
    conversation_id: UUID
    station_id: str
    starts_at: datetime
    created_at: datetime
    idempotency_key: str
    purpose: str = "consult"
    matter: str | None = None
    seat: int = 1
    status: AppointmentStatus = AppointmentStatus.CONFIRMED
    kind: Kind = Kind.WINDOW
    held_until: datetime | None = None
    contact: dict[str, str | None] | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def slot(self) -> Slot:
        """The slot it is in."""
        return Slot(self.station_id, self.starts_at, False, self.kind)

    @property
    def live(self) -> bool:
        """Whether it holds a place."""
        return self.status in LIVE


@dataclass(eq=False)
class AppointmentChange:
    """One act on an appointment; the history is never rewritten."""

    appointment_id: UUID
    act: str
    at: datetime
    idempotency_key: str
    starts_at: datetime
    id: UUID = field(default_factory=uuid4)


def book(
    uow: UnitOfWork, conversation_id: UUID, request: Request, key: str, at: datetime, actor: str = CITIZEN
) -> Appointment:
    """Give a place in the slot to this conversation; the same key gives the same appointment again.

    Raises:
        NotBookable: in one of its kinds, the reason.
        AlreadyBooked: the conversation holds a place.
        SlotTaken: another citizen was faster.
    """
    return _take(uow, conversation_id, request, key, at, actor, None)


def hold(
    uow: UnitOfWork,
    conversation_id: UUID,
    request: Request,
    key: str,
    at: datetime,
    actor: str = CITIZEN,
    span: timedelta | None = None,
) -> Appointment:
    """Keep a place for ten minutes (or `span`) until it is confirmed; otherwise as `book`."""
    return _take(uow, conversation_id, request, key, at, actor, at + (span or calendar().hold))


def confirm(uow: UnitOfWork, appointment: Appointment, key: str, at: datetime, actor: str = CITIZEN) -> Appointment:
    """Make a held place sure. After the ten minutes too, as long as nobody else has taken it.

    Raises:
        AppointmentOver: cancelled, or its time has come.
        SlotTaken: the hold ran out and another citizen has the place.
    """
    _lock(uow, appointment)
    if appointment.status is AppointmentStatus.CONFIRMED:
        return appointment
    if appointment.status not in (AppointmentStatus.HELD, AppointmentStatus.EXPIRED) or appointment.starts_at <= at:
        raise AppointmentOver(appointment.number)
    if appointment.status is AppointmentStatus.EXPIRED:
        if uow.appointments.live_for(appointment.conversation_id) is not None:
            raise AlreadyBooked(appointment.number)
        offer = require_offer(uow, _station(uow, appointment), appointment.slot, at)
        if not uow.appointments.take(appointment, appointment.slot, offer.seats, AppointmentStatus.CONFIRMED, at):
            raise SlotTaken(appointment.slot.id)
    appointment.status, appointment.held_until = AppointmentStatus.CONFIRMED, None
    _record(uow, appointment, "confirmed", key, at, actor)
    _promise(uow, appointment, key, at)
    return appointment


def change(
    uow: UnitOfWork, appointment: Appointment, slot: Slot, key: str, at: datetime, actor: str = CITIZEN
) -> Appointment:
    """Move an appointment to another slot; its number stays. The old place is kept until the new one is sure.

    Raises:
        AppointmentOver: it holds no place, or its time has come.
        NotBookable, SlotTaken: as in `book`; the old time still stands.
    """
    _lock(uow, appointment)
    if uow.appointments.change_by_key(key) is not None:
        return appointment
    _require_live(appointment, at)
    station = workstations.station(uow, slot.station_id)
    _require_contact(slot.kind, appointment.contact)
    offer = require_offer(uow, station, slot, at)
    left = appointment.slot
    if not uow.appointments.take(appointment, slot, offer.seats, AppointmentStatus.CONFIRMED, at):
        raise SlotTaken(slot.id)
    appointment.held_until = None
    uow.appointments.free(left, at)
    _record(uow, appointment, "changed", key, at, actor)
    _take_back_promises(uow, appointment, at)
    _promise(uow, appointment, key, at)
    return appointment


def cancel(uow: UnitOfWork, appointment: Appointment, key: str, at: datetime, actor: str = CITIZEN) -> None:
    """Free the place; cancelling twice is cancelling once.

    Raises:
        AppointmentOver: its time has come, or it was missed.
    """
    _lock(uow, appointment)
    if appointment.status in (AppointmentStatus.CANCELLED, AppointmentStatus.EXPIRED):
        return
    _require_live(appointment, at)
    appointment.status, appointment.held_until = AppointmentStatus.CANCELLED, None
    uow.appointments.free(appointment.slot, at)
    _record(uow, appointment, "cancelled", key, at, actor)
    _take_back_promises(uow, appointment, at)


def leave_phone(
    uow: UnitOfWork, appointment: Appointment, phone: str, at: datetime, actor: str = CITIZEN
) -> Appointment:
    """Keep a phone with an appointment that is to come: for a reminder, and as the way back to it by its last four digits.

    Raises:
        AppointmentOver: it holds no place, or its time has come.
    """
    _lock(uow, appointment)
    _require_live(appointment, at)
    told = appointment.contact or vars(Contact())
    if told.get("phone") != phone:
        appointment.contact = {**told, "phone": phone}
        audit.record(uow, actor, "appointment.phone_left", appointment.number, at)
    return appointment


def miss(uow: UnitOfWork, appointment: Appointment, key: str, at: datetime, actor: str) -> None:
    """Note that nobody came, and offer another time; noting it twice is noting it once.

    Raises:
        AppointmentOver: it was not confirmed.
        NotYetOver: it has not begun.
    """
    _lock(uow, appointment)
    if appointment.status is AppointmentStatus.NO_SHOW:
        return
    if appointment.status not in (AppointmentStatus.CONFIRMED, AppointmentStatus.KEPT):
        raise AppointmentOver(appointment.number)
    if at < appointment.starts_at:
        raise NotYetOver(appointment.number)
    appointment.status = AppointmentStatus.NO_SHOW
    _record(uow, appointment, "missed", key, at, actor)
    _take_back_promises(uow, appointment, at)
    text = f"您约的{in_words(appointment.starts_at)}没有来。还需要的话，可以再约一个时间。"
    again = [("重新预约", "/book_appointment"), ("转人工", "/request_human")]
    outbox.post(
        uow,
        appointment.conversation_id,
        "appointment_missed",
        appointment.number,
        f"{appointment.number}:missed",
        text,
        at,
        buttons=again,
    )


def current(uow: UnitOfWork, conversation_id: UUID, at: datetime) -> Appointment | None:
    """The conversation's appointment that holds a place and is still to come, None if there is none."""
    appointment = uow.appointments.live_for(conversation_id)
    return appointment if appointment is not None and appointment.starts_at > at else None


def of_caller(uow: UnitOfWork, conversation_id: UUID, number: str) -> Appointment:
    """The caller's own appointment with this number.

    Raises:
        AppointmentUnknown: none, or another person's.
    """
    appointment = uow.appointments.by_number(number.strip().upper())
    if appointment is None or appointment.conversation_id != conversation_id:
        raise AppointmentUnknown(number)
    return appointment


def release_expired(uow: UnitOfWork, at: datetime) -> None:
    """Free the places whose hold has run out; whoever takes a slot frees that slot's by itself."""
    for appointment in uow.appointments.expired_holds(at):
        _expire(uow, appointment, at)


def _expire(uow: UnitOfWork, appointment: Appointment, at: datetime) -> None:
    appointment.status = AppointmentStatus.EXPIRED
    uow.appointments.free(appointment.slot, at)
    _record(uow, appointment, "expired", f"{appointment.id}:expired:{appointment.held_until}", at, SYSTEM)


def _take(
    uow: UnitOfWork,
    conversation_id: UUID,
    request: Request,
    key: str,
    at: datetime,
    actor: str,
    held_until: datetime | None,
) -> Appointment:
    uow.conversations.get_locked(conversation_id)  # a repeat sent at the same moment waits here
    mine = uow.appointments.live_or_made_by(conversation_id, key)
    if (known := next((one for one in mine if one.idempotency_key == key), None)) is not None:
        return known
    held = next(iter(mine), None)
    if held is not None and held.status is AppointmentStatus.CONFIRMED:
        if held.starts_at > at:
            raise AlreadyBooked(held.number)
        held.status = AppointmentStatus.KEPT
    slot = request.slot
    station = workstations.station(uow, slot.station_id)
    if request.purpose == "apply" and not {Service.APPLY, Service.PRE_REVIEW} & set(station.accepts):
        raise NotAccepting(station.id)
    contact = {**vars(request.contact)} if request.contact is not None else None
    _require_contact(slot.kind, contact)
    offer = require_offer(uow, station, slot, at)
    if (
        held is not None and held.status is AppointmentStatus.HELD
    ):  # who holds one time and asks for another wants the other
        _expire(uow, held, at)
    appointment = Appointment(
        number=new_number(APPOINTMENT, local(at).date()),
        conversation_id=conversation_id,
        station_id=slot.station_id,
        starts_at=slot.starts_at,
        created_at=at,
        idempotency_key=key,
        purpose=request.purpose,
        matter=request.matter,
        kind=slot.kind,
        held_until=held_until,
        contact=contact,
    )
    status = AppointmentStatus.CONFIRMED if held_until is None else AppointmentStatus.HELD
    if not _take_with_any_number(uow, appointment, offer.seats, status, at):
        raise SlotTaken(slot.id)
    _record(uow, appointment, "booked" if held_until is None else "held", key, at, actor)
    if held_until is None:
        _promise(uow, appointment, key, at, station)
    return appointment


def _take_with_any_number(
    uow: UnitOfWork, appointment: Appointment, seats: int, status: AppointmentStatus, at: datetime
) -> bool:
    for _ in range(DRAWS):
        try:
            return uow.appointments.take(appointment, appointment.slot, seats, status, at)
        except NumberTaken:
            appointment.number = new_number(APPOINTMENT, local(appointment.created_at).date())
    raise NumberTaken


def _lock(uow: UnitOfWork, appointment: Appointment) -> None:
    """The conversation before the appointment, always: two acts on one appointment follow each other."""
    uow.conversations.get_locked(appointment.conversation_id)
    uow.appointments.refresh(appointment)


def _require_live(appointment: Appointment, at: datetime) -> None:
    if not appointment.live or appointment.starts_at <= at:
        raise AppointmentOver(appointment.number)


def _require_contact(kind: Kind, contact: dict[str, str | None] | None) -> None:
    told = contact or {}
    if kind in (Kind.PHONE, Kind.VISIT) and not told.get("phone"):
        raise ContactMissing(kind, "电话号码")
    if kind is Kind.VISIT and not told.get("address"):
        raise ContactMissing(kind, "住址")


def _record(uow: UnitOfWork, appointment: Appointment, act: str, key: str, at: datetime, actor: str) -> None:
    uow.appointments.record(AppointmentChange(appointment.id, act, at, key, appointment.starts_at))
    where = {"station": appointment.station_id, "starts_at": appointment.starts_at, "kind": appointment.kind}
    audit.record(uow, actor, f"appointment.{act}", appointment.number, at, **where)


def _station(uow: UnitOfWork, appointment: Appointment) -> Station:
    return workstations.station(uow, appointment.station_id)


def reminder(uow: UnitOfWork, appointment: Appointment, station: Station | None = None) -> str:
    """What is said before the time comes, in the talk or on the phone."""
    name = (station or _station(uow, appointment)).name
    where = name if appointment.kind in (Kind.WINDOW, Kind.EXTENDED) else f"{appointment.kind.words}，{name}"
    when, number = in_words(appointment.starts_at), appointment.number
    return f"提醒您：{when}，{where}，预约号 {number}。来不了，请改时间或者取消，把位子让给别人。"


def evening_before(start: datetime) -> datetime:
    """When the first reminder is said."""
    days_before, clock = calendar().evening_before
    return datetime.combine(local(start).date() - timedelta(days=days_before), clock, SHANGHAI)


def _promise(uow: UnitOfWork, appointment: Appointment, key: str, at: datetime, station: Station | None = None) -> None:
    """Reminders before, and afterwards the question how it went; all in the transaction of the act.

    They are posted without a look whether they were before: the act was recorded under the same key, which is unique.
    """
    text = reminder(uow, appointment, station)
    buttons = [("改时间", "/change_appointment"), ("取消预约", "/cancel_appointment")]
    who, number = appointment.conversation_id, appointment.number
    promises = [
        outbox.message(who, REMINDER, number, f"{key}:remind{place}", text, at, due, buttons=buttons)
        for place, due in enumerate(_reminder_times(appointment.starts_at))
        if due > at
    ]
    asked = f"您{in_words(appointment.starts_at)}的预约办得怎么样？给这次服务打个分吧；不想打也没关系。"
    afterwards = appointment.starts_at + calendar().rating_after
    rate = [("评价这次服务", f'/rate_service{{"rated_service": "{number}"}}'), ("转人工", "/request_human")]
    promises.append(outbox.message(who, RATING, number, f"{key}:rate", asked, at, afterwards, buttons=rate))
    for promise in promises:
        uow.outbox.add(promise)


def _take_back_promises(uow: UnitOfWork, appointment: Appointment, at: datetime) -> None:
    outbox.revoke(uow, appointment.number, REMINDER, at)
    outbox.revoke(uow, appointment.number, RATING, at)
    for order in uow.work_orders.of_conversation(appointment.conversation_id):
        if order.live and (order.about, order.reason) == (appointment.number, REMINDER_CALL):
            work_orders.cancel(uow, order, SYSTEM, at)


def _reminder_times(start: datetime) -> tuple[datetime, datetime]:
    return evening_before(start), start - calendar().shortly_before
