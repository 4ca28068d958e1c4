"""Logs without words, health that is true, counters, and the headers of the page."""

import json
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

import api.app
from api.dialogue import DialogueDown, Turn
from tests.api.conftest import Serve
from tests.api.gateway import (
    ACTIONS_TOKEN,
    Heard,
    ScriptedDialogue,
    Served,
    assert_problem,
    message,
    serving,
    settings_for,
    text_of,
    turn,
)
from tests.conftest import MONDAY_MORNING, Clock

NAME, PHONE, WORDS = "欧阳测试", "13912345678", "我家住在柳树巷"
PLANTED = (NAME, PHONE, WORDS, "柳树巷", "猜的口令甲乙")


def logged(captured: str) -> list[dict[str, object]]:
    """The log lines; every line must be one JSON object."""
    return [json.loads(line) for line in captured.splitlines() if line.strip()]


class BreakingClock(Clock):
    """Breaks when told to, and quotes a citizen in its error."""

    broken = False

    def __call__(self) -> datetime:
        if self.broken:
            raise RuntimeError(f"{NAME} {PHONE} {WORDS}")
        return MONDAY_MORNING


def test_日志里没有话_没有名字_没有号码(sqlite_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def troublesome(heard: Heard) -> Turn:
        if "出错" in heard.text:
            raise RuntimeError(f"{NAME} {PHONE} {WORDS}")
        if "没了" in heard.text:
            raise DialogueDown("silence")
        if "坏的" in heard.text:
            return turn({"text": WORDS})
        return turn(
            message(f"{NAME}，{WORDS}", (f"{WORDS}的按钮", "/affirm")), applicant_name=NAME, applicant_phone=PHONE
        )

    clock = BreakingClock()
    with serving(settings_for(f"sqlite:///{sqlite_file}"), ScriptedDialogue(troublesome), clock) as gateway:
        citizen = gateway.citizen()
        for words in (WORDS, f"我叫{NAME}，出错", f"{PHONE}，没了", f"{WORDS}，坏的", f"{NAME}没了，要人工"):
            citizen.ask(words)
        citizen.send(WORDS + "字" * 2000)
        citizen.http.post("/v1/web/ratings", json={"score": 1, "comment": WORDS})
        citizen.http.post("/v1/web/ratings", json={"score": WORDS})
        citizen.http.post("/v1/web/messages", content=f'{{"text": "{WORDS}'.encode())
        citizen.http.get("/v1/web/events", params={"after": WORDS})
        citizen.http.get(f"/v1/{WORDS}", params={"phone": PHONE}, headers={"X-Request-Id": f"{PHONE} x"})
        gateway.http().post("/v1/console/sessions", json={"login": NAME, "password": "猜的口令甲乙"})
        operator = gateway.operator()
        (waiting,) = operator.get("/v1/console/handoffs").json()
        operator.post(f"/v1/console/handoffs/{waiting['id']}/accept")
        operator.post(f"/v1/console/handoffs/{waiting['id']}/messages", json={"text": WORDS})
        webhook = {"next_action": "action_hand_over", "sender_id": WORDS, "tracker": {"sender_id": WORDS}}
        gateway.http().post("/actions/webhook", json=webhook, headers={"X-Actions-Token": ACTIONS_TOKEN})
        gateway.http().post("/actions/webhook", content=WORDS, headers={"X-Actions-Token": ACTIONS_TOKEN})
        clock.broken = True
        assert_problem(gateway.http().post("/v1/web/sessions"), 500, "internal")
        assert_problem(citizen.send(WORDS), 500, "internal")
    out, err = capfd.readouterr()
    lines = logged(err)
    assert {"gateway.started", "http.answered", "dialogue.down", "turn.failed", "request.failed"} <= {
        str(one["event"]) for one in lines
    }
    assert [word for word in PLANTED if word in out + err] == []


def test_每个请求一行_有编号_编号带回去(gateway: Served, capfd: pytest.CaptureFixture[str]) -> None:
    given = gateway.http().get("/v1/web/events", headers={"X-Request-Id": "abc-123"})
    assert given.headers["x-request-id"] == "abc-123"
    odd = gateway.http().get("/v1/web/events", headers={"X-Request-Id": 'x" "y'})
    assert odd.headers["x-request-id"] not in ("", 'x" "y')


def test_活着就是活着(gateway: Served) -> None:
    alive = gateway.http().get("/healthz")
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})


def test_真的问得到一句才算就绪(serve: Serve, dialogue: ScriptedDialogue) -> None:
    with serve(dialogue) as gateway:
        ready = gateway.http().get("/readyz")
        assert (ready.status_code, ready.json()) == (
            200,
            {"ready": True, "checks": {"database": True, "dialogue": True}},
        )
        (asked,) = dialogue.heard
        assert (asked.text, asked.trusted, asked.slots) == ("/greet", True, {})
        gateway.http().get("/readyz")
        assert len(dialogue.heard) == 1, "半分钟内不重复问"


