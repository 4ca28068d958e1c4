"""Places at a window: none given twice, none lost, the history kept."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from hotline import appointments, appointments_reach
from hotline.appointments import Appointment, AppointmentStatus, Contact, Request
from hotline.appointments_slots import Kind, Slot, Wish, calendar, free_slots
from hotline.errors import AlreadyBooked, SlotTaken
from store.columns import metadata
from store.unit_of_work import OpenUow, SqlUnitOfWork
from tests.conftest import Clock, a_conversation
from tests.store.samples import NOW, STATION, TOMORROW, appointment

SEATS = calendar().kinds[Kind.WINDOW].seats
THREADS = 64
SLOTS = 50
FIRST = Slot(STATION, TOMORROW, False)
NEXT = Slot(STATION, TOMORROW + timedelta(minutes=30), False)


def talks(open_uow: OpenUow, clock: Clock, count: int) -> list[UUID]:
    with open_uow() as uow:
        return [a_conversation(uow, clock, f"{place:064d}").id for place in range(count)]


def book(open_uow: OpenUow, conversation_id: UUID, slot: Slot, key: str) -> Appointment:
    with open_uow() as uow:
        return appointments.book(uow, conversation_id, Request(slot), key, NOW)


def fifty_slots(open_uow: OpenUow) -> list[Slot]:
    with open_uow() as uow:
        wish = Wish(date(2026, 11, 24), date(2026, 12, 10))
        return free_slots(uow, STATION, wish, NOW, limit=SLOTS)


def take(uow: SqlUnitOfWork, one: Appointment) -> bool:
    return uow.appointments.take(one, FIRST, 1, AppointmentStatus.CONFIRMED, NOW)


def live(uow: SqlUnitOfWork, conversation_id: UUID) -> Appointment:
    found = uow.appointments.live_for(conversation_id)
    assert found is not None
    return found


def rows(engine: Engine, table: str) -> list[dict[str, object]]:
    with engine.connect() as connection:
        return [dict(one) for one in connection.execute(select(metadata.tables[table])).mappings()]


def test_六十四个线程抢五十个时段_不重不丢_重试不多占(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    slots = fifty_slots(open_uow)
    assert len(slots) == SLOTS
    wanted = [slot for slot in slots for _ in range(SEATS + 1)]  # one more citizen than places, everywhere
    people = talks(open_uow, clock, len(wanted))
    start = threading.Barrier(THREADS)

    def want(place: int) -> str | None:
        if place < THREADS:
            start.wait()
        answers: list[str | None] = []
        while len(answers) < 2:  # every request is sent twice, as after a lost answer
            try:
                answers.append(book(open_uow, people[place], wanted[place], f"第{place}人").number)
            except SlotTaken:
                answers.append(None)
            except (
                OperationalError,
                PoolExhausted,
            ):  # waited too long for a lock: nothing was done, the citizen sends it again
                continue
        assert answers[0] == answers[1]
        return answers[0]

    with ThreadPoolExecutor(THREADS) as threads:
        numbers = [one for one in threads.map(want, range(len(wanted))) if one]
    held = rows(engine, "appointments")
    places = Counter((one["starts_at"], one["seat"]) for one in held)
    assert max(places.values()) == 1, "两个人坐在同一个位子上"
    assert len(held) == len(places) == SLOTS * SEATS, "有空位，却有人没约上"
    assert sorted(numbers) == sorted(str(one["number"]) for one in held), "说约上了，库里没有，或者反过来"
    assert len(set(numbers)) == len(numbers)
    assert len(rows(engine, "appointment_changes")) == len(held)


def test_同一个请求同时来几次_只约一个(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    (person,) = talks(open_uow, clock, 1)
    start = threading.Barrier(8)

    def want(_: int) -> str:
        start.wait()
        return book(open_uow, person, FIRST, "同一个键").number

    with ThreadPoolExecutor(8) as threads:
        numbers = set(threads.map(want, range(8)))
    assert len(numbers) == 1
    assert [one["number"] for one in rows(engine, "appointments")] == list(numbers)


def test_号码撞上了就换一个_不当成约满(open_uow: OpenUow, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(drawn))
    first, second = talks(open_uow, clock, 2)
    one, other = book(open_uow, first, FIRST, "甲"), book(open_uow, second, FIRST, "乙")
    assert one.number != other.number
    assert other.starts_at == FIRST.starts_at


def test_位子唯一_取消的不占位(open_uow: OpenUow, clock: Clock) -> None:
    first, second, third = talks(open_uow, clock, 3)
    with open_uow() as uow:
        kept = appointment(first, "甲", "AP2026112300010")
        assert take(uow, kept)
    with open_uow() as uow:
        assert not take(uow, appointment(second, "乙", "AP2026112300020"))
    with open_uow() as uow:
        assert uow.appointments.by_number("AP2026112300020") is None
        found = uow.appointments.by_number("AP2026112300010")
        assert found is not None and (found.seat, found.starts_at) == (1, TOMORROW)
        found.status = AppointmentStatus.CANCELLED
    with open_uow() as uow:
        assert take(uow, appointment(third, "丙", "AP2026112300030"))


def test_一个会话同时只有一个预约(open_uow: OpenUow, clock: Clock) -> None:
    (person,) = talks(open_uow, clock, 1)
    book(open_uow, person, FIRST, "第一次")
    with pytest.raises(AlreadyBooked):
        book(open_uow, person, NEXT, "第二次")
    # And if the service forgot to ask, the database would refuse.
    with pytest.raises(IntegrityError), open_uow() as uow:
        second = appointment(person, "第二次", "AP2026112300020")
        uow.appointments.take(second, NEXT, 1, AppointmentStatus.CONFIRMED, NOW)


def test_每个时段占了几个位子(open_uow: OpenUow, clock: Clock) -> None:
    people = talks(open_uow, clock, 4)
    for person, slot in zip(people, (FIRST, FIRST, NEXT, NEXT), strict=True):
        book(open_uow, person, slot, str(person))
    with open_uow() as uow:
        appointments.cancel(uow, live(uow, people[3]), "不去了", NOW)
    with open_uow() as uow:
        taken = uow.appointments.taken(STATION, Kind.WINDOW, TOMORROW, TOMORROW + timedelta(hours=1), NOW)
        assert taken == {FIRST.starts_at: 2, NEXT.starts_at: 1}
        assert uow.appointments.taken("别的窗口", Kind.WINDOW, TOMORROW, TOMORROW + timedelta(hours=1), NOW) == {}


def test_改期改到已有一人的时段_坐另一个位子_号码不变(open_uow: OpenUow, clock: Clock) -> None:
    mover, other = talks(open_uow, clock, 2)
    number = book(open_uow, mover, FIRST, "我的").number
    book(open_uow, other, NEXT, "别人的")
    with open_uow() as uow:
        appointments.change(uow, live(uow, mover), NEXT, "改期", NOW)
    with open_uow() as uow:
        moved = live(uow, mover)
        assert (moved.number, moved.starts_at, moved.seat) == (number, NEXT.starts_at, 2)


def test_改期没有位子_原来的还在(open_uow: OpenUow, clock: Clock) -> None:
    mover, *others = talks(open_uow, clock, 1 + SEATS)
    book(open_uow, mover, FIRST, "我的")
    for other in others:
        book(open_uow, other, NEXT, str(other))
    with open_uow() as uow:
        mine = live(uow, mover)
        with pytest.raises(SlotTaken):
            appointments.change(uow, mine, NEXT, "改期", NOW)
        assert mine.starts_at == FIRST.starts_at
    with open_uow() as uow:
        mine = live(uow, mover)
        assert (mine.starts_at, mine.seat, mine.status) == (FIRST.starts_at, 1, AppointmentStatus.CONFIRMED)


def test_预约_改期_取消_历史都留着(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    (person,) = talks(open_uow, clock, 1)
    book(open_uow, person, FIRST, "1:book")
    for key in ("2:change", "2:change"):  # the second is a repeat
        with open_uow() as uow:
            appointments.change(uow, live(uow, person), NEXT, key, NOW)
    with open_uow() as uow:
        mine = live(uow, person)
        appointments.cancel(uow, mine, "3:cancel", NOW)
        appointments.cancel(uow, mine, "4:cancel", NOW)
    with open_uow() as uow:
        assert uow.appointments.live_for(person) is None
        assert uow.appointments.change_by_key("3:cancel") is not None
        assert uow.appointments.change_by_key("4:cancel") is None
    history = sorted(
        (str(one["idempotency_key"]), one["act"], one["starts_at"]) for one in rows(engine, "appointment_changes")
    )
    assert history == [
        ("1:book", "booked", FIRST.starts_at),
        ("2:change", "changed", NEXT.starts_at),
        ("3:cancel", "cancelled", NEXT.starts_at),
    ]
    assert [one["status"] for one in rows(engine, "appointments")] == [AppointmentStatus.CANCELLED]


def test_同一个键不能记两次(open_uow: OpenUow, clock: Clock) -> None:
    (person,) = talks(open_uow, clock, 1)
    booked = book(open_uow, person, FIRST, "1:book")
    with pytest.raises(IntegrityError), open_uow() as uow:
        uow.appointments.record(appointments.AppointmentChange(booked.id, "changed", NOW, "1:book", NOW))


def test_一天里谁来_按时间排_取消的不算_一次会话约过的都在(open_uow: OpenUow, clock: Clock) -> None:
    first, second, third = talks(open_uow, clock, 3)
    late = book(open_uow, first, NEXT, "1:book")
    early = book(open_uow, second, FIRST, "2:book")
    gone = book(open_uow, third, FIRST, "3:book")
    with open_uow() as uow:
        appointments.cancel(uow, live(uow, third), "3:cancel", NOW)
    day = TOMORROW.replace(hour=0)
    with open_uow() as uow:
        found = uow.appointments.expected(day, day + timedelta(days=1), None)
        assert [one.number for one in found] == [early.number, late.number]
        assert uow.appointments.expected(day, day + timedelta(days=1), "530102-center") == []
        assert uow.appointments.expected(day + timedelta(days=1), day + timedelta(days=2), None) == []
        assert [one.number for one in uow.appointments.of_conversation(third)] == [gone.number]


def test_两个进程同时开回电单_一人一张(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    contact, before = Contact(phone="13900001234"), NOW - timedelta(days=3)
    for place, who in enumerate(talks(open_uow, clock, 4)):
        slot = FIRST if place < SEATS else NEXT
        with open_uow() as uow:
            appointments.book(uow, who, Request(slot, contact=contact), f"{place}:book", before)
    start = threading.Barrier(4)

    def order(_: int) -> int:
        start.wait()
        try:
            with open_uow() as uow:
                return len(appointments_reach.order_calls(uow, NOW))
        except (IntegrityError, OperationalError, PoolExhausted):  # as the housekeeping, which looks again later
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(order, range(4))) == 4
    with open_uow() as uow:
        assert appointments_reach.order_calls(uow, NOW) == []
    assert len(rows(engine, "work_orders")) == len({one["about"] for one in rows(engine, "work_orders")}) == 4
