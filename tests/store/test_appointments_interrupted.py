"""A process that dies after any statement leaves nothing half done, and the citizen's repeat succeeds."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from hotline import appointments
from hotline import appointments_waiting as waiting
from hotline.appointments import Appointment, AppointmentStatus, Request
from hotline.appointments_slots import Kind, Slot, Wish, calendar
from hotline.outbox import OutboxStatus
from store.columns import metadata
from store.unit_of_work import OpenUow, SqlUnitOfWork
from tests.conftest import Clock, a_conversation
from tests.store.interruptions import kill_at_every_statement
from tests.store.samples import NOW, STATION, TOMORROW

FIRST = Slot(STATION, TOMORROW, False)
NEXT = Slot(STATION, TOMORROW + timedelta(minutes=30), False)
LATER = NOW + timedelta(minutes=5)
PROMISES = 3  # two reminders, and afterwards the question how it went


def person(open_uow: OpenUow, clock: Clock, name: str = "t") -> UUID:
    with open_uow() as uow:
        return a_conversation(uow, clock, name * 64).id


def booked(open_uow: OpenUow, who: UUID, slot: Slot = FIRST) -> str:
    with open_uow() as uow:
        return appointments.book(uow, who, Request(slot), f"{who}:book", NOW).number


def own(uow: SqlUnitOfWork, who: UUID) -> Appointment:
    found = uow.appointments.live_for(who)
    assert found is not None
    return found


def state(engine: Engine) -> dict[str, Any]:
    """What a citizen was promised, in short."""
    with engine.connect() as connection:
        held = connection.execute(select(metadata.tables["appointments"])).mappings().all()
        said = connection.execute(select(metadata.tables["outbox"])).mappings().all()
        acts = connection.execute(select(metadata.tables["appointment_changes"])).mappings().all()
        audited = connection.execute(select(metadata.tables["audit"])).mappings().all()
    return {
        "appointments": sorted((one["status"].value, one["starts_at"]) for one in held),
        "promises": sum(one["status"] is OutboxStatus.WAITING and one["kind"] != "appointment_offer" for one in said),
        "acts": [one["act"] for one in sorted(acts, key=lambda one: (one["at"], str(one["id"])))],
        "audited": len(audited),
    }


def test_预约到一半断了(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    who = person(open_uow, clock)

    def book(uow: SqlUnitOfWork) -> str:
        return appointments.book(uow, who, Request(FIRST), "1:book", NOW).number

    assert kill_at_every_statement(engine, open_uow, book) > 8
    with open_uow() as uow:
        assert book(uow) == own(uow, who).number, "the answer was lost: the repeat tells the same number"
    assert state(engine) == {
        "appointments": [("confirmed", FIRST.starts_at)],
        "promises": PROMISES,
        "acts": ["booked"],
        "audited": 1,
    }


def test_占位以后确认到一半断了(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    who = person(open_uow, clock)
    kill_at_every_statement(engine, open_uow, lambda uow: appointments.hold(uow, who, Request(FIRST), "1:hold", NOW))
    assert state(engine)["promises"] == 0
    kill_at_every_statement(engine, open_uow, lambda uow: appointments.confirm(uow, own(uow, who), "2:confirm", LATER))
    with open_uow() as uow:
        appointments.confirm(uow, own(uow, who), "2:confirm", LATER)
    told = state(engine)
    assert (told["appointments"], told["promises"]) == ([("confirmed", FIRST.starts_at)], PROMISES)
    assert sorted(told["acts"]) == ["confirmed", "held"]


def test_改期到一半断了(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    who = person(open_uow, clock)
    number = booked(open_uow, who)
    kill_at_every_statement(
        engine, open_uow, lambda uow: appointments.change(uow, own(uow, who), NEXT, "2:change", LATER)
    )
    with open_uow() as uow:
        assert appointments.change(uow, own(uow, who), NEXT, "2:change", LATER).number == number
    told = state(engine)
    assert (told["appointments"], told["promises"]) == ([("confirmed", NEXT.starts_at)], PROMISES)
    assert sorted(told["acts"]) == ["booked", "changed"] and told["audited"] == 2


def test_取消到一半断了(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    who = person(open_uow, clock)
    booked(open_uow, who)
    kill_at_every_statement(engine, open_uow, lambda uow: appointments.cancel(uow, own(uow, who), "2:cancel", LATER))
    told = state(engine)
    assert (told["appointments"], told["promises"]) == ([("cancelled", FIRST.starts_at)], 0)
    with open_uow() as uow:
        assert uow.waiting.claim_freed() is not None


def test_留手机号到一半断了_再留一遍只记一次(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    who = person(open_uow, clock)
    booked(open_uow, who)
    kill_at_every_statement(
        engine, open_uow, lambda uow: appointments.leave_phone(uow, own(uow, who), "13800000001", LATER)
    )
    with open_uow() as uow:
        appointments.leave_phone(uow, own(uow, who), "13800000001", LATER)
    with open_uow() as uow:
        contact = own(uow, who).contact
        assert contact is not None and contact["phone"] == "13800000001"
    told = state(engine)
    assert (told["appointments"], told["promises"], told["audited"]) == ([("confirmed", FIRST.starts_at)], PROMISES, 2)


def test_把空位给候补的人_到一半断了(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    first, second = person(open_uow, clock, "a"), person(open_uow, clock, "b")
    booked(open_uow, first)
    with open_uow() as uow:
        day = TOMORROW.date()
        waiting.join(uow, second, STATION, Wish(day, day), NOW)
    with open_uow() as uow:
        appointments.cancel(uow, own(uow, first), "2:cancel", LATER)
    kill_at_every_statement(engine, open_uow, lambda uow: waiting.offer_next(uow, LATER))
    with open_uow() as uow:
        assert not waiting.offer_next(uow, LATER)
        assert own(uow, second).status is AppointmentStatus.HELD
        offer = uow.outbox.claim_due(LATER)
        assert offer is not None and (offer.kind, offer.conversation_id) == ("appointment_offer", second)


def test_过期的占位由下一个来的人放掉(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    seats = calendar().kinds[Kind.WINDOW].seats
    for place in range(seats):
        who = person(open_uow, clock, str(place))
        with open_uow() as uow:
            appointments.hold(uow, who, Request(FIRST), f"{place}:hold", NOW)
    late = person(open_uow, clock, "x")
    after = NOW + calendar().hold
    kill_at_every_statement(engine, open_uow, lambda uow: appointments.book(uow, late, Request(FIRST), "x:book", after))
    assert sorted(status for status, _ in state(engine)["appointments"]) == ["confirmed", *["expired"] * seats]


@pytest.mark.parametrize("minutes", [9, 11], ids=["还没过期", "过期了没人要"])
def test_过了十分钟才确认_只要没人占_还是他的(open_uow: OpenUow, clock: Clock, minutes: int) -> None:
    who, at = person(open_uow, clock), NOW + timedelta(minutes=minutes)
    with open_uow() as uow:
        appointments.hold(uow, who, Request(FIRST), "1:hold", NOW)
    with open_uow() as uow:
        appointments.release_expired(uow, at)
    with open_uow() as uow:
        (mine,) = uow.appointments.live_or_made_by(who, "1:hold")
        assert appointments.confirm(uow, mine, "2:confirm", at).status is AppointmentStatus.CONFIRMED