def failing(heard: Heard) -> Turn:
    return turn(message("出错了", failed=True))


def down(heard: Heard) -> Turn:
    raise DialogueDown("silence")


@pytest.mark.parametrize("script", [failing, down], ids=["动作失败", "没有回答"])
def test_问不到就不算就绪_好了就算_每次问的会话都是新的(serve: Serve, script: object) -> None:
    assert callable(script)
    dialogue = ScriptedDialogue(script)
    with serve(dialogue) as gateway:
        for _ in range(2):
            unready = gateway.http().get("/readyz")
            assert unready.status_code == 503
            assert unready.json() == {"ready": False, "checks": {"database": True, "dialogue": False}}
        assert gateway.http().get("/healthz").status_code == 200
        assert gateway.citizen().ask("我要人工"), "没就绪也不沉默"
        dialogue.script = ScriptedDialogue().script
        assert gateway.http().get("/readyz").status_code == 200
    canaries = [one.sender for one in dialogue.heard if one.sender.startswith("canary")]
    assert len(set(canaries)) == len(canaries) == 3


def test_刚才还好_有人没得到回答_马上重新问(serve: Serve, dialogue: ScriptedDialogue) -> None:
    with serve(dialogue) as gateway:
        assert gateway.http().get("/readyz").status_code == 200
        dialogue.script = down
        gateway.citizen().ask("老板不发工资")
        assert gateway.http().get("/readyz").status_code == 503


def test_库没有表_不算就绪_但还活着(serve: Serve, sqlite_file: Path) -> None:
    with serve(ScriptedDialogue()) as gateway:
        connection = sqlite3.connect(sqlite_file)
        connection.execute("ALTER TABLE events RENAME TO gone")
        connection.close()
        unready = gateway.http().get("/readyz")
        assert (unready.status_code, unready.json()["checks"]["database"]) == (503, False)
        assert gateway.http().get("/healthz").status_code == 200


def test_计数_数得对_标签里没有来询人的东西(gateway: Served) -> None:
    def count(line: str) -> float:
        found = [
            one.rsplit(" ", 1)[1] for one in gateway.http().get("/metrics").text.splitlines() if one.startswith(line)
        ]
        return float(found[0]) if found else 0.0

    answered, asked = (
        'yuanxian_turns_total{result="answered"}',
        'yuanxian_http_requests_total{route="/v1/web/messages",status="202"}',
    )
    before = count(answered), count(asked)
    citizen = gateway.citizen()
    citizen.ask(WORDS)
    citizen.http.get(f"/{WORDS}")
    assert (count(answered), count(asked)) == (before[0] + 1, before[1] + 1)
    metrics = gateway.http().get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "柳树巷" not in metrics.text and citizen.session_id not in metrics.text
    assert 'route="unmatched"' in metrics.text


def test_聊天页的头_资源长存_页面不存(
    serve: Serve, dialogue: ScriptedDialogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = tmp_path / "dist"
    (pages / "chat" / "assets").mkdir(parents=True)
    (pages / "chat" / "index.html").write_text("<!doctype html><title>援线</title>", "utf-8")
    (pages / "chat" / "assets" / "index-1a2b.js").write_text("", "utf-8")
    monkeypatch.setattr(api.app, "PAGES", pages)
    with serve(dialogue) as gateway, gateway.http() as http:
        page, asset, absent = http.get("/chat/"), http.get("/chat/assets/index-1a2b.js"), http.get("/chat/没有")
        assert (page.status_code, asset.status_code, absent.status_code) == (200, 200, 404)
        for one in (page, asset, absent):
            policy = one.headers["content-security-policy"]
            assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
            assert "frame-ancestors 'self'" in policy and "require-trusted-types-for 'script'" in policy
            assert one.headers["x-content-type-options"] == "nosniff"
            assert one.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-cache"
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert http.get("/chat/../settings.py").status_code == 404
        assert http.get("/chat/%2e%2e/%2e%2e/settings.py").status_code == 404


def test_页面没有建好_网关照样服务(
    serve: Serve, dialogue: ScriptedDialogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.app, "PAGES", tmp_path / "没有")
    with serve(dialogue) as gateway:
        assert_problem(gateway.http().get("/chat/"), 404, "http_404")
        assert text_of(gateway.citizen().ask("老板不发工资")) == "收到：老板不发工资"


def test_接口文档列出所有公开的入口(gateway: Served) -> None:
    paths = gateway.http().get("/openapi.json").json()["paths"]
    assert {"/v1/web/sessions", "/v1/web/messages", "/v1/web/events", "/v1/web/ratings", "/v1/web/transcript"} <= set(
        paths
    )
    assert {"/v1/web/me", "/v1/assess", "/healthz", "/readyz"} <= set(paths)
