"""How fast the ledger, a look-up and the reports are with a large agency's records behind them.

    nice -n 10 .venv/bin/python bench/casework_ledger.py

Makes 1,000,000 ledger rows and 100,000 applications of two years, invented and encrypted as real ones are, on a SQLite
file and on a PostgreSQL server of its own, and deletes both afterwards. Takes some ten minutes and 2 GB of disk.
Wanted on PostgreSQL: search p95 ≤ 100 ms, look-up ≤ 10 ms, monthly report ≤ 3 s.
"""

import argparse
import base64
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent.parent))

from sqlalchemy import Engine, Table, insert, text

from hotline import applications as service
from hotline import reports
from hotline.applicants import masked_name
from hotline.clock import local
from hotline.consultations import DISPOSITIONS, GROUPS, LedgerSearch, categories
from hotline.divisions import divisions
from hotline.reference_numbers import check_character
from store.applications import applications
from store.consultations import consultations
from store.encryption import blind, seal, use_key
from store.migrate import upgrade
from store.unit_of_work import OpenUow, connect, unit_of_work_factory
from tests.postgres import running_postgres

FIRST, DAYS = date(2024, 11, 23), 730
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ROWS_AT_ONCE, SEARCHES, LOOKUPS, REPORTS = 2_000, 400, 400, 5
COUNTIES = [code for code in divisions() if not code.endswith("00")]
TOPICS = list(categories())
WEIGHTS = [1 / (place + 1) for place in range(len(TOPICS))]
"""Some topics are asked about far more often than others."""
MATTERS = ["M05A", "M07A", "M07B", "M04", "N04", "AH01", "X00"]
PHONES = 300_000


