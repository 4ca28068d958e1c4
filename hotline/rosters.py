"""Duty rosters: who is on duty where on which day, and so which times can be booked (SR-154)."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from hotline.clock import local
from hotline.storage import UnitOfWork

if TYPE_CHECKING:
    from hotline.appointments_slots import Kind


@dataclass(eq=False)
class Shift:
    """A stretch of duty at a station. Within a kind a station's shifts of one day do not overlap."""

    station_id: str
    day: date
    opens: time
    closes: time
    kind: "Kind"
    lawyer: str
    """The name as it is made public, with what it is known for, such as 样例律师（劳动）."""
    seats: int
    """How many people can be served at the same time."""
    id: UUID = field(default_factory=uuid4)


def on_duty(uow: UnitOfWork, station_id: str, at: datetime) -> str | None:
    """Who is on duty on the day of `at`, in words; None where no roster is kept. Yesterday's people are never shown."""
    today = local(at).date()
    shifts = uow.rosters.shifts(station_id, today, today)
    if shifts:
        return "；".join(f"{shift.opens:%H:%M}-{shift.closes:%H:%M} {shift.lawyer}" for shift in shifts)
    return "今天没有排班" if uow.rosters.kept_by(station_id) else None
