"""Booking over HTTP: what is told is in the database, a repeat changes nothing, bad input gets a sentence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.conftest import Serve
from tests.api.gateway import Citizen, ScriptedDialogue, Served, assert_problem, rows, text_of, wait_for
from tests.conftest import Clock

STATION = "340104-center"
TUESDAY = "340104-center@20261124T{}Z@window"
NINE, HALF_PAST, TEN = TUESDAY.format("0100"), TUESDAY.format("0130"), TUESDAY.format("0200")


@pytest.fixture
def served(serve: Serve, dialogue: ScriptedDialogue, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr("api.outbox.PAUSE_SECONDS", 0.05)
    with serve(dialogue, session_idle_minutes=3 * 24 * 60) as gateway:  # the talk is still open when its time comes
        yield gateway


@pytest.fixture
def citizen(served: Served) -> Citizen:
    return served.citizen()


def post(who: Citizen, path: str, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or uuid4().hex}
    return who.http.post(f"/v1/appointments{path}", json=body or None, headers=headers)


def booked(who: Citizen, slot: str = NINE, **body: Any) -> dict[str, Any]:
    return dict(post(who, "", slot_id=slot, **body).raise_for_status().json())


def said(who: Citizen) -> str:
    return text_of([event for event in who.events() if event["from"] == "system"])


def test_看空位_不用登录(served: Served) -> None:
    with served.http() as http:
        found = http.get("/v1/slots", params={"region": "340104", "from": "2026-11-24", "to": "2026-11-24"}).json()
    assert found["station"] == "合肥市蜀山区法律援助中心"
    assert found["slots"][0] == {
        "id": NINE,
        "station_id": STATION,
        "kind": "window",
        "starts_at": "2026-11-24T09:00:00+08:00",
        "when": "11月24日（周二）上午9:00",
        "provisional": False,
    }


def test_休息日没有空位_给出后面最近的(served: Served) -> None:
    with served.http() as http:
        found = http.get("/v1/slots", params={"station_id": STATION, "from": "2026-11-28", "to": "2026-11-28"}).json()
    assert found["slots"] == []
    assert found["next"][0]["when"] == "11月30日（周一）上午9:00"


def test_约上了_说的就是库里的(citizen: Citizen, sqlite_file: Path) -> None:
    mine = booked(citizen, matter="M05A", purpose="apply")
    assert (mine["status"], mine["when"]) == ("confirmed", "11月24日（周二）上午9:00")
    assert any("身份证" in one for one in mine["bring"])
    assert rows(sqlite_file, "SELECT number, station_id, kind, status, purpose FROM appointments") == [
        (mine["number"], STATION, "window", "confirmed", "apply")
    ]
    assert citizen.http.get(f"/v1/appointments/{mine['number']}").json() == mine


def test_先占位再确认(citizen: Citizen, sqlite_file: Path, clock: Clock) -> None:
    held = booked(citizen, hold=True)
    assert (held["status"], held["held_until"]) == ("held", "2026-11-23T09:10:00+08:00")
    clock.forward(minutes=5)
    sure = post(citizen, f"/{held['number']}/confirm").json()
    assert (sure["status"], sure["held_until"], sure["number"]) == ("confirmed", None, held["number"])


def test_占着一个又选另一个_是换一个(citizen: Citizen, sqlite_file: Path) -> None:
    first, second = booked(citizen, hold=True), booked(citizen, TEN, hold=True)
    assert first["number"] != second["number"]
    assert sorted(rows(sqlite_file, "SELECT status FROM appointments")) == [("expired",), ("held",)]


def test_同一个请求发几次_答的一样_只约一个(citizen: Citizen, sqlite_file: Path) -> None:
    first, again = post(citizen, "", "k1", slot_id=NINE), post(citizen, "", "k1", slot_id=NINE)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(rows(sqlite_file, "SELECT * FROM appointments")) == 1
    assert_problem(post(citizen, "", "k1", slot_id=TEN), 409, "request_reused")


def test_改期_取消_都可以重发(citizen: Citizen, sqlite_file: Path) -> None:
    number = booked(citizen)["number"]
    for _ in range(2):
        moved = post(citizen, f"/{number}/change", "k2", slot_id=TEN).json()
        assert (moved["number"], moved["when"]) == (number, "11月24日（周二）上午10:00")
    for _ in range(2):
        assert post(citizen, f"/{number}/cancel", "k3").json()["status"] == "cancelled"
    acts = rows(sqlite_file, "SELECT act FROM appointment_changes ORDER BY rowid")
    assert acts == [("booked",), ("changed",), ("cancelled",)]
    assert_problem(post(citizen, f"/{number}/change", slot_id=HALF_PAST), 409, "appointment_over")


@pytest.mark.parametrize(
    ("slot", "more", "code"),
    [
        ("340104-center@20261120T0100Z@window", {}, "past_time"),
        ("340104-center@20261128T0100Z@window", {}, "day_off"),
        ("340104-center@20261124T0400Z@window", {}, "outside_hours"),
        ("340104-center@20270301T0100Z@window", {}, "too_far_ahead"),
        ("340104-center@20261124T0100Z@visit", {"contact": {"phone": "13800000001", "address": "样例路1号"}}, "kind_not_offered"),
        ("340104-center@20261124T0100Z@phone", {}, "contact_missing"),
        ("340104-center@20261124T0100Z@dance", {}, "kind_unknown"),
        ("随便写的", {}, "slot_unknown"),
        ("530303-public_center@20261124T0100Z@window", {"purpose": "apply"}, "not_accepting"),
    ],
    ids=["过去", "周末", "午休", "太远", "没开通上门", "电话没留号码", "没有的方式", "不是时段", "站点不受理申请"],
)  # fmt: skip
def test_约不了的_说清为什么_什么也不丢(
    citizen: Citizen, sqlite_file: Path, slot: str, more: dict[str, Any], code: str
) -> None:
    assert_problem(post(citizen, "", slot_id=slot, **more), 422, code)
    assert rows(sqlite_file, "SELECT * FROM appointments") == []
    assert booked(citizen)["status"] == "confirmed"


def test_休息日的话里有最近的工作日(citizen: Citizen) -> None:
    refused = post(citizen, "", slot_id="340104-center@20261128T0100Z@window").json()
    assert refused["detail"] == "11月28日（周六）休息，不能约。最近的工作日是11月30日（周一），您看可以吗？"


def test_没有的站点(citizen: Citizen) -> None:
    assert_problem(post(citizen, "", slot_id="999999-center@20261124T0100Z@window"), 404, "station_unknown")


def test_已经有预约了不能再约一个(citizen: Citizen) -> None:
    booked(citizen)
    assert_problem(post(citizen, "", slot_id=TEN), 409, "already_booked")


def test_别人的预约看不见也动不了(served: Served, citizen: Citizen, sqlite_file: Path) -> None:
    number, other = booked(citizen)["number"], served.citizen()
    for response in (
        other.http.get(f"/v1/appointments/{number}"),
        other.http.get(f"/v1/appointments/{number}/calendar"),
        post(other, f"/{number}/cancel"),
        post(other, f"/{number}/change", slot_id=TEN),
        post(other, f"/{number}/confirm"),
        post(other, "/AP202611240000X/cancel"),
    ):
        assert_problem(response, 404, "appointment_unknown")
    assert rows(sqlite_file, "SELECT status FROM appointments") == [("confirmed",)]


def test_没有会话不能约_没有请求号不能约(served: Served, citizen: Citizen) -> None:
    with served.http() as http:
        refused = http.post("/v1/appointments", json={"slot_id": NINE}, headers={"Idempotency-Key": "k"})
    assert_problem(refused, 401, "session_invalid")
    assert_problem(citizen.http.post("/v1/appointments", json={"slot_id": NINE}), 422, "malformed")


def test_电话预约_号码加密(citizen: Citizen, sqlite_file: Path) -> None:
    phone = "340104-center@20261124T0100Z@phone"
    assert booked(citizen, phone, contact={"phone": "13800000001"})["kind"] == "phone"
    (contact,) = rows(sqlite_file, "SELECT contact FROM appointments")[0]
    assert b"13800000001" not in contact
    for suffix in ("", "-wal"):
        assert b"13800000001" not in Path(f"{sqlite_file}{suffix}").read_bytes()


def test_日历文件_改了以后顶替旧的_取消了就撤回(citizen: Citizen) -> None:
    number = booked(citizen)["number"]
    first = citizen.http.get(f"/v1/appointments/{number}/calendar")
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f'filename="{number}.ics"' in first.headers["content-disposition"]
    lines = first.text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2] == "END:VCALENDAR"
    assert {
        "DTSTART:20261124T010000Z",
        "DTEND:20261124T013000Z",
        "STATUS:CONFIRMED",
        "SEQUENCE:1",
        "TRIGGER:-PT120M",
    } <= set(lines)
    assert not any(line.startswith("LOCATION") for line in lines), "没核对过的地址不进日历"
    assert all(len(line.encode()) <= 75 for line in lines)
    post(citizen, f"/{number}/cancel")
    gone = citizen.http.get(f"/v1/appointments/{number}/calendar").text
    assert "METHOD:CANCEL" in gone and "STATUS:CANCELLED" in gone and "SEQUENCE:2" in gone and "VALARM" not in gone


def test_到时候提醒_取消了就不提醒(served: Served, citizen: Citizen, clock: Clock) -> None:
    other = served.citizen()
    number = booked(citizen)["number"]
    gone = booked(other)["number"]
    post(other, f"/{gone}/cancel")
    clock.forward(hours=9)  # six in the evening
    wait_for(lambda: "提醒您" in said(citizen))
    assert f"预约号 {number}" in said(citizen) and "11月24日（周二）上午9:00" in said(citizen)
    assert said(other) == ""


def test_没来_记一笔_请他再约(served: Served, citizen: Citizen, clock: Clock, sqlite_file: Path) -> None:
    number, operator = booked(citizen)["number"], served.operator()
    assert_problem(operator.post(f"/v1/console/appointments/{number}/no-show"), 422, "not_yet_over")
    clock.forward(hours=24.5)
    operator = served.operator()
    for _ in range(2):
        assert operator.post(f"/v1/console/appointments/{number}/no-show").json()["status"] == "no_show"
    wait_for(lambda: "没有来" in said(citizen))
    assert said(citizen).count("没有来") == 1 and "打个分" not in said(citizen)
    assert_problem(citizen.http.post(f"/v1/console/appointments/{number}/no-show"), 401, "login_refused")
    assert ("demo", "appointment.missed") in rows(sqlite_file, "SELECT actor, act FROM audit")


def test_约满了候补_有人取消就给他留着_按了就是他的(served: Served, clock: Clock) -> None:
    first, second, third = served.citizen(), served.citizen(), served.citizen()
    numbers = [booked(one)["number"] for one in (first, second)]
    assert_problem(post(third, "", slot_id=NINE), 409, "slot_taken")
    wish = {"station_id": STATION, "first": "2026-11-24", "last": "2026-11-24", "part": "morning"}
    assert third.http.post("/v1/waiting", json=wish).status_code == 202
    post(first, f"/{numbers[0]}/cancel")
    wait_for(lambda: "有空位了" in said(third))
    assert "给您留到11:00" in said(third)
    fourth = served.citizen()
    assert_problem(post(fourth, "", slot_id=NINE), 409, "slot_taken")
    clock.forward(hours=2.1)
    wait_for(lambda: post(fourth, "", slot_id=NINE).status_code == 201)


def test_值班员替打电话的人约(served: Served, citizen: Citizen, sqlite_file: Path) -> None:
    operator, params = served.operator(), {"conversation_id": citizen.session_id}
    asked = {"json": {"slot_id": NINE}, "headers": {"Idempotency-Key": "k"}, "params": params}
    number = operator.post("/v1/appointments", **asked).raise_for_status().json()["number"]  # type: ignore[arg-type]
    assert citizen.http.get(f"/v1/appointments/{number}").status_code == 200
    assert ("demo", "appointment.booked") in rows(sqlite_file, "SELECT actor, act FROM audit")
    assert_problem(served.citizen().http.post("/v1/appointments", **asked), 401, "login_refused")  # type: ignore[arg-type]
