"""Booking, moving and cancelling by talking; the same message twice has its effect once."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.appointments import ActionBookAppointment, ActionCancelAppointment, ActionChangeAppointment
from actions.journeys import ActionContinueJourney
from hotline import appointments_reach
from hotline import appointments_waiting as waiting
from hotline.appointments import AppointmentStatus
from hotline.appointments_slots import Kind, calendar
from hotline.clock import local
from hotline.conversations import Conversation
from hotline.reference_numbers import APPOINTMENT, is_well_formed
from hotline.workstations import Service, derived_centre
from store.unit_of_work import OpenUow
from tests.actions.conftest import Caller, Played, day, entity
from tests.api.gateway import rows
from tests.conftest import Clock, a_conversation

SHUSHAN: dict[str, Any] = {"region": "340104", "matter": "M05A", "migrant_worker": True}
TUESDAY, THURSDAY, SATURDAY = "2026-11-24", "2026-11-26", "2026-11-28"


@pytest.fixture
def booked(caller: Caller) -> dict[str, Any]:
    """Booked for Tuesday morning; the block of the confirmation."""
    caller.slots |= SHUSHAN
    said = caller.goes_on(caller.says(ActionBookAppointment, "明天上午", entities=(day(TUESDAY, part="morning"),)))
    return dict(said.messages[0]["custom"])


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
        ["utter_appointment_booked", "utter_ask_reminder_phone"],
        "none",
        "reminder_phone",
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
    assert again.responses == ["utter_appointment_booked", "utter_ask_reminder_phone"]
    assert again.messages[0]["custom"] == booked
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
    again = caller.says(ActionBookAppointment, "后天", entities=(day(THURSDAY),)).messages[0]
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
    assert pressed.messages[0]["custom"]["when"] == said["buttons"][0]["title"]


def test_满了给别的时间_不抢别人的(caller: Caller, open_uow: OpenUow, clock: Clock) -> None:
    for place in range(calendar().kinds[Kind.WINDOW].seats):
        with open_uow() as uow:
            other = a_conversation(uow, clock, f"o{place}")
        nine = day(TUESDAY, time="09:00")
        said = Caller(caller.services, other.id).says(ActionBookAppointment, "明早九点", entities=(nine,), **SHUSHAN)
        assert said.messages[0]["custom"]["when"].endswith("9:00")
    mine: Played = caller.says(ActionBookAppointment, "明早九点", entities=(day(TUESDAY, time="09:00"),), **SHUSHAN)
    assert mine.messages[0]["custom"]["when"] == "11月24日（周二）上午9:30"


def test_重启以后预约还在(caller: Caller, booked: dict[str, Any], conversation: Conversation, clock: Clock) -> None:
    clock.at += timedelta(hours=3)
    later = Caller(caller.services, conversation.id, seq=10)
    said = later.says(ActionBookAppointment, "我约了没有", "book_appointment", region="340104").only()
    assert said["number"] == booked["number"]


# The waiting list


@pytest.fixture
def full_morning(caller: Caller, open_uow: OpenUow, clock: Clock) -> list[Caller]:
    """Those who have all places of Tuesday morning."""
    holders = []
    for place in range(5 * calendar().kinds[Kind.WINDOW].seats):
        with open_uow() as uow:
            other = a_conversation(uow, clock, f"m{place}")
        holders.append(Caller(caller.services, other.id))
        said = holders[-1].says(ActionBookAppointment, "明天上午", entities=(day(TUESDAY, part="morning"),), **SHUSHAN)
        assert "上午" in said.messages[0]["custom"]["when"]
    return holders


def hand_on(open_uow: OpenUow, clock: Clock) -> None:
    """What the worker does after a place was given back."""
    with open_uow() as uow:
        while waiting.offer_next(uow, clock()):
            pass


def offered(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> dict[str, Any]:
    """The entity behind the first button of the offer."""
    with open_uow() as uow:
        message = uow.outbox.claim_due(clock())
        assert message is not None and message.conversation_id == conversation.id
    return json.loads(message.buttons[0]["payload"].removeprefix("/book_appointment"))  # type: ignore[no-any-return]


def waiting_button(said: Played) -> dict[str, Any]:
    """The entity behind 有空位告诉我."""
    (payload,) = [one["payload"] for one in said.only()["buttons"] if one["title"] == "有空位告诉我"]
    return entity("waiting_for", json.loads(payload.removeprefix("/inform"))["waiting_for"])


def test_约满了可以等_有空位就留给他_按了就是他的(
    caller: Caller, full_morning: list[Caller], open_uow: OpenUow, conversation: Conversation, clock: Clock
) -> None:
    full = caller.goes_on(
        caller.says(ActionBookAppointment, "明天上午", entities=(day(TUESDAY, part="morning"),), **SHUSHAN)
    )
    assert full.responses == ["utter_no_slot"]
    joined = caller.goes_on(caller.says(ActionBookAppointment, entities=(waiting_button(full),)))
    assert joined.only()["response"] == "utter_waiting_for_place" and joined.only()["wish"] == "11月24日（周二）上午"
    full_morning[0].says(ActionCancelAppointment, "取消预约", "cancel_appointment")
    hand_on(open_uow, clock)
    slot = offered(open_uow, conversation, clock)
    pressed = (entity("slot_start", slot["slot_start"]),)
    for repeat in (False, True):
        said = caller.says(ActionBookAppointment, "要这个时间", "book_appointment", pressed, repeat=repeat)
        taken = said.messages[0]
        assert (taken["response"], taken["when"]) == ("utter_appointment_booked", "11月24日（周二）上午9:00")
    with open_uow() as uow:
        mine = uow.appointments.live_for(conversation.id)
        assert mine is not None and mine.status is AppointmentStatus.CONFIRMED


def test_不等了(caller: Caller, full_morning: list[Caller], open_uow: OpenUow, clock: Clock) -> None:
    full = caller.goes_on(
        caller.says(ActionBookAppointment, "明天上午", entities=(day(TUESDAY, part="morning"),), **SHUSHAN)
    )
    caller.goes_on(caller.says(ActionBookAppointment, entities=(waiting_button(full),)))
    assert caller.says(ActionCancelAppointment, "取消候补", "cancel_appointment").responses == ["utter_waiting_left"]
    full_morning[0].says(ActionCancelAppointment, "取消预约", "cancel_appointment")
    hand_on(open_uow, clock)
    assert caller.says(ActionCancelAppointment, "取消预约", "cancel_appointment").responses == ["utter_no_appointment"]


def test_约过的时间过去了_可以再约(caller: Caller, booked: dict[str, Any], clock: Clock) -> None:
    clock.forward(days=2)
    again = caller.says(ActionBookAppointment, "后天", entities=(day("2026-11-27"),)).messages[0]
    assert again["response"] == "utter_appointment_booked" and again["number"] != booked["number"]


# A phone for the window: asked once the place is sure, and never needed


def left(file: Path) -> list[tuple[Any, ...]]:
    return rows(file, "SELECT status, contact IS NOT NULL FROM appointments")


def test_约好以后问一次手机号_留了就密封保存_凭后四位能查到(
    caller: Caller, booked: dict[str, Any], open_uow: OpenUow, clock: Clock, sqlite_file: Path
) -> None:
    caller.slots |= {"journey": "none", "asking": "reminder_phone"}
    for repeat in (False, True):
        phone = (entity("phone", "13800000001"),)
        said = caller.says(ActionContinueJourney, "13800000001", entities=phone, repeat=repeat)
        assert (said.responses, said.slots["asking"]) == (["utter_reminder_phone_kept"], None)
        assert said.only()["tail"] == "0001"
    assert left(sqlite_file) == [("confirmed", 1)]
    assert b"13800000001" not in sqlite_file.read_bytes()
    assert rows(sqlite_file, "SELECT count(*) FROM audit WHERE act = 'appointment.phone_left'") == [(1,)]
    with open_uow() as uow:
        found = appointments_reach.by_phone(uow, booked["number"], "0001", clock(), "somebody")
        assert found is not None and found.number == booked["number"]


@pytest.mark.parametrize("intent", ["refuse", "deny", "dont_know"])
def test_不想留手机号_预约照样在_说清没有号码会怎样(
    caller: Caller, booked: dict[str, Any], intent: str, sqlite_file: Path
) -> None:
    said = caller.says(ActionContinueJourney, "不想留", intent, journey="none", asking="reminder_phone")
    assert (said.responses, said.slots["asking"]) == (["utter_reminder_phone_declined"], None)
    assert said.only()["number"] == booked["number"]
    assert left(sqlite_file) == [("confirmed", 0)]


@pytest.mark.parametrize(("text", "intent"), [("好的可以", "affirm"), ("1380000", "inform"), ("99912345678", "inform")])
def test_说留没给号码_或者号码不对_再问(caller: Caller, booked: dict[str, Any], text: str, intent: str) -> None:
    entities = (entity("phone", text),) if len(text) == 11 else ()
    said = caller.says(ActionContinueJourney, text, intent, entities, journey="none", asking="reminder_phone")
    assert set(said.responses) <= {"utter_phone_not_understood", "utter_ask_reminder_phone"}
    assert said.responses and "asking" not in said.slots
    assert booked["number"]


def test_问手机号时说不用了_听成取消也不动预约_说取消预约才取消(
    caller: Caller, booked: dict[str, Any], sqlite_file: Path
) -> None:
    asked: dict[str, Any] = {"journey": "none", "asking": "reminder_phone"}
    said = caller.says(ActionCancelAppointment, "不用了吧", "cancel_appointment", **asked)
    assert said.responses == ["utter_reminder_phone_declined"] and left(sqlite_file) == [("confirmed", 0)]
    said = caller.says(ActionCancelAppointment, "把预约取消吧", "cancel_appointment", **asked)
    assert said.responses == ["utter_appointment_cancelled"] and said.only()["number"] == booked["number"]


def test_约的时候已经说了手机号_不再问(caller: Caller, sqlite_file: Path) -> None:
    told = (day(TUESDAY, part="morning"), entity("phone", "13800000001"))
    said = caller.says(ActionBookAppointment, "明天上午，我电话13800000001", "book_appointment", told, **SHUSHAN)
    assert said.responses == ["utter_appointment_booked", "utter_reminder_phone_kept"]
    assert left(sqlite_file) == [("confirmed", 1)] and said.slots["asking"] is None


def test_没约成的号码不收_改了时间不再问(caller: Caller, booked: dict[str, Any], sqlite_file: Path) -> None:
    moved = caller.says(ActionChangeAppointment, "改到后天", "change_appointment", (day(THURSDAY),))
    assert moved.responses == ["utter_appointment_changed"]
    caller.says(ActionCancelAppointment, "取消吧", "cancel_appointment")
    phone = (entity("phone", "13800000001"),)
    later = caller.says(ActionContinueJourney, "13800000001", "inform", phone, journey="none", asking="reminder_phone")
    assert "utter_reminder_phone_kept" not in later.responses
    assert left(sqlite_file) == [("cancelled", 0)]


# Calls, visits, online


def test_电话预约_先问号码_说过的时间不用再说_办完就忘了号码(caller: Caller, sqlite_file: Path) -> None:
    tuesday = (day(TUESDAY, part="morning"),)
    first = caller.goes_on(
        caller.says(ActionBookAppointment, "明天上午给我打个电话吧", "book_appointment", tuesday, **SHUSHAN)
    )
    assert (first.responses, first.slots["asking"]) == (["utter_ask_appointment_phone"], "appointment_phone")
    unclear = caller.goes_on(caller.says(ActionBookAppointment, "老号码"))
    assert unclear.responses == ["utter_phone_not_understood", "utter_ask_appointment_phone"]
    done = caller.goes_on(caller.says(ActionBookAppointment, "13800000001", entities=(entity("phone", "13800000001"),)))
    assert (done.only()["response"], done.only()["when"]) == ("utter_call_booked", "11月24日（周二）上午9:00")
    assert done.slots["appointment_phone"] is None and done.slots["appointment_wish"] is None
    assert rows(sqlite_file, "SELECT kind, contact IS NOT NULL FROM appointments") == [("phone", 1)]


def test_上门_没开通就给别的方式_按了窗口就约窗口(caller: Caller) -> None:
    said = caller.goes_on(caller.says(ActionBookAppointment, "能不能上门来办", "book_appointment", **SHUSHAN))
    assert (said.only()["response"], said.only()["kind"]) == ("utter_kind_not_offered", "上门")
    assert [one["title"] for one in said.only()["buttons"]] == ["约窗口", "约电话", "转人工"]
    window = (entity("appointment_kind", "window"),)
    asked = caller.goes_on(caller.says(ActionBookAppointment, "约窗口", "book_appointment", window))
    assert asked.responses == ["utter_ask_appointment_time"]


def test_上门_开通了_问电话再问地址再问时间(caller: Caller, open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        centre = derived_centre("340104")
        uow.workstations.put([replace(centre, accepts=(*centre.accepts, Service.VISIT), source="样例")], clock())
    caller.goes_on(caller.says(ActionBookAppointment, "请你们上门", "book_appointment", **SHUSHAN))
    phone = caller.goes_on(
        caller.says(ActionBookAppointment, "13800000001", entities=(entity("phone", "13800000001"),))
    )
    assert phone.slots["asking"] == "appointment_address"
    address = caller.goes_on(caller.says(ActionBookAppointment, "样例路1号2幢301"))
    assert address.slots["asking"] == "appointment_time"
    done = caller.says(ActionBookAppointment, "明天", entities=(day(TUESDAY),)).only()
    assert (done["response"], done["custom"]["when"]) == ("utter_visit_booked", "11月24日（周二）上午9:00")


def test_网上预约(caller: Caller) -> None:
    said = caller.says(ActionBookAppointment, "明天上午视频谈", "book_appointment", (day(TUESDAY),), **SHUSHAN)
    assert said.responses == ["utter_online_booked", "utter_ask_reminder_phone"]


def test_电话的改期还是电话(caller: Caller, open_uow: OpenUow, conversation: Conversation) -> None:
    caller.goes_on(caller.says(ActionBookAppointment, "明天网上谈", "book_appointment", (day(TUESDAY),), **SHUSHAN))
    caller.says(ActionChangeAppointment, "改到后天", "change_appointment", (day(THURSDAY),))
    with open_uow() as uow:
        mine = uow.appointments.live_for(conversation.id)
        assert mine is not None and mine.kind is Kind.ONLINE and local(mine.starts_at).day == 26


def test_家暴的人要预约_先问哪里安全_时间不用再说(caller: Caller, sqlite_file: Path) -> None:
    tuesday = (day(TUESDAY, part="morning"),)
    violence: dict[str, Any] = {"region": "340422", "matter": "N04"}
    first = caller.goes_on(caller.says(ActionBookAppointment, "明天上午", "inform", tuesday, **violence))
    assert (first.responses, first.slots["asking"]) == (["utter_ask_safe_region"], "safe_region")
    done = caller.goes_on(caller.says(ActionBookAppointment, "去安庆", entities=(entity("region", "340800"),)))
    assert done.responses == ["utter_appointment_booked"], "可能有人在旁边：不问手机号"
    assert done.only()["station"] == "安庆市法律援助中心"
    assert rows(sqlite_file, "SELECT station_id FROM appointments") == [("340800-center",)]
    assert caller.slots["region"] == "340422", "事情发生的地方不变"
