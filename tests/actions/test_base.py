"""What every action shares: never silence, no words in the log, no slow work, one effect a message."""

import json
import re
import time
from pathlib import Path

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.all_actions import ALL_ACTIONS
from actions.answers import ActionAnswerQuestion
from actions.appointments import ActionBookAppointment
from actions.base import Events, HotlineAction, conversation_id, failure_marker, request_key
from actions.eligibility import ActionAssessEligibility
from actions.handoffs import ActionHandOver
from api.logs import configure_logs
from tests.actions.conftest import Caller, day, entity
from tests.api.gateway import locked

ROOT = Path(__file__).parents[2]
WORDS = "我家住在柳树巷，电话13912345678"
ACTION_BUDGET_SECONDS = 0.3
"""Rasa looks for its lock once a second, so that a slow action makes others wait (integration §4.3, pitfall 4)."""


class Failing(HotlineAction):
    """Says something, then breaks."""

    def name(self) -> str:
        return "action_failing"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        dispatcher.utter_message(response="utter_appointment_booked", number="AP1")
        raise ValueError(str(tracker.latest_message["text"]))


def test_出错就道歉_给编号_不说没办成的事(caller: Caller) -> None:
    played = caller.says(Failing, WORDS)
    said = played.only()
    assert said["response"] == "utter_action_failed"
    assert re.fullmatch(r"[0-9a-f]{8}", said["event_id"])
    assert said["custom"] == failure_marker()["json_message"]
    assert played.events == []


def test_出错的日志有编号和地方_没有话(caller: Caller, capfd: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    event_id = caller.says(Failing, WORDS).only()["event_id"]
    _, err = capfd.readouterr()
    (line,) = [json.loads(one) for one in err.splitlines() if "action.failed" in one]
    assert (line["action"], line["event_id"], line["error"]) == ("action_failing", event_id, "ValueError")
    assert any("test_base.py" in place for place in line["at"])
    assert "柳树巷" not in err and "139" not in err


def test_道歉的话里有转人工() -> None:
    responses = yaml.safe_load((ROOT / "data" / "responses" / "answers.yml").read_text("utf-8"))["responses"]
    (said,) = responses["utter_action_failed"]
    assert "{event_id}" in said["text"] and "12348" in said["text"]
    assert "/request_human" in [one["payload"] for one in said["buttons"]]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines made from now on give up a lock at once."""
    monkeypatch.setattr("store.unit_of_work.LOCK_WAIT_SECONDS", 0.1)


def test_库锁着也不沉默(impatient: None, caller: Caller, sqlite_file: Path) -> None:
    with locked(sqlite_file):
        assert caller.says(ActionHandOver, "转人工", "request_human").responses == ["utter_action_failed"]
    assert caller.says(ActionHandOver, "转人工", "request_human").responses == ["utter_handover"]


def test_网关的会话号从Rasa的名字里取_每条消息每一步一个键(caller: Caller) -> None:
    tracker = Tracker.from_dict(
        {
            "sender_id": f"{caller.conversation_id}.7",
            "slots": {},
            "latest_message": {"metadata": {"seq": 3}},
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": None,
        }
    )
    assert conversation_id(tracker) == caller.conversation_id
    assert request_key(tracker, "book") == f"{caller.conversation_id}:3:book"


def test_名字不重_都登记在领域文件里() -> None:
    names = [action.name(action.__new__(action)) for action in ALL_ACTIONS]
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    assert len(set(names)) == len(names)
    assert set(names) == set(domain["actions"])


def test_动作说到的话都在responses里() -> None:
    """Names written whole can be searched for; the few built from a fact are checked by the interview's own tests."""
    known = {
        name
        for file in (ROOT / "data" / "responses").glob("*.yml")
        for name in yaml.safe_load(file.read_text("utf-8"))["responses"]
    }
    used = {
        name
        for file in (ROOT / "actions").glob("*.py")
        for name in re.findall(r'"(utter_[a-z_]+)"', file.read_text("utf-8"))
    }
    assert used - {"utter_action"} <= known  # that one is Rasa's own key


@pytest.mark.parametrize("action", [ActionAnswerQuestion, ActionAssessEligibility, ActionBookAppointment])
def test_动作都快(caller: Caller, action: type[HotlineAction]) -> None:
    def spent() -> float:
        begun = time.perf_counter()
        told = (entity("region", "340104", role="place"), day("2026-11-24"))
        caller.says(action, "老板欠我四个月工资两万八一直不给", "report_unpaid_wages", told)
        return time.perf_counter() - begun

    assert min(spent() for _ in range(3)) < ACTION_BUDGET_SECONDS
