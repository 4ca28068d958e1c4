"""How fast a place is booked when 100,000 appointments are there already, on SQLite and on PostgreSQL.

    .venv/bin/python -m bench.casework_booking > FILE

Both write to the disk at each commit. One booking is one citizen's unit of work: free slots of a station are looked up,
a place is taken, history, audit, reminders and the answer for a repeat are written, and all is committed.
"""

import argparse
import base64
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from hotline import appointments, idempotency
from hotline.appointments import Request
from hotline.appointments_slots import Kind, Wish, free_slots, offers_on
from hotline.conversations import Conversation
from hotline.divisions import Level, divisions
from hotline.errors import SlotTaken
from hotline.reference_numbers import check_character
from hotline.workstations import derived_centre
from store.columns import metadata
from store.encryption import seal, use_key
from store.migrate import upgrade
from store.unit_of_work import OpenUow, connect, unit_of_work_factory
from tests.postgres import running_postgres

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CHUNK = 10_000
COUNTIES = [one.code for one in divisions().values() if one.level is Level.COUNTY]
STATIONS, RUSHED = COUNTIES[:300], f"{COUNTIES[-1]}-center"


@contextmanager
def databases() -> Iterator[dict[str, Engine]]:
    """An empty SQLite file and an empty PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder, running_postgres(durable=True) as url:
        found = {"SQLite": connect(f"sqlite:///{Path(folder) / 'bench.db'}"), "PostgreSQL": connect(url)}
        for engine in found.values():
            upgrade(engine)
        yield found
        for engine in found.values():
            engine.dispose()


def fill(engine: Engine, count: int) -> None:
    """Put appointments of the past year and of the next month there, two at each half-hour of each station."""
    slots = _slots()
    open_uow = unit_of_work_factory(engine)[0]
    with open_uow() as uow:
        future = [
            (f"{code}-center", offer.starts_at)
            for code in STATIONS
            for _, offers in offers_on(uow, derived_centre(code), Kind.WINDOW, date(2026, 11, 24), date(2026, 12, 4))
            for offer in offers[:4]
        ]
    for begin in range(0, count, CHUNK):
        conversations, rows = [], []
        for place in range(begin, min(begin + CHUNK, count)):
            conversation_id = uuid4()
            station_id, starts_at = future[place] if place < len(future) else next(slots)
            conversations.append(_conversation_row(conversation_id))
            rows.append(
                {
                    "id": uuid4(),
                    "number": _number(place),
                    "conversation_id": conversation_id,
                    "station_id": station_id,
                    "kind": Kind.WINDOW,
                    "starts_at": starts_at,
                    "seat": 1,
                    "status": "confirmed" if place < len(future) else "kept",
                    "purpose": "consult",
                    "created_at": starts_at - timedelta(days=7),
                    "idempotency_key": f"{conversation_id}:1:book",
                }
            )
        with engine.begin() as connection:
            connection.execute(metadata.tables["conversations"].insert(), conversations)
            connection.execute(metadata.tables["appointments"].insert(), rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _slots() -> Iterator[tuple[str, datetime]]:
    day = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    while True:
        for half_hour in range(10):
            for code in STATIONS:
                yield f"{code}-center", day + timedelta(minutes=30 * half_hour)
        day -= timedelta(days=1)


def _number(place: int) -> str:
    body = f"AP2025{place:08d}"[:14]
    return body + check_character(body)


def _conversation_row(conversation_id: UUID) -> dict[str, object]:
    return {
        "id": conversation_id,
        "channel": "web",
        "token_hash": conversation_id.hex * 2,
        "opened_at": NOW,
        "expires_at": NOW,
        "owner": "bot",
        "last_seq": 0,
        "slots": seal("conversations.slots", str(conversation_id), {}),
        "dialogue_session": 1,
        "turns_in_session": 0,
        "fallbacks_in_a_row": 0,
    }


def open_talks(open_uow: OpenUow, count: int) -> list[UUID]:
    """Citizens who have just opened the chat."""
    with open_uow() as uow:
        talks = [Conversation("web", uuid4().hex * 2, NOW, NOW + timedelta(hours=1)) for _ in range(count)]
        for talk in talks:
            uow.conversations.add(talk)
        return [talk.id for talk in talks]


def book_first_free(open_uow: OpenUow, who: UUID, station_id: str) -> None:
    """One citizen's booking, from looking up to the commit."""
    with open_uow() as uow:
        if idempotency.answered(uow, who, "k", {"station": station_id}, NOW) is not None:
            return
        slot = free_slots(uow, station_id, Wish(date(2026, 11, 24), date(2026, 12, 20)), NOW, limit=1)[0]
        made = appointments.book(uow, who, Request(slot), f"{who}:book", NOW)
        idempotency.remember(uow, who, "k", {"station": station_id}, {"number": made.number}, NOW)


