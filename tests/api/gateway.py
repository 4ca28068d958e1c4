"""The gateway on a free port of this machine, a scripted dialogue server behind it, and people who talk to it."""

import re
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import isawaitable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import uvicorn

from api.app import create_app
from api.dialogue import Reading, Turn
from settings import Settings
from tests.conftest import ENCRYPTION_KEY, Clock

PASSWORD = "演示用的口令"
ACTIONS_TOKEN = "动作的密钥".encode().hex()
PATIENCE = 8.0
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Heard:
    """One call of the dialogue server."""

    sender: str
    text: str
    trusted: bool
    seq: int
    slots: dict[str, Any]


def message(text: str, *buttons: tuple[str, str], **custom: Any) -> dict[str, Any]:
    """One message as Rasa's turn channel gives it; buttons are pairs of title and payload."""
    shown = [{"title": title, "payload": payload} for title, payload in buttons]
    return {"response": "utter_something", "text": text, "buttons": shown, "custom": custom}


def turn(*messages: dict[str, Any], intent: str = "ask_wages", **slots: Any) -> Turn:
    """What Rasa makes of one message."""
    entities = [{"entity": "region", "value": "340104"}]
    topics = [{"name": "wages", "confidence": 0.9}, {"name": "labour_contract", "confidence": 0.4}]
    return Turn(list(messages), intent, 0.9, entities, slots, [{"name": intent, "confidence": 0.9}], topics)


@dataclass
class ScriptedDialogue:
    """Fulfils `TurnService`: answers as the test's script says, and remembers what it heard."""

    script: Callable[[Heard], Turn | Awaitable[Turn]] = lambda heard: turn(message(f"收到：{heard.text}"))
    heard: list[Heard] = field(default_factory=list)
    reads: Callable[[str], Reading] = lambda _: Reading(None, 0.0, [])

    async def turn(self, sender: str, text: str, trusted: bool, seq: int, slots: dict[str, Any]) -> Turn:
        """See `TurnService.turn`."""
        heard = Heard(sender, text, trusted, seq, slots)
        self.heard.append(heard)
        answer = self.script(heard)
        return await answer if isawaitable(answer) else answer

    async def read(self, text: str) -> Reading:
        """See `TurnService.read`."""
        return self.reads(text)


def settings_for(database_url: str, **others: Any) -> Settings:
    """Settings of a gateway with these secrets, whatever the machine's own environment says."""
    secrets = {
        "dialogue_token": "对话的密钥".encode().hex(),
        "actions_token": ACTIONS_TOKEN,
        "encryption_key": ENCRYPTION_KEY,
        "operator_password": PASSWORD,
    }
    return Settings(_env_file=None, DATABASE_URL=database_url, **{**secrets, **others})  # type: ignore[call-arg]


@dataclass
class Served:
    """A running gateway."""

    url: str
    dialogue: ScriptedDialogue

    def http(self, **headers: str) -> httpx.Client:
        """A client without any session."""
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)

    def citizen(self) -> "Citizen":
        """Somebody who has just opened the chat."""
        return Citizen(self.http())

    def operator(self, login: str = "demo", password: str = PASSWORD) -> httpx.Client:
        """A logged-in operator."""
        http = self.http()
        opened = http.post("/v1/console/sessions", json={"login": login, "password": password})
        http.headers["Authorization"] = f"Bearer {opened.raise_for_status().json()['token']}"
        return http


@contextmanager
def serving(settings: Settings, dialogue: ScriptedDialogue | None, clock: Clock) -> Iterator[Served]:
    """Run a gateway while the block runs; without a scripted dialogue it calls the one of its settings."""
    app = create_app(settings, dialogue, clock)
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(lambda: server.started or not thread.is_alive())
    assert server.started, "the gateway did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(f"http://127.0.0.1:{port}", dialogue or ScriptedDialogue())
    finally:
        server.should_exit = True
        thread.join(timeout=PATIENCE)


class Citizen:
    """Talks to the gateway as the chat page does."""

    def __init__(self, http: httpx.Client, token: str | None = None) -> None:
        self.http = http
        if token is None:
            opened = http.post("/v1/web/sessions").raise_for_status().json()
            self.session_id, token = opened["session_id"], opened["token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def send(
        self, text: str | None = None, action_id: str | None = None, client_msg_id: str | None = None
    ) -> httpx.Response:
        """Post a message; a new `client_msg_id` unless one is given."""
        body = {"client_msg_id": client_msg_id or uuid4().hex, "text": text, "action_id": action_id}
        return self.http.post("/v1/web/messages", json={name: one for name, one in body.items() if one is not None})

    def events(self, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        """The lines after `after`."""
        found = self.http.get("/v1/web/events", params={"after": after, "wait": wait}).raise_for_status().json()
        return list(found["events"])

    def replies(self, seq: int) -> list[dict[str, Any]]:
        """Wait until line `seq` is answered; what others said after it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = self.http.get("/v1/web/events", params={"after": seq, "wait": 1}).raise_for_status().json()
            said = [one for one in found["events"] if one["from"] != "citizen"]
            if said and not found["typing"]:
                return said
        raise AssertionError(f"line {seq} met with silence")

    def ask(self, text: str | None = None, action_id: str | None = None) -> list[dict[str, Any]]:
        """Send and wait for the answer."""
        return self.replies(self.send(text, action_id).raise_for_status().json()["seq"])

    def press(self, events: list[dict[str, Any]], label: str) -> list[dict[str, Any]]:
        """Press the button with this label that one of the events offers; wait for the answer."""
        (action_id,) = [one["action_id"] for event in events for one in event["buttons"] if one["label"] == label]
        return self.ask(action_id=action_id)


def text_of(events: list[dict[str, Any]]) -> str:
    """All words of the events."""
    return "\n".join(block["text"] for event in events for block in event["blocks"])


def labels_of(events: list[dict[str, Any]]) -> list[str]:
    """The labels of all buttons of the events."""
    return [one["label"] for event in events for one in event["buttons"]]


def assert_problem(response: httpx.Response, status: int, code: str) -> None:
    """The response is a problem document (RFC 9457) that a citizen can read."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body.keys() == {"type", "title", "status", "detail", "code"}
    assert (body["type"], body["status"], body["code"]) == (f"urn:yuanxian:{code}", status, code)
    assert CHINESE.search(body["title"]) and CHINESE.search(body["detail"])


def wait_for(done: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program holds the database for itself."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=5, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    """What stands in the database."""
    connection = sqlite3.connect(file)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
