"""What a citizen was promised survives: killed processes, a locked database, repeated messages."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Uuid, bindparam, inspect, text

from tests.postgres import running_postgres
from tests.running_system import RunningSystem, running_system

TOLD_WITHIN_SECONDS = 5.0
WAGES = "我在合肥蜀山区工地干活，老板欠我四个月工资两万八一直不给，我是从六安来打工的"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The same promises over either database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("system")
        return
    with running_postgres() as url, running_system(tmp_path_factory.mktemp("on_postgres"), url) as running:
        yield running


def row(system: RunningSystem, columns: str, table: str, session_id: str) -> tuple[Any, ...]:
    """The one row of a conversation."""
    query = text(f"SELECT {columns} FROM {table} WHERE conversation_id = :id").bindparams(bindparam("id", type_=Uuid))
    with system.engine.connect() as connection:
        return tuple(connection.execute(query, {"id": uuid.UUID(session_id)}).one())


def appointment(system: RunningSystem, session_id: str) -> tuple[Any, ...]:
    """Number, status and start of the conversation's appointment."""
    return row(system, "number, status, starts_at", "appointments", session_id)


def kept(system: RunningSystem) -> str:
    """Everything that lies in the database, as it lies there."""
    with system.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return "".join(str(tuple(one)) for name in names for one in connection.execute(text(f"SELECT * FROM {name}")))


def test_wages_booked_changed_cancelled_each_across_a_restart_of_every_process(system: RunningSystem) -> None:
    citizen = system.citizen()
    told = citizen.say(WAGES)
    ledger = row(system, "topic, region, matter, outcome, claim_yuan", "consultations", citizen.session_id)
    assert ledger == ("wages", "340104", "M05A", "likely", "28000.00")
    assert "预约窗口" in told.buttons
    booked = citizen.say("明天上午")
    number, status, booked_for = appointment(system, citizen.session_id)
    assert number in booked.text and status == "confirmed"

    restart(system)
    changed = citizen.say("我要改到后天下午")
    same_number, status, moved_to = appointment(system, citizen.session_id)
    assert same_number == number and status == "confirmed" and moved_to != booked_for
    assert number in changed.text

    restart(system)
    cancelled = citizen.say("取消吧")
    assert appointment(system, citizen.session_id)[:2] == (number, "cancelled")
    assert number in cancelled.text


def restart(system: RunningSystem) -> None:
    """Kill both processes; the supervisor brings them back."""
    system.kill("dialogue")
    system.kill("gateway")
    time.sleep(1)
    system.wait_until_ready()


def test_dialogue_killed_in_mid_conversation(system: RunningSystem) -> None:
    citizen = system.citizen()
    citizen.say("我被车撞了，在成都金牛区")
    system.kill("dialogue")
    begun = time.monotonic()
    apology = citizen.say("没有低保")
    assert time.monotonic() - begun < TOLD_WITHIN_SECONDS
    assert "暂时不能回答" in apology.text and "12348" in apology.text and "转人工" in apology.buttons
    assert "没有低保" in citizen.http.get("/v1/web/transcript").text

    queued = citizen.say("按：转人工")
    assert "前面还有" in queued.text
    citizen.say("按：先不等了，继续问机器人")
    system.wait_until_ready()
    goes_on = citizen.say("没有低保")
    assert "固定的生活来源" in goes_on.text, "the interview goes on where it was"


def test_gateway_killed_in_mid_turn_answers_after_its_restart(system: RunningSystem) -> None:
    citizen = system.citizen()
    citizen.say("你好")
    seq = citizen.send("拖欠工资怎么办").json()["seq"]
    system.kill("gateway")
    system.wait_until_ready()
    reply = citizen.hear(seq)
    assert reply.events, "the message was committed, so it is answered"
    transcript = citizen.http.get("/v1/web/transcript").text
    assert transcript.count("拖欠工资怎么办") == 1


