"""Only our own Rasa runs actions, and it learns what became of them."""

import json
import zlib
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.gateway import ACTIONS_TOKEN, Served, assert_problem

WEBHOOK = "/actions/webhook"


def call(action: str, conversation_id: str = "", text: str = "你好", **slots: Any) -> dict[str, Any]:
    """What Rasa sends."""
    sender = f"{conversation_id or uuid4()}.1"
    latest = {"text": text, "intent": {"name": "greet"}, "entities": [], "metadata": {"seq": 1}}
    tracker = {"sender_id": sender, "slots": slots, "latest_message": latest, "events": [], "paused": False}
    tracker |= {"latest_event_time": 0.0, "followup_action": None, "active_loop": {}, "latest_action_name": None}
    return {"next_action": action, "sender_id": sender, "tracker": tracker, "version": "3.6.21"}


def post(gateway: Served, body: Any, token: str | None = ACTIONS_TOKEN, **options: Any) -> httpx.Response:
    headers = {"X-Actions-Token": token} if token is not None else {}
    with gateway.http() as http:
        return http.post(WEBHOOK, json=body, headers=headers, **options)


@pytest.mark.parametrize("token", [None, "", "wrong", ACTIONS_TOKEN + "x", ACTIONS_TOKEN.upper()], ids=str)
def test_没有密钥或密钥不对_什么都不做(gateway: Served, token: str | None) -> None:
    refused = post(gateway, call("action_hand_over", gateway.citizen().session_id), token)
    assert_problem(refused, 401, "login_refused")
    assert "events" not in refused.text


def test_值班员和来询人的令牌都不能当密钥(gateway: Served) -> None:
    for http in (gateway.citizen().http, gateway.operator()):
        assert_problem(http.post(WEBHOOK, json=call("action_repeat")), 401, "login_refused")


def test_有密钥就执行_回事件和话(gateway: Served) -> None:
    citizen = gateway.citizen()
    done = post(gateway, call("action_hand_over", citizen.session_id))
    assert done.status_code == 200
    (said,) = done.json()["responses"]
    assert (said["response"], set(done.json())) == ("utter_handover", {"events", "responses"})
    assert {"event": "slot", "timestamp": None, "name": "misunderstood", "value": 0} in done.json()["events"]
    assert citizen.http.get("/v1/web/events").json()["owner"] == "queued"


def test_压缩过的也收(gateway: Served) -> None:
    packed = zlib.compress(json.dumps(call("action_repeat", gateway.citizen().session_id)).encode())
    headers = {"X-Actions-Token": ACTIONS_TOKEN, "Content-Encoding": "deflate", "Content-Type": "application/json"}
    done = gateway.http().post(WEBHOOK, content=packed, headers=headers)
    assert (done.status_code, done.json()["responses"][0]["response"]) == (200, "utter_repeat_nothing")


def test_没有的动作404_告诉Rasa是哪个(gateway: Served) -> None:
    unknown = post(gateway, call("action_no_such"))
    assert unknown.status_code == 404
    assert unknown.json()["action_name"] == "action_no_such" and unknown.json()["error"]


def test_动作出错_不是500_是道歉和找人(gateway: Served) -> None:
    failed = post(gateway, call("action_hand_over", str(uuid4())))  # no such conversation
    assert failed.status_code == 200
    (said,) = failed.json()["responses"]
    assert said["response"] == "utter_action_failed"
    assert said["custom"] == {"type": "notice", "level": "warning", "failed": True}
    assert said["event_id"]
    assert failed.json()["events"] == []


@pytest.mark.parametrize("raw", [b"{", b"", b"[1]", b"null"], ids=["半截", "空", "数组", "null"])
def test_坏的请求不崩(gateway: Served, raw: bytes) -> None:
    headers = {"X-Actions-Token": ACTIONS_TOKEN, "Content-Type": "application/json"}
    assert gateway.http().post(WEBHOOK, content=raw, headers=headers).status_code == 400


def test_接口文档里没有这个入口(gateway: Served) -> None:
    assert WEBHOOK not in gateway.http().get("/openapi.json").json()["paths"]
