"""The web chat's contract (design §7): sessions, messages, buttons, transcript, ratings, being forgotten.

Of the dialogue server's measured pitfalls (integration §4.3) this file holds:
2. a pause in Rasa is not a hand-off: who owns a conversation is the gateway's to say, and while a person is called or
   there Rasa is not asked — test_等人的时候不问机器人, and tests/api/test_console.py;
3. Rasa's lock store lets two turns of one conversation run at once: the gateway never sends the second before the first
   has ended, across processes too — test_一个会话一次只答一句…, tests/api/test_trouble.py, tests/store;
5. a turn grows slower with the length of its session: the session is cut, its slots go along — test_话说得再长….
1 (an empty answer is a failure) is in tests/api/test_trouble.py, 4 (no slow actions) in tests/actions/test_base.py,
the untrusted slash of §4.2 in tests/api/test_bad_input.py and bot/tests/test_channel.py.
"""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest

from api.dialogue import Turn
from hotline.conversations import TURNS_PER_DIALOGUE_SESSION
from tests.api.conftest import Serve
from tests.api.gateway import Heard, ScriptedDialogue, Served, assert_problem, labels_of, message, text_of, turn
from tests.conftest import Clock


def test_开一个会话_得到令牌和期限(gateway: Served, clock: Clock) -> None:
    opened = gateway.http().post("/v1/web/sessions")
    assert opened.status_code == 201
    body = opened.json()
    assert body.keys() == {"session_id", "token", "expires_at"}
    assert len(body["token"]) >= 43
    assert datetime.fromisoformat(body["expires_at"]) == clock() + timedelta(minutes=30)


def test_问一句_答一句_自己说的也在里面(gateway: Served) -> None:
    citizen = gateway.citizen()
    sent = citizen.send("  老板不发工资  ", client_msg_id="m1")
    assert (sent.status_code, sent.json()) == (202, {"seq": 1})
    citizen.replies(1)
    mine, answer = citizen.events()
    assert (mine["seq"], mine["type"], mine["from"], mine["client_msg_id"]) == (1, "message", "citizen", "m1")
    assert mine["blocks"] == [{"type": "text", "text": "老板不发工资"}]
    assert (answer["seq"], answer["from"], answer["label"]) == (2, "bot", "智能助手（非人工）")
    assert text_of([answer]) == "收到：老板不发工资"


def test_同一条发三次_只答一次_编号不变(gateway: Served, dialogue: ScriptedDialogue) -> None:
    citizen = gateway.citizen()
    seqs = [citizen.send("老板不发工资", client_msg_id="同一条").json()["seq"] for _ in range(3)]
    citizen.replies(1)
    citizen.send("老板不发工资", client_msg_id="同一条")
    citizen.ask("还有一句")
    assert seqs == [1, 1, 1]
    assert [one.text for one in dialogue.heard] == ["老板不发工资", "还有一句"]
    assert [one["from"] for one in citizen.events()] == ["citizen", "bot", "citizen", "bot"]


def test_机器人的几条话都在_只有最后一条的按钮算数(gateway: Served, dialogue: ScriptedDialogue) -> None:
    answer = {"type": "answer", "conclusion": "可以去劳动监察投诉"}
    dialogue.script = lambda _: turn(
        message("结论", ("转人工", "/request_human"), **answer), message("要约吗", ("预约窗口", "/book_appointment"))
    )
    said = gateway.citizen().ask("老板不发工资")
    assert [event["blocks"][0]["type"] for event in said] == ["answer", "text"]
    assert said[0]["blocks"][0]["conclusion"] == "可以去劳动监察投诉"
    assert all(block["text"] for event in said for block in event["blocks"])
    assert labels_of(said) == ["预约窗口"] and said[0]["buttons"] == []


def test_按钮送出的是我们发的意图_页面上没有意图(gateway: Served, dialogue: ScriptedDialogue) -> None:
    dialogue.script = lambda _: turn(message("要不要约个时间", ("预约窗口", "/book_appointment")))
    citizen = gateway.citizen()
    offered = citizen.ask("老板不发工资")
    assert "/book_appointment" not in str(offered)
    citizen.press(offered, "预约窗口")
    pressed = dialogue.heard[-1]
    assert (pressed.text, pressed.trusted) == ("/book_appointment", True)
    assert text_of([one for one in citizen.events() if one["from"] == "citizen"]) == "老板不发工资\n预约窗口"


def test_没发过的按钮和别人的按钮_都不认_也不丢别的话(gateway: Served, dialogue: ScriptedDialogue) -> None:
    dialogue.script = lambda _: turn(message("要不要约个时间", ("预约窗口", "/book_appointment")))
    citizen, other = gateway.citizen(), gateway.citizen()
    theirs = other.ask("老板不发工资")[0]["buttons"][0]["action_id"]
    for action_id in (theirs, "没发过", "/book_appointment"):
        assert_problem(citizen.send(action_id=action_id), 422, "button_unknown")
    assert len(dialogue.heard) == 1
    assert citizen.events() == []