def test_locked_database_is_told_within_five_seconds_and_nothing_is_lost(system: RunningSystem) -> None:
    citizen = system.citizen()
    message = uuid.uuid4().hex
    with system.locked():
        begun = time.monotonic()
        refused = citizen.send("劳动仲裁要交钱吗", client_msg_id=message)
        waited = time.monotonic() - begun
    assert waited < TOLD_WITHIN_SECONDS
    assert (
        refused.status_code == 503 and refused.json()["code"] == "storage_busy" and "12348" in refused.json()["detail"]
    )
    accepted = citizen.send("劳动仲裁要交钱吗", client_msg_id=message)
    assert accepted.status_code == 202
    assert citizen.hear(accepted.json()["seq"]).events


def test_one_message_sent_three_times_is_answered_once(system: RunningSystem) -> None:
    citizen = system.citizen()
    citizen.say(WAGES)
    message = uuid.uuid4().hex
    answers = [citizen.send("明天上午", client_msg_id=message) for _ in range(3)]
    assert {answer.json()["seq"] for answer in answers} == {answers[0].json()["seq"]}
    citizen.hear(answers[0].json()["seq"])
    assert appointment(system, citizen.session_id)[1] == "confirmed"


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ("", 422, "empty_message"),
        ("   \n ", 422, "empty_message"),
        ("长" * 2001, 422, "message_too_long"),
    ],
    ids=["空", "只有空白", "2001 个字"],
)
def test_message_that_cannot_be_kept(system: RunningSystem, said: str, status: int, code: str) -> None:
    answer = system.citizen().send(said)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "said",
    [
        "😭😭😭",
        "/restart",
        '/book{"date":"x"}',
        "<script>alert(1)</script>",
        "'; DROP TABLE events; --",
        "My boss did not pay me",
    ],
    ids=["只有表情", "斜杠命令", "斜杠意图", "HTML", "SQL", "英文"],
)
def test_odd_words_are_answered_and_offer_a_person(system: RunningSystem, said: str) -> None:
    citizen = system.citizen()
    reply = citizen.say(said)
    assert reply.events and ("转人工" in reply.text or any("人工" in label for label in reply.buttons))
    assert said in citizen.http.get("/v1/web/transcript").text


def test_traditional_characters_are_understood(system: RunningSystem) -> None:
    reply = system.citizen().say("老闆拖欠我三個月工資不給怎麼辦")
    assert "劳动仲裁" in reply.text


def test_slash_restart_typed_by_a_citizen_forgets_nothing(system: RunningSystem) -> None:
    citizen = system.citizen()
    citizen.say(WAGES)
    citizen.say("/restart")
    assert "预约号" in citizen.say("明天上午").text


def test_wrong_token_and_broken_body(system: RunningSystem) -> None:
    wrong = httpx.get(
        f"{system.base_url}/v1/web/events", headers={"Authorization": "Bearer nobody"}, timeout=30, trust_env=False
    )
    assert (wrong.status_code, wrong.json()["code"]) == (401, "session_invalid")
    citizen = system.citizen()
    broken = citizen.http.post(
        "/v1/web/messages", content=b'{"client_msg_id": ', headers={"Content-Type": "application/json"}
    )
    assert (broken.status_code, broken.json()["code"]) == (400, "json_invalid")


def test_logs_hold_no_words_of_citizens(system: RunningSystem) -> None:
    planted = "甲乙丙丁戊己庚辛"
    citizen = system.citizen()
    citizen.say(f"我叫{planted}，电话13800000000，老板不发工资")
    logs = "".join(path.read_text("utf-8", "replace") for path in (system.folder / "log").glob("*.log"))
    assert planted not in logs and "13800000000" not in logs and "不发工资" not in logs
    stored = kept(system)
    assert planted not in stored and "13800000000" not in stored and "不发工资" not in stored
    for file in system.folder.glob("system.db*"):
        assert planted.encode() not in file.read_bytes() and b"13800000000" not in file.read_bytes()


def test_rasa_offers_nothing_but_the_turn_channel(system: RunningSystem) -> None:
    dialogue = f"http://127.0.0.1:{system.dialogue_port}"
    with httpx.Client(base_url=dialogue, trust_env=False, timeout=10) as anybody:
        for path in ("/model", "/domain", "/conversations/x/tracker", "/webhooks/rest/webhook"):
            assert anybody.get(path).status_code == 404
        body = {"sender": "x", "text": "你好", "trusted": True}
        assert anybody.post("/webhooks/gw/turn", json=body).status_code == 401
