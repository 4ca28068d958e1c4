"""Asking by talking to withdraw an application, to object to a decision, to have another lawyer."""

from pathlib import Path
from typing import Any

import pytest

from actions.application_requests import ActionChangeApplication
from actions.applications import ActionTellProgress
from actions.base import Services
from actions.journeys import ActionContinueJourney
from hotline import application_review as review
from hotline.application_states import ApplicationStatus
from hotline.conversations import Conversation
from store.unit_of_work import OpenUow
from tests.actions.conftest import Caller, Played, entity
from tests.actions.test_people import PHONE, apply
from tests.api.gateway import rows
from tests.conftest import Clock, a_conversation

TAIL = PHONE[-4:]
REVIEWER = "reviewer"


@pytest.fixture
def number(caller: Caller) -> str:
    """An application sent in this talk."""
    sent = str(apply(caller)["number"])
    caller.slots = {"journey": "none"}
    return sent


@pytest.fixture
def stranger(services: Services, open_uow: OpenUow, clock: Clock) -> Caller:
    """Somebody in another talk."""
    with open_uow() as uow:
        talk: Conversation = a_conversation(uow, clock, "elsewhere")
    return Caller(services, talk.id)


def refuse(open_uow: OpenUow, clock: Clock, number: str) -> None:
    with open_uow() as uow:
        application = uow.applications.by_number(number)
        assert application is not None
        review.refuse(uow, application, "不在事项内", REVIEWER, clock())


def assign(open_uow: OpenUow, clock: Clock, number: str) -> None:
    with open_uow() as uow:
        application = uow.applications.by_number(number)
        assert application is not None
        review.grant(uow, application, "第四十二条第三项", REVIEWER, clock())
        review.follow(uow, application, ApplicationStatus.ASSIGNED, REVIEWER, clock())


def asks(caller: Caller, text: str, *entities: dict[str, Any]) -> Played:
    return caller.goes_on(caller.says(ActionChangeApplication, text, "change_application", entities))


def replies(
    caller: Caller, text: str, intent: str = "inform", *entities: dict[str, Any], repeat: bool = False
) -> Played:
    return caller.says(ActionContinueJourney, text, intent, entities, repeat=repeat)


def status(file: Path) -> list[tuple[Any, ...]]:
    return rows(file, "SELECT status FROM applications")


def test_这次会话里交的_确认一次就撤回_同一句再来一遍说法一样(caller: Caller, number: str, sqlite_file: Path) -> None:
    asked = asks(caller, "我要撤回申请")
    assert (asked.responses, asked.slots["journey"]) == (["utter_ask_withdrawal_confirmed"], "change")
    for repeat in (False, True):
        done = replies(caller, "是的", "affirm", repeat=repeat)
        assert (done.responses, done.only()["number"]) == (["utter_application_withdrawn"], number)
    assert status(sqlite_file) == [("withdrawn",)]
    assert done.slots["journey"] == "none" and done.slots["claimed_application"] is None


@pytest.mark.parametrize(
    ("words", "intent", "after"),
    [
        ("不撤了", "deny", "submitted"),
        ("我再想想", "inform", "submitted"),
        ("先不撤回吧", "change_application", "submitted"),
        ("确定撤回", "change_application", "withdrawn"),
    ],
)
def test_说清楚了才撤(caller: Caller, number: str, sqlite_file: Path, words: str, intent: str, after: str) -> None:
    asks(caller, "撤申请")
    said = asks(caller, words) if intent == "change_application" else replies(caller, words, intent)
    assert status(sqlite_file) == [(after,)]
    assert said.only()["number"] == number


def test_没说要哪一样_给三个按钮_按了就办那一样(caller: Caller, number: str) -> None:
    asked = asks(caller, "我对我的申请有要求")
    assert (asked.responses, asked.slots["asking"]) == (["utter_ask_application_change"], "application_change")
    pressed = asks(caller, "/change_application", entity("application_change", "withdraw"))
    assert pressed.responses == ["utter_ask_withdrawal_confirmed"]
    assert number


def test_换了会话_要编号和后四位_对了才办(stranger: Caller, number: str, sqlite_file: Path) -> None:
    assert asks(stranger, "撤回申请").responses == ["utter_ask_application_number"]
    tail = stranger.goes_on(replies(stranger, number, "inform", entity("application_number", number)))
    assert tail.responses == ["utter_ask_phone_tail"]
    sure = stranger.goes_on(replies(stranger, TAIL, "inform", entity("phone_tail", TAIL)))
    assert sure.responses == ["utter_ask_withdrawal_confirmed"]
    assert replies(stranger, "是", "affirm").responses == ["utter_application_withdrawn"]
    assert status(sqlite_file) == [("withdrawn",)]


