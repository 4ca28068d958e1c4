"""Appointments on the operators' desk: who is expected on a day and how each is reminded, and who did not come."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.appointments import AppointmentOut, appointment_out
from api.gateway import Serving, TheGateway
from hotline import appointments, appointments_reach, audit, workstations
from hotline.applicants import masked_name, masked_phone
from hotline.appointments_reach import REACH_WORDS, Expected, Reach
from hotline.clock import in_words
from hotline.errors import AppointmentUnknown
from store.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/v1/console/appointments", tags=["console"])


class ExpectedOut(BaseModel):
    """Somebody expected, masked; the number to ring is with the work order, for whoever takes it."""

    number: str
    when: str
    station_id: str
    station: str
    kind: str
    purpose: str
    matter: str | None
    status: str
    name: str | None
    phone: str | None
    reach: Reach
    reach_words: str
    call: str | None
    """Number of the work order that has the person rung up."""
    call_result: str | None

    @classmethod
    def from_domain(cls, uow: SqlUnitOfWork, one: Expected) -> "ExpectedOut":
        """The line as JSON."""
        booked = one.appointment
        return cls(
            number=booked.number,
            when=in_words(booked.starts_at),
            station_id=booked.station_id,
            station=workstations.station(uow, booked.station_id).name,
            kind=booked.kind.words,
            purpose=booked.purpose,
            matter=booked.matter,
            status=booked.status,
            name=masked_name(one.name) if one.name else None,
            phone=masked_phone(one.phone) if one.phone else None,
            reach=one.reach,
            reach_words=REACH_WORDS[one.reach],
            call=one.call.number if one.call else None,
            call_result=one.call.result if one.call else None,
        )


@router.get("")
def list_expected(
    here: TheGateway,
    operator: Serving,
    day: Annotated[date | None, Query(description="哪一天；不给就是今天")] = None,
    station_id: Annotated[str | None, Query(max_length=64)] = None,
) -> list[ExpectedOut]:
    """Who is expected on a day, in the order of time; the reading is recorded."""
    wanted = day or here.services.today()
    with here.services.open_uow() as uow:
        found = appointments_reach.expected_on(uow, wanted, station_id)
        audit.record(uow, operator.login, "appointments.listed", station_id or "", here.services.now(), day=wanted)
        return [ExpectedOut.from_domain(uow, one) for one in found]


@router.post("/{number}/no-show")
def note_no_show(here: TheGateway, operator: Serving, number: str) -> AppointmentOut:
    """Note that nobody came; the citizen is offered another time."""
    with here.services.open_uow() as uow:
        missed = uow.appointments.by_number(number)
        if missed is None:
            raise AppointmentUnknown(number)
        appointments.miss(uow, missed, f"{missed.id}:missed", here.services.now(), operator.login)
        return appointment_out(here, uow, missed)
