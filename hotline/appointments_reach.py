"""Whether people hear of their appointment before its time, and how they come back to it from another session.

A reminder in the talk is heard only while the talk lives. Whoever left a phone is rung up on the working day before,
by a work order; whoever did not has the calendar file, and the list of the day tells the station so.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hotline import appointments, work_orders
from hotline.applications import TRIES_PER_APPLICATION, TRIES_PER_CALLER
from hotline.appointments import REMINDER_CALL, Appointment, evening_before
from hotline.appointments_slots import calendar
from hotline.audit import SYSTEM
from hotline.clock import SHANGHAI, local
from hotline.errors import LookupLocked, PersonNeeded
from hotline.reference_numbers import APPOINTMENT, is_well_formed
from hotline.storage import UnitOfWork
from hotline.work_orders import WorkOrder, WorkOrderKind
from hotline.working_days import next_working_day
from hotline.workstations_matching import PROTECTED_FROM_VIOLENCE

CALLS_BEGIN = time(9)
"""On the working day before, not earlier in the day."""


class Reach(StrEnum):
    """How somebody is reminded."""

    TALK = "talk"
    CALL = "call"
    UNSAFE = "unsafe"
    NO_PHONE = "no_phone"


REACH_WORDS = {
    Reach.TALK: "会话还开着，在会话里提醒",
    Reach.CALL: "前一个工作日打电话提醒",
    Reach.UNSAFE: "不可回拨，不打电话",
    Reach.NO_PHONE: "没有留电话，只有本人存的日历提醒",
}


@dataclass(frozen=True)
class Expected:
    """Somebody who is to come, or to be rung up or visited, on a day."""

    appointment: Appointment
    reach: Reach
    name: str | None
    phone: str | None
    call: WorkOrder | None
    """The reminder by phone, if one was ordered."""


def expected_on(uow: UnitOfWork, day: date, station_id: str | None = None) -> list[Expected]:
    """Who is expected on a day, in the order of time, and how each is reminded."""
    begins = datetime.combine(day, time(), SHANGHAI)
    found = uow.appointments.expected(begins, begins + timedelta(days=1), station_id)
    return [_expected(uow, one) for one in found]


def order_calls(uow: UnitOfWork, at: datetime) -> list[WorkOrder]:
    """Have those rung up whom no talk reminds: everybody from tomorrow to the next working day; once for each time."""
    there = local(at)
    if there.time() < CALLS_BEGIN:
        return []
    first = datetime.combine(there.date() + timedelta(days=1), time(), SHANGHAI)
    last = datetime.combine(next_working_day(there.date())[0] + timedelta(days=1), time(), SHANGHAI)
    opened = []
    for appointment in uow.appointments.expected(first, last, None):
        if local(appointment.created_at).date() == there.date():
            continue  # who booked today knows it
        one = _expected(uow, appointment)
        if one.reach is Reach.CALL and one.call is None:
            opened.append(_order_call(uow, one, at))
    return opened


def by_phone(uow: UnitOfWork, number: str, phone_tail: str, at: datetime, caller: str) -> Appointment | None:
    """The appointment, for who knows its number and the last four digits of the phone that was left; None otherwise.

    The caller commits either way: failures are counted, by number and by caller, as for applications.

    Raises:
        LookupLocked: five wrong tails for this number, or fifty failures of this caller, today.
        PersonNeeded: whoever did somebody violence may know both, and must not learn where and when.
    """
    today, cleaned = local(at).date(), number.strip().upper()
    if uow.applications.failed_lookups(caller, today) >= TRIES_PER_CALLER:
        raise LookupLocked
    found = uow.appointments.by_number(cleaned) if is_well_formed(cleaned, APPOINTMENT) else None
    phone = phone_of(uow, found) if found is not None else None
    if found is not None and uow.applications.failed_lookups(found.number, today) >= TRIES_PER_APPLICATION:
        raise LookupLocked
    if found is not None and phone is not None and len(phone_tail) == 4 and phone.endswith(phone_tail):
        if _unsafe(uow, found):
            raise PersonNeeded
        return found
    uow.applications.count_failed_lookup(caller, today)
    if found is not None:
        uow.applications.count_failed_lookup(found.number, today)
    return None


def phone_of(uow: UnitOfWork, appointment: Appointment) -> str | None:
    """The phone left with the booking, or with an application of the same talk."""
    left = (appointment.contact or {}).get("phone")
    return left or next(
        (one.applicant_phone for one in uow.applications.of_conversation(appointment.conversation_id)), None
    )


def wants_phone(uow: UnitOfWork, appointment: Appointment) -> bool:
    """Whether a phone would serve whoever booked: none is known, and it would be safe to ring."""
    return phone_of(uow, appointment) is None and not _unsafe(uow, appointment)


def _expected(uow: UnitOfWork, appointment: Appointment) -> Expected:
    conversation = uow.conversations.get(appointment.conversation_id)
    phone = phone_of(uow, appointment)
    if conversation.expires_at >= evening_before(appointment.starts_at):
        reach = Reach.TALK
    elif phone is None:
        reach = Reach.NO_PHONE
    elif _unsafe(uow, appointment):
        reach = Reach.UNSAFE
    else:
        reach = Reach.CALL
    applied = next(iter(uow.applications.of_conversation(appointment.conversation_id)), None)
    name = (appointment.contact or {}).get("name") or (applied.applicant_name if applied else None)
    return Expected(appointment, reach, name, phone, uow.work_orders.by_key(_key(appointment)))


def _unsafe(uow: UnitOfWork, appointment: Appointment) -> bool:
    """Whether somebody else may be listening, or looking."""
    row = uow.consultations.for_conversation(appointment.conversation_id)
    return appointment.matter in PROTECTED_FROM_VIOLENCE or (row is not None and row.unsafe_to_call)


def _order_call(uow: UnitOfWork, one: Expected, at: datetime) -> WorkOrder:
    appointment = one.appointment
    return work_orders.open_order(
        uow,
        WorkOrderKind.CALL_BACK,
        REMINDER_CALL,
        appointment.number,
        _key(appointment),
        SYSTEM,
        at,
        conversation_id=appointment.conversation_id,
        phone=one.phone,
        note=appointments.reminder(uow, appointment),
        due_at=appointment.starts_at - calendar().shortly_before,
    )


def _key(appointment: Appointment) -> str:
    return f"{appointment.number}:{appointment.starts_at.isoformat()}:remind"
