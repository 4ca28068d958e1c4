"""An operator takes a conversation over and gives it back; the bot is silent in between."""

from tests.running_system import RunningSystem


def test_operator_accepts_reads_replies_and_returns(system: RunningSystem) -> None:
    citizen, first, second = system.citizen(), system.operator(), system.operator()
    citizen.say("老板拖欠我工资怎么办")
    assert "值班人员" in citizen.say("转人工").text
    waiting = [one for one in first.get("/v1/console/handoffs").json() if one["conversation_id"] == citizen.session_id]
    assert [(one["reason_words"], one["status"]) for one in waiting] == [("来询人要求人工", "waiting")]
    handoff = f"/v1/console/handoffs/{waiting[0]['id']}"

    held = first.post(f"{handoff}/accept").json()
    understood = [line["understood"].get("intent") for line in held["lines"] if line["speaker"] == "citizen"]
    assert understood[0] in ("ask_wages", "report_unpaid_wages")
    assert held["known"]["matter"] == "M05A"
    refused = second.post(f"{handoff}/accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "handoff_taken")

    first.post(f"{handoff}/messages", json={"text": "您好，我是值班律师，请讲。"}).raise_for_status()
    heard = citizen.hear(0)
    assert [event["label"] for event in heard.events if event["from"] == "operator"] == ["工作人员"]
    said = citizen.send("好的，我在合肥").json()["seq"]
    lines = first.get(handoff).json()["lines"]
    assert lines[-1]["text"] == "好的，我在合肥"

    first.post(f"{handoff}/return").raise_for_status()
    given_back = citizen.hear(said)
    assert [event["from"] for event in given_back.events] == ["system"], "the bot was silent while the operator spoke"
    assert "智能助手继续" in given_back.text
    assert citizen.say("仲裁要交钱吗").events[-1]["from"] == "bot"


def test_danger_alarms_an_operator_while_the_bot_goes_on(system: RunningSystem) -> None:
    citizen, operator = system.citizen(), system.operator()
    safety = citizen.say("他刚才又打我了，我躲在厕所")
    assert safety.blocks[0]["type"] == "notice" and safety.blocks[0]["level"] == "danger"
    assert safety.text.index("110") < 10
    first = operator.get("/v1/console/handoffs").json()[0]
    assert first["urgent"]
    alarms = [
        one["reason"]
        for one in operator.get("/v1/console/handoffs").json()
        if one["conversation_id"] == citizen.session_id
    ]
    assert alarms == ["danger_violence"]
    safe = citizen.say("我安全了，想离婚，要保护令")
    assert all(words in safe.text for words in ("72 小时", "24 小时", "第三十二条", "女律师"))