def test_一个会话一次只答一句_按说的顺序_别的会话不用等(gateway: Served, dialogue: ScriptedDialogue) -> None:
    busy: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def slow(heard: Heard) -> Turn:
        for name in (heard.sender, "所有会话"):
            busy[name] += 1
            most[name] = max(most[name], busy[name])
        await asyncio.sleep(0.1)
        busy.subtract((heard.sender, "所有会话"))
        return turn(message(f"答{heard.text}"))

    dialogue.script = slow
    people = [gateway.citizen(), gateway.citizen()]
    for place in range(4):
        for citizen in people:
            citizen.send(f"第{place}句")
    for citizen in people:
        citizen.replies(7)
        said = [text_of([one]) for one in citizen.events() if one["from"] == "bot"]
        assert said == [f"答第{place}句" for place in range(4)]
    assert most.pop("所有会话") == 2
    assert len(most) == 2 and set(most.values()) == {1}


def test_话说得再长_对话会话换新的_槽位跟着走(serve: Serve, dialogue: ScriptedDialogue) -> None:
    dialogue.script = lambda heard: turn(message("嗯"), said=int(heard.slots.get("said", 0)) + 1)
    with serve(dialogue, messages_per_minute=100) as gateway:
        citizen = gateway.citizen()
        for _ in range(2 * TURNS_PER_DIALOGUE_SESSION + 1):
            citizen.ask("再问一句")
    turns_of = Counter(one.sender for one in dialogue.heard)
    assert list(turns_of.values()) == [TURNS_PER_DIALOGUE_SESSION] * 2 + [1]
    assert [one.slots.get("said", 0) for one in dialogue.heard] == list(range(2 * TURNS_PER_DIALOGUE_SESSION + 1))
    assert all(one.sender.startswith(citizen.session_id) for one in dialogue.heard)


def test_等人的时候不问机器人_说的话都留着_不等了再问(gateway: Served, dialogue: ScriptedDialogue) -> None:
    dialogue.script = lambda _: turn(message("要人工吗", ("转人工", "/request_human")))
    citizen = gateway.citizen()
    queued = citizen.press(citizen.ask("我想找个人"), "转人工")
    assert "前面还有" in text_of(queued) and "110" in text_of(queued)
    waiting = citizen.ask("老板还打人")
    assert len(dialogue.heard) == 1
    assert citizen.http.get("/v1/web/events").json()["owner"] == "queued"
    back = citizen.press(waiting, "先不等了，继续问机器人")
    assert "智能助手继续" in text_of(back)
    citizen.ask("那我再问问")
    assert [one.text for one in dialogue.heard] == ["我想找个人", "那我再问问"]
    assert dialogue.heard[1].sender != dialogue.heard[0].sender
    assert "老板还打人" in text_of(citizen.events())


def test_下载的记录_谁说的都写着(gateway: Served) -> None:
    citizen = gateway.citizen()
    citizen.ask("老板不发工资")
    got = citizen.http.get("/v1/web/transcript")
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.headers["content-disposition"] == 'attachment; filename="transcript.txt"'
    heading, mine, answer = got.text.splitlines()
    assert "智能助手（非人工）" in heading and "以法律援助机构的决定为准" in heading
    assert mine == "[2026-11-23 09:00] 您：老板不发工资"
    assert answer == "[2026-11-23 09:00] 智能助手（非人工）：收到：老板不发工资"


def test_评价一次_再评说评过了(gateway: Served) -> None:
    citizen = gateway.citizen()
    rated = citizen.http.post("/v1/web/ratings", json={"score": 5, "comment": "讲得清楚"})
    assert (rated.status_code, rated.json()) == (201, {"score": 5})
    assert_problem(citizen.http.post("/v1/web/ratings", json={"score": 1}), 409, "already_rated")


@pytest.mark.parametrize("score", [0, 6, 2.5, "五", None], ids=str)
def test_一到五分以外不收(gateway: Served, score: object) -> None:
    assert_problem(gateway.citizen().http.post("/v1/web/ratings", json={"score": score}), 422, "malformed")


def test_打了低分_值班员看到要回访_机器人照样答(gateway: Served) -> None:
    citizen = gateway.citizen()
    citizen.http.post("/v1/web/ratings", json={"score": 2}).raise_for_status()
    orders = gateway.operator().get("/v1/console/work-orders").json()
    assert {one["conversation_id"]: one["reason"] for one in orders}[citizen.session_id] == "low_rating"
    assert citizen.ask("再问一句")


def test_要求忘掉_话都没了_不能再说_别人的还在(gateway: Served) -> None:
    citizen, other = gateway.citizen(), gateway.citizen()
    for one in (citizen, other):
        one.ask("我家在柳树巷")
    assert citizen.http.delete("/v1/web/me").status_code == 204
    assert citizen.events() == []
    assert "柳树巷" not in citizen.http.get("/v1/web/transcript").text
    assert_problem(citizen.send("还在吗"), 401, "session_invalid")
    assert "柳树巷" in text_of(other.events())


def test_机器人正在答的时候要求忘掉_答案也不留(gateway: Served, dialogue: ScriptedDialogue) -> None:
    async def slow(heard: Heard) -> Turn:
        await asyncio.sleep(0.3)
        return turn(message("答案"), applicant_name="某某")

    dialogue.script = slow
    citizen = gateway.citizen()
    citizen.send("我家在柳树巷")
    citizen.http.delete("/v1/web/me").raise_for_status()
    other = gateway.citizen()
    other.ask("等前面那句答完")
    assert citizen.events() == []


def test_三十分钟不说话_令牌过期(gateway: Served, clock: Clock) -> None:
    citizen = gateway.citizen()
    citizen.ask("老板不发工资")
    clock.forward(minutes=31)
    for response in (citizen.send("还在吗"), citizen.http.get("/v1/web/events"), citizen.http.delete("/v1/web/me")):
        assert_problem(response, 401, "session_invalid")
