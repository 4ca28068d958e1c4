"""Appointments at a workstation's window: half-hour slots on working days, none given twice, none lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

import yaml

from hotline import working_days
from hotline.clock import SHANGHAI, local
from hotline.errors import NotBookable, NotFound, NumberTaken, SlotTaken
from hotline.reference_numbers import APPOINTMENT, new_number
from hotline.storage import UnitOfWork

DRAWS = 20
"""Reference numbers drawn before giving up: two citizens may draw the same one at the same moment."""


class AppointmentStatus(StrEnum):
    """Only CONFIRMED holds a place."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Part(StrEnum):
    """The half of the day a citizen asks for."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True)
class Wish:
    """When the citizen would like to come: a range of days, perhaps a half of the day or a clock time."""

    first: date
    last: date
    part: Part | None = None
    clock: time | None = None


@dataclass(frozen=True)
class OfficeHours:
    """The bookable day of a station."""

    slot: timedelta
    seats: int
    sessions: tuple[tuple[time, time], ...]
    notice: timedelta
    days_ahead: int


@dataclass(frozen=True)
class Slot:
    """Half an hour at a station with at least one free place."""

    station_id: str
    starts_at: datetime
    provisional: bool
    """The State Council has not yet announced that year's holidays."""

    @property
    def id(self) -> str:
        """Names the slot in the API."""
        return f"{self.station_id}@{self.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"


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
    id: UUID = field(default_factory=uuid4)


@dataclass(eq=False)
class AppointmentChange:
    """One act on an appointment; the history is never rewritten."""

    appointment_id: UUID
    act: str
    at: datetime
    idempotency_key: str
    starts_at: datetime
    id: UUID = field(default_factory=uuid4)


@cache
def office_hours() -> OfficeHours:
    """The hours in `calendar.yaml`."""
    raw = yaml.safe_load((Path(__file__).parent / "calendar.yaml").read_text(encoding="utf-8"))
    return OfficeHours(
        slot=timedelta(minutes=raw["slot_minutes"]),
        seats=raw["seats_per_slot"],
        sessions=tuple(
            (time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"])) for one in raw["sessions"]
        ),
        notice=timedelta(minutes=raw["first_bookable_after_minutes"]),
        days_ahead=raw["bookable_days_ahead"],
    )


def times_on(day: date) -> Iterator[datetime]:
    """The starts of the half-hours on a working day, in UTC order; none on a day off."""
    hours = office_hours()
    if not working_days.is_working_day(day).is_working:
        return
    for opens, closes in hours.sessions:
        start, end = datetime.combine(day, opens, SHANGHAI), datetime.combine(day, closes, SHANGHAI)
        while start + hours.slot <= end:
            yield start
            start += hours.slot


def free_slots(uow: UnitOfWork, station_id: str, wish: Wish, now: datetime, limit: int = 6) -> list[Slot]:
    """The first free half-hours that fit the wish, best fit first: the asked clock time, then the order of time."""
    hours = office_hours()
    first = max(wish.first, local(now).date())
    last = min(wish.last, local(now).date() + timedelta(days=hours.days_ahead))
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    taken = uow.appointments.taken(
        station_id, datetime.combine(first, time.min, SHANGHAI), datetime.combine(last, time.max, SHANGHAI)
    )
    found = [
        Slot(station_id, start, working_days.is_working_day(day).provisional)
        for day in days
        for start in times_on(day)
        if start >= now + hours.notice and _fits(start, wish) and taken.get(start, 0) < hours.seats
    ]
    if wish.clock is not None:
        asked = wish.clock
        found.sort(key=lambda slot: (slot.starts_at.date(), abs(_minutes(slot.starts_at.time()) - _minutes(asked))))
    return found[:limit]


def next_free_slots(uow: UnitOfWork, station_id: str, wish: Wish, now: datetime, limit: int = 3) -> list[Slot]:
    """What to offer when the wish cannot be met: the same half of the day on the following working days."""
    later = Wish(max(wish.first, local(now).date()), wish.last + timedelta(days=14), wish.part)
    return free_slots(uow, station_id, later, now, limit)


def book(
    uow: UnitOfWork, conversation_id: UUID, slot: Slot, key: str, at: datetime, purpose: str, matter: str | None
) -> Appointment:
    """Give a place in the slot to this conversation; the same key gives the same appointment again.

    Raises:
        NotBookable: the time is past or outside the hours.
        SlotTaken: another citizen was faster.
    """
    uow.conversations.lock(uow.conversations.get(conversation_id))  # a repeat sent at the same moment waits here
    known = uow.appointments.by_key(key)
    if known is not None:
        return known
    _require_bookable(slot.starts_at, at)
    number = new_number(APPOINTMENT, local(at).date())
    appointment = Appointment(number, conversation_id, slot.station_id, slot.starts_at, at, key, purpose, matter)
    if not _take_with_any_number(uow, appointment):
        raise SlotTaken(slot.id)
    uow.appointments.record(AppointmentChange(appointment.id, "booked", at, key, slot.starts_at))
    return appointment


def change(uow: UnitOfWork, appointment: Appointment, slot: Slot, key: str, at: datetime) -> Appointment:
    """Move an appointment to another slot; its number stays. The old place is kept until the new one is sure.

    Raises:
        NotBookable, SlotTaken: as in `book`; the old time still stands.
    """
    if uow.appointments.change_by_key(key) is not None:
        return appointment
    _require_bookable(slot.starts_at, at)
    if not uow.appointments.take(appointment, slot.starts_at, office_hours().seats):
        raise SlotTaken(slot.id)
    uow.appointments.record(AppointmentChange(appointment.id, "changed", at, key, slot.starts_at))
    return appointment


def cancel(uow: UnitOfWork, appointment: Appointment, key: str, at: datetime) -> None:
    """Free the place; cancelling twice is cancelling once."""
    if appointment.status is AppointmentStatus.CANCELLED:
        return
    appointment.status = AppointmentStatus.CANCELLED
    uow.appointments.record(AppointmentChange(appointment.id, "cancelled", at, key, appointment.starts_at))


def live_for(uow: UnitOfWork, conversation_id: UUID) -> Appointment:
    """The conversation's confirmed appointment.

    Raises:
        NotFound: there is none.
    """
    appointment = uow.appointments.live_for(conversation_id)
    if appointment is None:
        raise NotFound
    return appointment


def _take_with_any_number(uow: UnitOfWork, appointment: Appointment) -> bool:
    for _ in range(DRAWS):
        try:
            return uow.appointments.take(appointment, appointment.starts_at, office_hours().seats)
        except NumberTaken:
            appointment.number = new_number(APPOINTMENT, local(appointment.created_at).date())
    raise NumberTaken


def _require_bookable(start: datetime, at: datetime) -> None:
    bookable_until = local(at).date() + timedelta(days=office_hours().days_ahead)
    if start < at or local(start).date() > bookable_until or start not in set(times_on(local(start).date())):
        raise NotBookable(start.isoformat())


def _fits(start: datetime, wish: Wish) -> bool:
    if wish.part is None:
        return True
    return (local(start).hour < 12) is (wish.part is Part.MORNING)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