def ledger_rows(count: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Rows over two years; a third left a name and a phone."""
    a_day = count // DAYS + 1
    for place in range(count):
        day = FIRST + timedelta(days=place // a_day)
        row_id = UUID(int=chance.getrandbits(128), version=4)
        started = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
            seconds=place % a_day * 50_000 // a_day
        )
        yield {
            "id": row_id,
            "number": f"ZX{day:%Y%m%d}{place % a_day + 1:06d}",
            "channel": chance.choice(("phone", "web", "web", "wechat", "window")),
            "started_at": started,
            "day": day,
            "ended_at": started + timedelta(seconds=chance.randrange(60, 1_800)),
            "waited_seconds": chance.randrange(300) if chance.random() < 0.3 else None,
            "topic": chance.choices(TOPICS, WEIGHTS)[0],
            "region": chance.choice(COUNTIES) if chance.random() < 0.9 else None,
            "matter": chance.choice(MATTERS),
            "outcome": chance.choice(("likely", "unlikely", "review", None)),
            "disposition": chance.choice(list(DISPOSITIONS)),
            "articles": ["劳动合同法第八十五条"],
            "referred_to": [],
            "told_right_to_apply": True,
            "groups": chance.sample(list(GROUPS), chance.randrange(3)),
            "group_related": chance.random() < 0.001,
            "sensitive": False,
            "unanswered": int(chance.random() < 0.05),
            "score": chance.choice((5, 5, 5, 4, 3, 2, 1)) if chance.random() < 0.5 else None,
            "name_refused": False,
            "unsafe_to_call": False,
            "locked_at": started + timedelta(days=1) if day < date(2026, 11, 1) else None,
            **(person(row_id, chance) if chance.random() < 0.33 else NOBODY),
        }


NOBODY = dict.fromkeys(("citizen_name", "citizen_phone", "phone_index"))


def person(row_id: UUID, chance: random.Random) -> dict[str, Any]:
    """An invented name and phone, sealed for this row."""
    phone = a_phone(chance.randrange(PHONES))
    return {
        "citizen_name": seal("consultations.citizen_name", str(row_id), "欧阳测试"),
        "citizen_phone": seal("consultations.citizen_phone", str(row_id), phone),
        "phone_index": blind(phone)[0],
    }


def a_phone(number: int) -> str:
    """Of a range that is not given out."""
    return f"1380000{number:06d}"[:11]


def application_rows(count: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Applications over the same two years."""
    a_day = count // DAYS + 1
    for place in range(count):
        row_id = UUID(int=chance.getrandbits(128), version=4)
        phone, day = a_phone(chance.randrange(PHONES)), FIRST + timedelta(days=place // a_day)
        body = f"YX{day:%Y%m%d}{place % a_day:04d}"
        sealed = {
            "facts": {"matter": "M05A"},
            "applicant_name": "欧阳测试",
            "applicant_phone": phone,
            "phone_tail": phone[-4:],
        }
        yield {
            "id": row_id,
            "number": body + check_character(body),
            "agency": "某某区法律援助中心",
            "region": chance.choice(COUNTIES),
            "matter": chance.choice(MATTERS),
            "outcome": "likely",
            **{name: seal(f"applications.{name}", str(row_id), value) for name, value in sealed.items()},
            "tail": phone[-4:],
            "phone_index": blind(phone)[0],
            "channel": "web",
            "lane": "ordinary",
            "urgent": False,
            "needs_confirmation": False,
            "difficult": False,
            "status": chance.choice(("submitted", "accepted", "granted", "refused", "closed")),
            "submitted_at": datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
            "last_step": 1,
            "wrong_tails": 0,
            "idempotency_key": f"bench:{place}",
        }


def fill(engine: Engine, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """Insert with the indexes taken off and put back, which is several times faster."""
    for index in table.indexes:
        index.drop(engine)
    for some in batched(rows, ROWS_AT_ONCE):
        with engine.begin() as connection:
            connection.execute(insert(table), list(some))
    for index in table.indexes:
        index.create(engine)


SEARCHED: dict[str, Callable[[random.Random], LedgerSearch]] = {
    "newest": lambda _: LedgerSearch(),
    "a month and a topic": lambda c: replace(a_month(c), topic=c.choice(TOPICS)),
    "a county": lambda c: LedgerSearch(region=c.choice(COUNTIES)),
    "a city and a matter": lambda c: LedgerSearch(region=f"{c.choice(COUNTIES)[:4]}00", matter=c.choice(MATTERS)),
    "a province and a month": lambda c: replace(a_month(c), region=f"{c.choice(COUNTIES)[:2]}0000"),
    "a phone": lambda c: LedgerSearch(phone=a_phone(c.randrange(PHONES))),
    "a number": lambda c: LedgerSearch(number=f"ZX{a_day(c):%Y%m%d}000007"),
    "unlocked": lambda _: LedgerSearch(locked=False),
    "unanswered and a topic": lambda c: LedgerSearch(unanswered=True, topic=c.choice(TOPICS)),
    "low score in a county": lambda c: LedgerSearch(low_score=True, region=c.choice(COUNTIES)),
    "an outcome and a disposition": lambda c: LedgerSearch(outcome="review", disposition=c.choice(list(DISPOSITIONS))),
    "a page far back": lambda c: LedgerSearch(
        before=(datetime.combine(a_day(c), datetime.min.time(), UTC), UUID(int=0)), channel="phone"
    ),
}


def a_day(chance: random.Random) -> date:
    """Any of the two years."""
    return FIRST + timedelta(days=chance.randrange(DAYS))


def a_month(chance: random.Random) -> LedgerSearch:
    """Thirty days of them."""
    first = a_day(chance)
    return LedgerSearch(first=first, last=first + timedelta(days=29))


def measure(name: str, times: int, act: Callable[[], object]) -> list[float]:
    """Milliseconds of each; printed as median and 95th percentile."""
    act()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1_000)
    print(f"  {name:34} p50 {statistics.median(taken):9.1f} ms   p95 {p95(taken):9.1f} ms", flush=True)
    return taken


def p95(taken: list[float]) -> float:
    """The 95th percentile."""
    return sorted(taken)[max(0, int(len(taken) * 0.95) - 1)]


def search(open_reading: OpenUow, wanted: LedgerSearch) -> None:
    """A page as the console shows it: with the names opened and masked."""
    with open_reading() as uow:
        for row in uow.consultations.find(wanted):
            _ = row.citizen_name and masked_name(row.citizen_name)


def look_up(open_uow: OpenUow, number: str, tail: str) -> None:
    """Somebody asks how an application stands; a wrong tail is counted, on the disk."""
    with open_uow() as uow:
        service.track(uow, number, tail, NOW, caller=number)


def make_report(open_reading: OpenUow, name: str) -> None:
    """A whole report, without the file."""
    with open_reading() as uow:
        reports.report(uow, reports.period(name), NOW)


def run(name: str, url: str, rows: int, applied: int) -> None:
    """Fill one database and measure it."""
    print(f"{name}: {rows:,} ledger rows, {applied:,} applications", flush=True)
    engine, chance = connect(url), random.Random(12348)
    upgrade(engine)
    begun = time.perf_counter()
    fill(engine, consultations, ledger_rows(rows, chance))
    made = list(application_rows(applied, chance))
    numbers = [(row["number"], row["tail"]) for row in made]
    for row in made:
        del row["tail"]
    fill(engine, applications, iter(made))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    print(f"  filled in {time.perf_counter() - begun:.0f} s", flush=True)
    open_uow, open_reading = unit_of_work_factory(engine)
    each = SEARCHES // len(SEARCHED)
    taken = [
        one
        for kind, wanted in SEARCHED.items()
        for one in measure(f"search: {kind}", each, lambda wanted=wanted: search(open_reading, wanted(chance)))  # type: ignore[misc]
    ]
    print(f"  {'search, all':34} p50 {statistics.median(taken):9.1f} ms   p95 {p95(taken):9.1f} ms", flush=True)
    measure("progress look-up", LOOKUPS, lambda: look_up(open_uow, *chance.choice(numbers)))
    measure("look-up with a wrong tail", LOOKUPS, lambda: look_up(open_uow, chance.choice(numbers)[0], "xxxx"))
    month = f"{local(NOW - timedelta(days=31)):%Y-%m}"
    measure(f"monthly report {month}", REPORTS, lambda: make_report(open_reading, month))
    measure("yearly report 2025", REPORTS, lambda: make_report(open_reading, "2025"))
    engine.dispose()


def main() -> None:
    """Both databases, one after the other."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--applications", type=int, default=100_000)
    asked = arguments.parse_args()
    use_key(base64.b64encode(os.urandom(32)).decode())
    with running_postgres(durable=True) as url:
        run("PostgreSQL", url, asked.rows, asked.applications)
    with tempfile.TemporaryDirectory() as folder:
        run("SQLite", f"sqlite:///{folder}/ledger.db", asked.rows, asked.applications)


if __name__ == "__main__":
    main()
