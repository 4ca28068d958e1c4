"""Calling a person, staying safe, applying, asking after an application, complaining, rating, finding the way."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from actions.applications import ActionSubmitApplication, ActionTellProgress
from actions.base import Services
from actions.complaints import ActionStartComplaint
from actions.handoffs import ActionAlertOperator, ActionHandOver, ActionWelcomeSafe
from actions.journeys import JOURNEYS, ActionContinueJourney
from actions.ratings import ActionRateService
from actions.workstations import ActionReferToWorkstation
from hotline import appointments
from hotline.appointments import Contact, Request
from hotline.appointments_slots import Slot
from hotline.conversations import Conversation
from hotline.reference_numbers import APPLICATION, is_well_formed
from tests.actions.conftest import Caller, entity
from tests.api.gateway import rows
from tests.conftest import MONDAY_MORNING

WAGES: dict[str, Any] = {"matter": "M05A", "region": "340104", "migrant_worker": True}
NAME, PHONE = "欧阳测试", "13912345678"
DANGERS = ["danger_violence", "danger_self_harm", "danger_child", "danger_fraud", "danger_crowd"]


# A person


def test_要人工_排进队_说前面几位_再说一遍还是那一个(caller: Caller, sqlite_file: Path) -> None:
    for repeat in (False, True):
        said = caller.says(ActionHandOver, "转人工", "request_human", repeat=repeat).only()
        assert (said["response"], said["ahead"]) == ("utter_handover", "0")
    assert rows(sqlite_file, "SELECT reason, status FROM handoffs") == [("requested", "waiting")]
    assert rows(sqlite_file, "SELECT owner FROM conversations") == [("queued",)]
    assert rows(sqlite_file, "SELECT disposition FROM consultations") == [("handed_over",)]


@pytest.mark.parametrize("danger", DANGERS)
def test_危险_叫人_机器人不停_别的事先放下(caller: Caller, sqlite_file: Path, danger: str) -> None:
    played = caller.says(ActionAlertOperator, "……", danger, journey="eligibility", asking="region")
    assert (played.slots["journey"], played.slots["asking"], played.slots["danger"]) == ("safety", None, danger)
    assert rows(sqlite_file, "SELECT reason FROM handoffs") == [(danger,)]
    assert rows(sqlite_file, "SELECT owner FROM conversations") == [("bot",)]
    assert rows(sqlite_file, "SELECT disposition FROM consultations") == [("emergency",)]


@pytest.mark.parametrize("danger", DANGERS)
@pytest.mark.parametrize("intent", ["affirm", "deny", "inform", "dont_know", "refuse"])
def test_还在危险里_答什么都先说安全_不问别的(caller: Caller, danger: str, intent: str) -> None:
    played = caller.says(ActionContinueJourney, "……", intent, journey="safety", danger=danger)
    assert (played.responses, played.events) == ([f"utter_{danger}"], [])


def test_说安全了_家暴接着说保护令和援助_不问收入(caller: Caller) -> None:
    played = caller.says(ActionWelcomeSafe, "我安全了", "safe_now", danger="danger_violence", region="340104")
    assert played.responses[0] == "utter_safe_now"
    assert "utter_ask_income_yuan_per_person_month" not in played.responses
    assert (played.slots["matter"], played.slots["danger"]) == ("N04", None)
    assert played.slots["assessment_outcome"] == "likely"


def test_说安全了_别的危险_给人(caller: Caller) -> None:
    played = caller.says(ActionWelcomeSafe, "我没事了", "safe_now", danger="danger_fraud", journey="safety")
    assert (played.responses, played.slots["journey"]) == (["utter_safe_other"], "none")


# The journeys


def test_回答交给正在办的那件事(caller: Caller) -> None:
    for journey, action in JOURNEYS.items():
        slots: dict[str, Any] = {**WAGES, "journey": journey, "asking": "appointment_time", "application_number": None}
        direct = caller.says(action, "……", "inform", **slots)
        through = caller.says(ActionContinueJourney, "……", "inform", repeat=True, **slots)
        assert through.responses == direct.responses, journey


@pytest.mark.parametrize(
    ("intent", "response"),
    [("refuse", "utter_fine_not_to_say"), ("affirm", "utter_anything_else"), ("inform", "utter_what_is_it_about")],
)
def test_没有在办的事_答话不会凭空开始一件事(caller: Caller, intent: str, response: str) -> None:
    assert caller.says(ActionContinueJourney, "……", intent).responses == [response]


# Applications


def apply(caller: Caller) -> dict[str, Any]:
    """Consent, name, phone; the last message."""
    first = caller.goes_on(caller.says(ActionSubmitApplication, "我要申请", "apply_legal_aid", **WAGES))
    assert first.responses == ["utter_ask_application_consent"], "先征得同意，再问是谁"
    second = caller.goes_on(caller.says(ActionSubmitApplication, "同意", "affirm"))
    assert second.responses == ["utter_ask_applicant_name"]
    third = caller.goes_on(caller.says(ActionSubmitApplication, f"我叫{NAME}", "inform"))
    assert third.responses == ["utter_ask_applicant_phone"]
    assert caller.slots["applicant_name"] == NAME
    before = dict(caller.slots)
    sent = caller.says(ActionSubmitApplication, PHONE, "inform", (entity("phone", PHONE),))
    caller.goes_on(sent)
    again = Caller(caller.services, caller.conversation_id, caller.seq, before)
    repeated = again.says(ActionSubmitApplication, PHONE, "inform", (entity("phone", PHONE),), repeat=True)
    assert repeated.only()["number"] == sent.only()["number"], "同一条消息再来一遍，还是那一份申请"
    return dict(sent.only())


def test_申请_一步问一样_最后给编号机构期限材料_身份不留在槽位里(caller: Caller, sqlite_file: Path) -> None:
    said = apply(caller)
    assert said["response"] == "utter_application_submitted"
    assert is_well_formed(said["number"], APPLICATION)
    assert (said["agency"], said["decide_by"]) == ("合肥市蜀山区法律援助中心", "11月30日（周一）")
    assert said["materials"]
    assert not {"applicant_name", "applicant_phone"} & {name for name, value in caller.slots.items() if value}
    assert rows(sqlite_file, "SELECT number, status, matter, outcome FROM applications") == [
        (said["number"], "submitted", "M05A", "likely")
    ]
    assert rows(sqlite_file, "SELECT disposition FROM consultations") == [("applied",)]


@pytest.mark.parametrize("intent", ["deny", "refuse"])
def test_不同意留信息_就不留_给别的路(caller: Caller, sqlite_file: Path, intent: str) -> None:
    caller.goes_on(caller.says(ActionSubmitApplication, "我要申请", "apply_legal_aid", **WAGES))
    declined = caller.says(ActionSubmitApplication, "不同意", intent)
    assert (declined.responses, declined.slots["journey"]) == (["utter_application_declined"], "none")
    assert rows(sqlite_file, "SELECT * FROM applications") == []


def test_手机号没听懂_说明再问(caller: Caller) -> None:
    slots: dict[str, Any] = {**WAGES, "application_consent": True, "applicant_name": NAME, "journey": "application"}
    played = caller.says(ActionSubmitApplication, "一三九", "inform", asking="applicant_phone", **slots)
    assert played.responses == ["utter_phone_not_understood", "utter_ask_applicant_phone"]


@pytest.mark.parametrize(
    ("words", "name"),
    [("我叫欧阳测试", NAME), ("欧阳测试。", NAME), ("姓名：欧阳测试", NAME), ("我的名字是欧阳测试！", NAME)],
)
def test_名字只留名字(caller: Caller, words: str, name: str) -> None:
    slots: dict[str, Any] = {**WAGES, "application_consent": True, "journey": "application", "asking": "applicant_name"}
    assert caller.says(ActionSubmitApplication, words, "inform", **slots).slots["applicant_name"] == name


def test_查进度_编号加后四位(caller: Caller) -> None:
    number = apply(caller)["number"]
    first = caller.goes_on(caller.says(ActionTellProgress, "我的申请怎么样了", "ask_progress"))
    assert first.responses == ["utter_ask_application_number"]
    second = caller.goes_on(caller.says(ActionTellProgress, number, entities=(entity("application_number", number),)))
    assert second.responses == ["utter_ask_phone_tail"]
    third = caller.says(ActionTellProgress, PHONE[-4:], entities=(entity("phone_tail", PHONE[-4:]),))
    assert (third.responses, third.only()["number"]) == (["utter_progress"], number)
    assert third.slots["application_number"] is None
    whole_phone = caller.says(ActionTellProgress, PHONE, entities=(entity("phone", PHONE),))
    assert whole_phone.responses == ["utter_progress"]


def test_查进度_后四位错和编号没有_说法一样_错多了锁住(caller: Caller) -> None:
    number = apply(caller)["number"]
    unknown = (entity("application_number", "YX2026112399999"), entity("phone_tail", "0000"))
    assert caller.says(ActionTellProgress, "……", entities=unknown).responses == ["utter_progress_not_found"]
    wrong = (entity("application_number", number), entity("phone_tail", "0000"))
    right = (entity("application_number", number), entity("phone_tail", PHONE[-4:]))
    for _ in range(5):
        assert caller.says(ActionTellProgress, "……", entities=wrong).responses == ["utter_progress_not_found"]
    assert caller.says(ActionTellProgress, "……", entities=right).responses == ["utter_progress_locked"]


def booked_elsewhere(services: Services, matter: str | None = None, phone: str | None = PHONE, hour: int = 0) -> str:
    """An appointment of another talk, tomorrow at nine, or so many hours later."""
    slot = Slot("340104-center", MONDAY_MORNING + timedelta(days=1, hours=hour), False)
    with services.open_uow() as uow:
        talk = Conversation("web", uuid4().hex * 2, MONDAY_MORNING, MONDAY_MORNING)
        uow.conversations.add(talk)
    with services.open_uow() as uow:
        wanted = Request(slot, matter=matter, contact=Contact(phone=phone))
        return appointments.book(uow, talk.id, wanted, f"{talk.id}:book", MONDAY_MORNING).number


def test_换了会话问预约_预约号加后四位_查得到时间地点(caller: Caller, services: Services) -> None:
    number = booked_elsewhere(services)
    first = caller.goes_on(
        caller.says(ActionTellProgress, number, "ask_progress", (entity("appointment_number", number),))
    )
    assert first.responses == ["utter_ask_phone_tail"]
    second = caller.goes_on(caller.says(ActionTellProgress, "1", entities=(entity("phone_tail", PHONE[-4:]),)))
    assert second.responses == ["utter_appointment_found"]
    assert (second.only()["number"], second.only()["when"]) == (number, "11月24日（周二）上午9:00")
    assert second.slots["application_number"] is None and second.slots["journey"] == "none"


def test_换了会话问预约_后四位错_没留电话的_家暴的_都不说在哪里(caller: Caller, services: Services) -> None:
    asked = [
        (booked_elsewhere(services), "0000", "utter_progress_not_found"),
        (booked_elsewhere(services, phone=None), PHONE[-4:], "utter_progress_not_found"),
    ]
    for number, tail, response in asked:
        pair = (entity("appointment_number", number), entity("phone_tail", tail))
        assert caller.says(ActionTellProgress, "……", entities=pair).responses == [response]
    pair = (entity("appointment_number", booked_elsewhere(services, "N04", hour=1)), entity("phone_tail", PHONE[-4:]))
    violent = caller.says(ActionTellProgress, "……", entities=pair)
    assert violent.responses == ["utter_line_refused"] and "上午" not in str(violent.messages)


# Complaints and ratings


def test_投诉_问经过_留原话_给编号_同一条只留一份(caller: Caller, sqlite_file: Path) -> None:
    asked = caller.goes_on(caller.says(ActionStartComplaint, "我要投诉", "complain"))
    assert (asked.responses, asked.slots["asking"]) == (["utter_ask_complaint_text"], "complaint_text")
    numbers = {
        caller.says(ActionStartComplaint, "律师一直不回电话", "inform", repeat=repeat).only()["number"]
        for repeat in (False, True)
    }
    assert len(numbers) == 1
    assert rows(sqlite_file, "SELECT number FROM complaints") == [(numbers.pop(),)]
    assert rows(sqlite_file, "SELECT disposition FROM consultations") == [("complaint",)]


def test_评价_没说几分就问_说了就记_再评说评过了(caller: Caller, sqlite_file: Path) -> None:
    asked = caller.goes_on(caller.says(ActionRateService, "我要评价", "rate_service"))
    assert (asked.responses, asked.slots["asking"]) == (["utter_ask_rating"], "rating")
    assert caller.says(ActionRateService, "5分", entities=(entity("rating", 5),)).responses == ["utter_rated"]
    assert caller.says(ActionRateService, "1分", entities=(entity("rating", 1),)).responses == ["utter_already_rated"]
    assert rows(sqlite_file, "SELECT score FROM ratings") == [(5,)]
    assert rows(sqlite_file, "SELECT * FROM handoffs") == []


def test_评价这一条重放_还说谢谢_只记一次(caller: Caller, sqlite_file: Path) -> None:
    for repeat in (False, True):
        assert caller.says(ActionRateService, "1分", entities=(entity("rating", 1),), repeat=repeat).responses == [
            "utter_rated_low"
        ]
    assert rows(sqlite_file, "SELECT score FROM ratings") == [(1,)]
    assert rows(sqlite_file, "SELECT count(*) FROM work_orders") == [(1,)]


def test_预约办完评预约_和这次会话各评一次(caller: Caller, sqlite_file: Path) -> None:
    number = entity("rated_service", "AP202611229198L")
    caller.goes_on(caller.says(ActionRateService, "评价这次服务", "rate_service", entities=(number,)))
    caller.goes_on(caller.says(ActionRateService, "4分", entities=(entity("rating", 4),)))
    caller.goes_on(caller.says(ActionRateService, "5分", entities=(entity("rating", 5),)))
    kept = rows(sqlite_file, "SELECT service, score FROM ratings ORDER BY service")
    assert kept == [("", 5), ("AP202611229198L", 4)]


@pytest.mark.parametrize("score", [1, 2])
def test_打低分_会有人回访(caller: Caller, sqlite_file: Path, score: int) -> None:
    assert caller.says(ActionRateService, "不满意", entities=(entity("rating", score),)).responses == [
        "utter_rated_low"
    ]
    assert rows(sqlite_file, "SELECT kind, reason, status FROM work_orders") == [("return_visit", "low_rating", "open")]
    assert rows(sqlite_file, "SELECT owner FROM conversations") == [("bot",)]


# The way


def test_去哪里办_不知道在哪就问_不猜(caller: Caller) -> None:
    asked = caller.says(ActionReferToWorkstation, "去哪里办", "find_workstation")
    assert (asked.responses, asked.slots["asking"], asked.slots["journey"]) == (
        ["utter_ask_region"],
        "region",
        "referral",
    )


def test_去哪里办_一到三个地方_为什么_没核实的说没核实(caller: Caller, sqlite_file: Path) -> None:
    played = caller.says(ActionReferToWorkstation, "去哪里办", "find_workstation", region="340104")
    block = played.messages[0]["custom"]
    assert (played.responses[0], block["type"]) == ("utter_workstations", "workstation")
    assert 1 <= len(block["stations"]) <= 3
    for one in block["stations"]:
        assert one["name"] and one["why"]
        assert one["verified"] or one["address"] or "待核" in played.messages[0]["stations"]
    assert rows(sqlite_file, "SELECT disposition, region FROM consultations") == [("referred", "340104")]


def test_家暴_先问哪里安全_不给地址(caller: Caller) -> None:
    played = caller.says(ActionReferToWorkstation, "去哪里办", "find_workstation", matter="N04", region="340104")
    assert played.slots["asking"] == "safe_region"
    assert [one["address"] for one in played.messages[0]["custom"]["stations"]] == [None]
    caller.goes_on(played)
    safe = caller.says(ActionReferToWorkstation, "包河区", entities=(entity("region", "340111"),))
    assert safe.slots["safe_region"] == "340111"
    assert "region" not in safe.slots, "哪里安全和在哪里出的事是两回事"


def test_没有这个会话_也不沉默(caller: Caller) -> None:
    stranger = Caller(caller.services, uuid4())
    assert stranger.says(ActionHandOver, "转人工", "request_human").responses == ["utter_action_failed"]
