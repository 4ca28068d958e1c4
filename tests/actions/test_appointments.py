"""Booking, moving and cancelling by talking; the same message twice has its effect once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.appointments import ActionBookAppointment, ActionCancelAppointment, ActionChangeAppointment
from hotline.appointments import office_hours
from hotline.conversations import Conversation
from hotline.reference_numbers import APPOINTMENT, is_well_formed
from store.unit_of_work import OpenUow
from tests.actions.conftest import Caller, Played, day
from tests.api.gateway import rows
from tests.conftest import Clock, a_conversation

SHUSHAN: dict[str, Any] = {"region": "340104", "matter": "M05A", "migrant_worker": True}
TUESDAY, THURSDAY, SATURDAY = "2026-11-24", "2026-11-26", "2026-11-28"


@pytest.fixture
def booked(caller: Caller) -> dict[str, Any]:
    """Booked for Tuesday morning; the block of the confirmation."""
    caller.slots |= SHUSHAN
    said = caller.goes_on(caller.says(ActionBookAppointment, "明天上午", entities=(day(TUESDAY, part="morning"),)))
    return dict(said.only()["custom"])


def history(file: Path) -> list[str]:
    return [act for (act,) in rows(file, "SELECT act FROM appointment_changes ORDER BY rowid")]


def test_先问地方_再问时间_再约(caller: Caller) -> None:
    first = caller.goes_on(caller.says(ActionBookAppointment, "我想预约", "book_appointment"))
    assert (first.responses, first.slots["asking"]) == (["utter_ask_region"], "region")
    second = caller.goes_on(
        caller.says(ActionBookAppointment, "蜀山区", entities=({"entity": "region", "value": "340104"},))
    )
    assert (second.responses, second.slots["asking"]) == (["utter_ask_appointment_time"], "appointment_time")
    third = caller.says(ActionBookAppointment, "明天上午", entities=(day(TUESDAY, part="morning"),))
    assert (third.responses, third.slots["journey"], third.slots["asking"]) == (
        ["utter_appointment_booked"],
        "none",
        None,
    )


def test_约上了_号码时间地点都来自库里那一行(booked: dict[str, Any], sqlite_file: Path) -> None:
    assert is_well_formed(booked["number"], APPOINTMENT)
    assert (booked["type"], booked["status"]) == ("appointment", "confirmed")
    assert (booked["when"], booked["station"]) == ("11月24日（周二）上午9:00", "合肥市蜀山区法律援助中心")
    assert booked["bring"]
    assert rows(sqlite_file, "SELECT number, station_id, seat, status FROM appointments") == [
        (booked["number"], "340104-center", 1, "confirmed")
    ]
    assert rows(sqlite_file, "SELECT disposition FROM consultations") == [("booked",)]


def test_同一句话再来一遍_还是那一个预约(caller: Caller, booked: dict[str, Any], sqlite_file: Path) -> None:
    again = caller.says(ActionBookAppointment, "明天上午", entities=(day(TUESDAY, part="morning"),), repeat=True)
    assert again.responses == ["utter_appointment_booked"]
    assert again.only()["custom"] == booked
    assert again.slots["journey"] == "none"
    assert history(sqlite_file) == ["booked"]


def test_改到后天下午_号码不变_同一句话再来一遍也不再动(
    caller: Caller, booked: dict[str, Any], sqlite_file: Path
) -> None:
    thursday = (day(THURSDAY, part="afternoon"),)
    for repeat in (False, True):
        said = caller.says(ActionChangeAppointment, "我要改到后天下午", "change_appointment", thursday, repeat=repeat)
        moved = said.only()
        assert moved["response"] == "utter_appointment_changed"
        assert (moved["custom"]["number"], moved["custom"]["status"]) == (booked["number"], "changed")
        assert moved["custom"]["when"] == "11月26日（周四）下午2:30"
    assert history(sqlite_file) == ["booked", "changed"]


def test_取消_同一句话再来一遍还说取消了(caller: Caller, booked: dict[str, Any], sqlite_file: Path) -> None:
    for repeat in (False, True):
        said = caller.says(ActionCancelAppointment, "取消吧", "cancel_appointment", repeat=repeat).only()
        assert (said["response"], said["number"]) == ("utter_appointment_cancelled", booked["number"])
        assert said["custom"]["status"] == "cancelled"
    assert history(sqlite_file) == ["booked", "cancelled"]
    later = caller.says(ActionCancelAppointment, "取消吧", "cancel_appointment")
    assert later.responses == ["utter_no_appointment"]


def test_取消后可以再约(caller: Caller, booked: dict[str, Any]) -> None:
    caller.says(ActionCancelAppointment, "取消吧", "cancel_appointment")
    again = caller.says(ActionBookAppointment, "后天", entities=(day(THURSDAY),)).only()
    assert again["response"] == "utter_appointment_booked" and again["custom"]["number"] != booked["number"]


def test_已经约了又说要约_告诉他约的是什么(caller: Caller, booked: dict[str, Any]) -> None:
    said = caller.says(ActionBookAppointment, "我想预约", "book_appointment").only()
    assert (said["response"], said["number"]) == ("utter_appointment_exists", booked["number"])


def test_没有预约_说改_说取消_都说没有(caller: Caller) -> None:
    assert caller.says(ActionChangeAppointment, "我要改时间", "change_appointment").responses == [
        "utter_no_appointment"
    ]
    assert caller.says(ActionCancelAppointment, "取消", "cancel_appointment").responses == ["utter_no_appointment"]


def test_问到一半说取消_是不办了(caller: Caller) -> None:
    said = caller.says(ActionCancelAppointment, "算了", "cancel_appointment", journey="booking", asking="region")
    assert (said.responses, said.slots["journey"], said.slots["asking"]) == (["utter_journey_ended"], "none", None)


@pytest.mark.parametrize("intent", ["deny", "refuse"])
def test_不想约就不约(caller: Caller, intent: str, sqlite_file: Path) -> None:
    said = caller.says(ActionBookAppointment, "不用了", intent, journey="booking", asking="appointment_time", **SHUSHAN)
    assert (said.responses, said.slots["journey"]) == (["utter_journey_ended"], "none")
    assert history(sqlite_file) == []


def test_周末没有_给三个最近的_还能转人工_按了就约那个(caller: Caller) -> None:
    offered = caller.goes_on(caller.says(ActionBookAppointment, "周六", entities=(day(SATURDAY),), **SHUSHAN))
    said = offered.only()
    assert (said["response"], said["wish"]) == ("utter_no_slot", "11月28日（周六）")
    assert [one["title"] for one in said["buttons"]] == [
        "11月30日（周一）上午9:00",
        "11月30日（周一）上午9:30",
        "11月30日（周一）上午10:00",
        "转人工",
    ]
    start = said["buttons"][0]["payload"].split('"slot_start": "')[1].rstrip('"}')
    pressed = caller.says(ActionBookAppointment, entities=({"entity": "slot_start", "value": start},))
    assert pressed.only()["custom"]["when"] == said["buttons"][0]["title"]


def test_满了给别的时间_不抢别人的(caller: Caller, open_uow: OpenUow, clock: Clock) -> None:
    for place in range(office_hours().seats):
        with open_uow() as uow:
            other = a_conversation(uow, clock, f"o{place}")
        nine = day(TUESDAY, time="09:00")
        said = Caller(caller.services, other.id).says(ActionBookAppointment, "明早九点", entities=(nine,), **SHUSHAN)
        assert said.only()["custom"]["when"].endswith("9:00")
    mine: Played = caller.says(ActionBookAppointment, "明早九点", entities=(day(TUESDAY, time="09:00"),), **SHUSHAN)
    assert mine.only()["custom"]["when"] == "11月24日（周二）上午9:30"


def test_重启以后预约还在(caller: Caller, booked: dict[str, Any], conversation: Conversation, clock: Clock) -> None:
    clock.at += timedelta(hours=3)
    later = Caller(caller.services, conversation.id, seq=10)
    said = later.says(ActionBookAppointment, "我约了没有", "book_appointment", region="340104").only()
    assert said["number"] == booked["number"]