def one_by_one(engine: Engine, count: int) -> list[float]:
    """Seconds of each booking, one citizen after the other, each at another station."""
    open_uow = unit_of_work_factory(engine)[0]
    people = open_talks(open_uow, count)

    def book(place: int) -> None:
        book_first_free(open_uow, people[place], f"{STATIONS[place % len(STATIONS)]}-center")

    return [_timed(book, place) for place in range(count)]


def looked_up(engine: Engine, count: int) -> list[float]:
    """Seconds of each look at a station's free slots of a week."""
    open_reading = unit_of_work_factory(engine)[1]

    def look(place: int) -> None:
        with open_reading() as uow:
            station_id = f"{STATIONS[place % len(STATIONS)]}-center"
            free_slots(uow, station_id, Wish(date(2026, 11, 24), date(2026, 12, 1)), NOW, 100)

    return [_timed(look, place) for place in range(count)]


def rush(engine: Engine, threads: int, slots: int) -> tuple[float, int, int]:
    """64 threads want 50 slots of one station, three citizens for the two seats of each: seconds, given, lost or doubled."""
    open_uow = unit_of_work_factory(engine)[0]
    with open_uow() as uow:
        free = free_slots(uow, RUSHED, Wish(date(2026, 11, 24), date(2026, 12, 10)), NOW, slots)
    wanted = [slot for slot in free for _ in range(3)]
    people, start = open_talks(open_uow, len(wanted)), threading.Barrier(threads)

    def want(place: int) -> bool:
        if place < threads:
            start.wait()
        while True:
            try:
                with open_uow() as uow:
                    appointments.book(uow, people[place], Request(wanted[place]), f"{people[place]}:book", NOW)
                return True
            except SlotTaken:
                return False
            except (OperationalError, PoolExhausted):
                continue  # waited too long for a lock: nothing was done

    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        given = sum(pool.map(want, range(len(wanted))))
    seconds = time.perf_counter() - begun
    places = text(
        "SELECT count(*), count(DISTINCT CAST(starts_at AS TEXT) || seat) FROM appointments WHERE station_id = :station"
    )
    with engine.connect() as connection:
        rows, distinct = connection.execute(places, {"station": RUSHED}).one()
    wrong = abs(rows - distinct) + abs(rows - given) + abs(given - 2 * len({slot.starts_at for slot in free}))
    return seconds, given, wrong


def _timed(act: Callable[[int], object], place: int) -> float:
    begun = time.perf_counter()
    act(place)
    return time.perf_counter() - begun


def _ms(seconds: list[float], share: float) -> str:
    return f"{statistics.quantiles(seconds, n=100, method='inclusive')[round(share * 100) - 1] * 1000:.1f}"


def main() -> None:
    """Fill, measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--present", type=int, default=100_000, help="appointments that are there already")
    parser.add_argument("--bookings", type=int, default=600)
    asked = parser.parse_args()
    use_key(base64.b64encode(os.urandom(32)).decode())
    lines: dict[str, list[str]] = {}
    with databases() as found:
        for name, engine in found.items():
            begun = time.perf_counter()
            fill(engine, asked.present)
            print(f"{name}: {asked.present} appointments in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
            one_by_one(engine, 50)  # statements compiled, pages read
            began = time.process_time()
            booked = one_by_one(engine, asked.bookings)
            own = (time.process_time() - began) / asked.bookings * 1000
            looks = looked_up(engine, asked.bookings)
            seconds, given, wrong = rush(engine, 64, 50)
            lines[name] = [_ms(booked, 0.5), _ms(booked, 0.95), _ms(booked, 0.99), f"{own:.1f}", _ms(looks, 0.95)]
            lines[name] += [f"{seconds:.1f}", str(given), str(wrong)]
    rows = [
        "booking, p50 ms",
        "booking, p95 ms",
        "booking, p99 ms",
        "of which this process on the CPU, mean ms",
        "free slots of a week, p95 ms",
        "64 threads want 50 slots, s",
        "places given, of 100",
        "lost or given twice",
    ]
    print(f"| {asked.present:,} appointments present | " + " | ".join(lines) + " |")
    print("|---|" + "---:|" * len(lines))
    for place, row in enumerate(rows):
        print(f"| {row} | " + " | ".join(values[place] for values in lines.values()) + " |")


if __name__ == "__main__":
    main()