def test_后四位猜错的办不成_五次锁住(stranger: Caller, number: str, sqlite_file: Path) -> None:
    for _ in range(5):
        asks(stranger, "撤回申请", entity("application_number", number))
        wrong = stranger.goes_on(replies(stranger, "0000", "inform", entity("phone_tail", "0000")))
        assert (wrong.responses, wrong.slots["claimed_application"]) == (["utter_change_not_found"], None)
    asks(stranger, "撤回申请", entity("application_number", number))
    assert replies(stranger, TAIL, "inform", entity("phone_tail", TAIL)).responses == ["utter_progress_locked"]
    assert status(sqlite_file) == [("submitted",)]


def test_家暴的申请_别的会话撤不了(
    caller: Caller, stranger: Caller, number: str, open_uow: OpenUow, sqlite_file: Path
) -> None:
    with open_uow() as uow:
        application = uow.applications.by_number(number)
        assert application is not None
        application.matter = "N04"
    asks(stranger, "撤回申请", entity("application_number", number), entity("phone_tail", TAIL))
    assert replies(stranger, "是", "affirm").responses == ["utter_line_refused"]
    assert status(sqlite_file) == [("submitted",)]
    asks(caller, "撤回申请")
    assert replies(caller, "是", "affirm").responses == ["utter_application_withdrawn"]


def test_不予援助_说了理由就转异议_说几遍是一个(
    caller: Caller, number: str, open_uow: OpenUow, clock: Clock, sqlite_file: Path
) -> None:
    early = asks(caller, "我不服，要提异议")
    assert early.responses == ["utter_objection_not_possible"]
    assert [one["title"] for one in early.only()["buttons"]] == ["撤回申请"]
    refuse(open_uow, clock, number)
    assert asks(caller, "我不服，要提异议").responses == ["utter_ask_objection_words"]
    for repeat in (False, True):
        sent = replies(caller, "我就是农民工，证明都交了", repeat=repeat)
        assert (sent.responses, sent.only()["number"]) == (["utter_objection_sent"], number)
        assert sent.only()["by"] == "11月30日（周一）", "五日的最后一天是周六，顺延"
    assert status(sqlite_file) == [("objected",)]


def test_异议不说理由_先不提(caller: Caller, number: str, open_uow: OpenUow, clock: Clock, sqlite_file: Path) -> None:
    refuse(open_uow, clock, number)
    asks(caller, "我要提异议")
    assert replies(caller, "不想说", "refuse").responses == ["utter_objection_needs_words"]
    assert status(sqlite_file) == [("refused",)]


@pytest.mark.parametrize(("words", "intent"), [("三次都没来开庭", "inform"), ("不想说", "refuse")])
def test_换律师_指派了才行_转给机构_只有一张单(
    caller: Caller, number: str, open_uow: OpenUow, clock: Clock, sqlite_file: Path, words: str, intent: str
) -> None:
    assert asks(caller, "我要换律师").responses == ["utter_lawyer_change_not_possible"]
    assign(open_uow, clock, number)
    assert asks(caller, "我要换律师").responses == ["utter_ask_lawyer_change_reason"]
    orders = {replies(caller, words, intent, repeat=repeat).only()["order"] for repeat in (False, True)}
    assert len(orders) == 1
    found = rows(sqlite_file, "SELECT number FROM work_orders WHERE reason = 'lawyer_change'")
    assert found == [(orders.pop(),)]


def test_查过进度就不用再说编号和后四位_能做的写在按钮上(stranger: Caller, number: str) -> None:
    pair = (entity("application_number", number), entity("phone_tail", TAIL))
    told = stranger.goes_on(stranger.says(ActionTellProgress, "……", "ask_progress", pair))
    assert [one["title"] for one in told.only()["buttons"]] == ["撤回申请"]
    assert asks(stranger, "把申请撤了").responses == ["utter_ask_withdrawal_confirmed"]


def test_问到一半不办了(stranger: Caller) -> None:
    asks(stranger, "我要换律师")
    said = replies(stranger, "算了不用了", "deny")
    assert (said.responses, said.slots["journey"]) == (["utter_journey_ended"], "none")
    assert said.slots["application_change"] is None
