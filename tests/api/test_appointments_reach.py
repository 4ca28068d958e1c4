"""Coming back to an appointment when the session is over, booking for a caller on the phone, and the day's list."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from hotline import appointments_reach
from store.unit_of_work import OpenUow
from tests.api.conftest import Serve
from tests.api.gateway import Citizen, ScriptedDialogue, Served, assert_problem, rows, wait_for
from tests.api.test_applications import apply
from tests.conftest import Clock

TUESDAY = "340104-center@20261124T{}Z@window"
NINE, TEN = TUESDAY.format("0100"), TUESDAY.format("0200")
MONDAY_AFTER = "340104-center@20261130T0100Z@window"
PHONE, TAIL = "13900001234", "1234"


@pytest.fixture
def served(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr("api.housekeeping.SECONDS_BETWEEN", 0.05)
    with serve(ScriptedDialogue()) as gateway:
        yield gateway


def book(who: Citizen | httpx.Client, slot: str = NINE, phone: str | None = PHONE, **more: Any) -> httpx.Response:
    http = who.http if isinstance(who, Citizen) else who
    contact = {"contact": {"phone": phone, "name": "申请人甲"}} if phone else {}
    headers = {"Idempotency-Key": more.pop("key", uuid4().hex)}
    return http.post("/v1/appointments", json={"slot_id": slot, **contact, **more}, headers=headers)


def act(http: httpx.Client, number: str, what: str, tail: str = TAIL, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": uuid4().hex, "Phone-Tail": tail}
    return http.post(f"/v1/appointments/{number}/{what}", json=body or None, headers=headers)


def look(http: httpx.Client, number: str, tail: str = TAIL) -> httpx.Response:
    return http.get(f"/v1/appointments/{number}", headers={"Phone-Tail": tail} if tail else {})


def expected(served: Served, **query: str) -> list[dict[str, Any]]:
    return list(served.operator().get("/v1/console/appointments", params=query).raise_for_status().json())


def orders(served: Served) -> list[dict[str, Any]]:
    return [one for one in served.operator().get("/v1/console/work-orders").json() if one["reason"] == "reminder"]


# Coming back


def test_会话过期了_凭预约号和后四位还能看_改_存日历_取消(served: Served, clock: Clock) -> None:
    citizen = served.citizen()
    number = book(citizen).raise_for_status().json()["number"]
    clock.forward(hours=2)
    for http in (citizen.http, served.http(), served.citizen().http):
        assert look(http, number).json()["when"] == "11月24日（周二）上午9:00"
    http = served.http()
    assert act(http, number, "change", slot_id=TEN).json()["when"] == "11月24日（周二）上午10:00"
    assert "BEGIN:VALARM" in http.get(f"/v1/appointments/{number}/calendar", headers={"Phone-Tail": TAIL}).text
    assert act(http, number, "cancel").json()["status"] == "cancelled"


def test_后四位不对_没留电话_编号乱写_说法一样_五次锁住(served: Served) -> None:
    number = book(served.citizen()).json()["number"]
    without = book(served.citizen(), TEN, None).json()["number"]
    http = served.http()
    said = [look(http, *pair) for pair in ((number, "0000"), (without, "1234"), ("AP2026112399999", "1234"))]
    assert said[0].json() == said[1].json() == said[2].json()
    assert_problem(said[0], 404, "appointment_unknown")
    assert_problem(look(http, number, ""), 401, "session_invalid")
    assert_problem(look(http, number, "34"), 404, "appointment_unknown")
    for _ in range(3):
        look(http, number, "0000")
    assert_problem(look(http, number), 429, "lookup_locked")


def test_没留电话但在同一次会话里申请过_用申请的电话(served: Served, clock: Clock) -> None:
    citizen = served.citizen()
    apply(citizen.http, applicant_phone=PHONE).raise_for_status()
    number = book(citizen, phone=None).json()["number"]
    clock.forward(hours=2)
    assert look(served.http(), number).status_code == 200


@pytest.mark.parametrize("phone", ["12345", "1380000000x", "打我电话"])
def test_电话写错_说清楚_没约成(served: Served, sqlite_file: Path, phone: str) -> None:
    assert_problem(book(served.citizen(), phone=phone), 422, "phone_invalid")
    assert rows(sqlite_file, "SELECT * FROM appointments") == []


# On the phone


def test_值班员替没有会话的人约_要留电话_同一个请求号只约一个_看得到也改得了(served: Served) -> None:
    operator = served.operator()
    assert_problem(book(operator, phone=None), 422, "contact_missing")
    first = book(operator, key="k" * 8).raise_for_status().json()
    assert book(operator, key="k" * 8).json() == first
    second = book(operator, NINE, "13900005678").raise_for_status().json()
    assert first["number"] != second["number"], "一个值班员替许多人约"
    assert look(operator, first["number"], "").json()["number"] == first["number"]
    assert act(operator, first["number"], "cancel", "").json()["status"] == "cancelled"
    assert look(served.http(), second["number"], "5678").status_code == 200
    assert_problem(look(served.http(), second["number"], ""), 401, "session_invalid")


# The day's list, and who is rung up


def test_今天谁来_姓名电话遮住_怎么提醒写明白_看了留痕(served: Served, clock: Clock, sqlite_file: Path) -> None:
    numbers = [book(served.citizen()).json()["number"], book(served.citizen(), TEN, None).json()["number"]]
    clock.forward(hours=2)
    first, second = expected(served, day="2026-11-24", station_id="340104-center")
    assert [first["number"], second["number"]] == numbers
    assert (first["name"], first["phone"], first["reach"]) == ("申***", "139****1234", "call")
    assert (second["phone"], second["reach"]) == (None, "no_phone") and "日历" in second["reach_words"]
    assert expected(served) == expected(served, day="2026-11-24", station_id="530102-center") == []
    (told, *_) = rows(sqlite_file, "SELECT after FROM audit WHERE act = 'appointments.listed'")[0]
    assert "2026-11-24" in told


def test_前一个工作日自动开回电单_取了看得到号码和要说的话_打完记下结果(
    served: Served, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = book(served.citizen(), MONDAY_AFTER).json()["number"]
    assert orders(served) == [], "约的当天不打"
    clock.forward(days=3, hours=1)
    assert orders(served) == [], "周四：离周一还有一个工作日"
    clock.forward(days=1)
    wait_for(partial(orders, served))
    (order,) = orders(served)
    assert (order["about"], order["kind"], order["due_at"]) == (number, "call_back", "2026-11-29T23:00:00Z")
    operator = served.operator()
    taken = operator.post(f"/v1/console/work-orders/{order['id']}/take").json()
    assert taken["number_to_ring"] == PHONE and "11月30日（周一）上午9:00" in taken["note"]
    operator.post(f"/v1/console/work-orders/{order['id']}/finish", json={"result": "reached"}).raise_for_status()
    (line,) = expected(served, day="2026-11-30")
    assert (line["call"], line["call_result"]) == (order["number"], "reached")


def test_取消或者改期_旧的回电单作废_改到的日子另开一张(
    served: Served, clock: Clock, open_sqlite: OpenUow, sqlite_file: Path
) -> None:
    clock.forward(days=-3)  # Friday: Tuesday is booked some days before
    number = book(served.citizen()).json()["number"]
    clock.forward(days=3, hours=1)
    wait_for(partial(orders, served))
    act(served.http(), number, "change", slot_id=TEN).raise_for_status()
    clock.forward(minutes=10)
    wait_for(lambda: len(rows(sqlite_file, "SELECT status FROM work_orders")) == 2)
    found = rows(sqlite_file, "SELECT status FROM work_orders ORDER BY opened_at, number")
    assert sorted(found) == [("cancelled",), ("open",)]
    act(served.http(), number, "cancel").raise_for_status()
    assert orders(served) == []
    with open_sqlite() as uow:
        assert appointments_reach.order_calls(uow, clock()) == []


def test_家暴的和标了不可回拨的_不打电话(served: Served, clock: Clock, open_sqlite: OpenUow) -> None:
    clock.forward(days=-3)
    book(served.citizen(), matter="N04")
    told, citizen = "13900007777", served.citizen()
    citizen.ask("你好")
    book(citizen, TEN, told)
    operator = served.operator()
    (row,) = operator.post("/v1/console/ledger/search", json={"channel": "web"}).json()["rows"]
    operator.patch(f"/v1/console/ledger/{row['id']}", json={"unsafe_to_call": True}).raise_for_status()
    clock.at += timedelta(days=3, hours=1)
    assert {one["reach"] for one in expected(served, day="2026-11-24")} == {"unsafe"}
    with open_sqlite() as uow:
        assert appointments_reach.order_calls(uow, clock()) == []


def test_家暴的预约_凭号码查不到去哪里_什么时候(served: Served, sqlite_file: Path) -> None:
    citizen = served.citizen()
    number = book(citizen, matter="N04").json()["number"]
    for answered in (look(served.http(), number), act(served.http(), number, "cancel")):
        assert_problem(answered, 409, "person_needed")
        assert "上午" not in answered.text and "法律援助中心" not in answered.text
    assert look(citizen.http, number, "").status_code == 200
    assert rows(sqlite_file, "SELECT status FROM appointments") == [("confirmed",)]


def test_九点以前不打(served: Served, clock: Clock, open_sqlite: OpenUow) -> None:
    clock.forward(days=-3)
    book(served.citizen())
    clock.forward(days=3, minutes=-1)
    with open_sqlite() as uow:
        assert appointments_reach.order_calls(uow, clock()) == []
