"""The whole system, started as `make run` starts it, on ports and a database of the tests' own."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, NullPool, create_engine

from processes import die_with_parent
from settings import ROOT

READY_SECONDS = 240  # a busy machine starts Rasa slowly; how fast it is on a quiet one is measured in bench/
ANSWER_SECONDS = 15


@dataclass
class Reply:
    """What the system said to one message."""

    events: list[dict[str, Any]]

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """All blocks, in order."""
        return [block for event in self.events for block in event["blocks"]]

    @property
    def text(self) -> str:
        """All plain words."""
        return "\n".join(block["text"] for block in self.blocks)

    @property
    def buttons(self) -> dict[str, str]:
        """Label → action id, of the buttons that are offered last."""
        offered = [event["buttons"] for event in self.events if event["buttons"]]
        return {one["label"]: one["action_id"] for one in offered[-1]} if offered else {}


class Citizen:
    """Talks to the gateway over HTTP, as the page does."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=30, trust_env=False)
        opened = self.http.post("/v1/web/sessions").raise_for_status().json()
        self.session_id = opened["session_id"]
        self.http.headers["Authorization"] = f"Bearer {opened['token']}"
        self.after = 0
        self.last: Reply | None = None

    def send(
        self, text: str | None = None, action_id: str | None = None, client_msg_id: str | None = None
    ) -> httpx.Response:
        """Send words or a button; the raw answer."""
        message: dict[str, Any] = {"client_msg_id": client_msg_id or uuid.uuid4().hex}
        message |= {"text": text} if text is not None else {"action_id": action_id}
        return self.http.post("/v1/web/messages", json=message)

    def say(self, text: str) -> Reply:
        """Say something and wait for the answer; a leading 按： presses the button of that label."""
        if text.startswith("按：") and self.last is not None:
            answer = self.send(action_id=self.last.buttons[text.removeprefix("按：")])
        else:
            answer = self.send(text)
        assert answer.status_code == 202, answer.text
        self.last = self.hear(answer.json()["seq"])
        return self.last

    def hear(self, after_seq: int) -> Reply:
        """What was said after that line, when nothing more is on its way."""
        heard: list[dict[str, Any]] = []
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            found = self.http.get("/v1/web/events", params={"after": self.after, "wait": 2}).raise_for_status().json()
            self.after = found["next"]
            heard += [event for event in found["events"] if event["from"] != "citizen" and event["seq"] > after_seq]
            if heard and not found["typing"]:
                break
        return Reply(heard)


@dataclass
class RunningSystem:
    """A system that runs, with the means to kill parts of it."""

    environment: dict[str, str]
    port: int
    dialogue_port: int
    folder: Path
    supervisor: subprocess.Popen[bytes] | None = None
    citizens: list[Citizen] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        """Where the gateway listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def engine(self) -> Engine:
        """The database behind it, as somebody else reads or locks it."""
        return create_engine(self.environment["DATABASE_URL"], poolclass=NullPool)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody else holds the database, or on PostgreSQL the table that every turn needs."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN EXCLUSIVE")
            else:
                connection.exec_driver_sql("BEGIN")
                connection.exec_driver_sql("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
            try:
                yield
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def start(self) -> None:
        """Start everything, and wait until a real turn is answered."""
        log = (self.folder / "up.log").open("ab")
        command = [sys.executable, "-m", "cli", "up"]
        self.supervisor = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, preexec_fn=die_with_parent
        )
        self.wait_until_ready()

    def stop(self) -> None:
        """Stop everything."""
        if self.supervisor is not None:
            self.supervisor.send_signal(signal.SIGTERM)
            self.supervisor.wait(30)

    def wait_until_ready(self) -> None:
        """Until the canary sings."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.base_url}/readyz", timeout=10, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        logs = "\n".join(path.read_text("utf-8", "replace")[-3000:] for path in self.folder.rglob("*.log"))
        pytest.fail(f"the system was not ready after {READY_SECONDS} s\n{logs}")

    def kill(self, name: str) -> None:
        """Kill `gateway` or `dialogue` without warning; the supervisor starts it again."""
        os.kill(self._process_on(self.port if name == "gateway" else self.dialogue_port), signal.SIGKILL)

    def citizen(self) -> Citizen:
        """Somebody who opens the chat."""
        return Citizen(self.base_url)

    def operator(self) -> httpx.Client:
        """The demo operator, logged in."""
        http = httpx.Client(base_url=self.base_url, timeout=30, trust_env=False)
        credentials = {"login": "demo", "password": self.environment["YUANXIAN_OPERATOR_PASSWORD"]}
        token = http.post("/v1/console/sessions", json=credentials).raise_for_status().json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        return http

    @staticmethod
    def _process_on(port: int) -> int:
        """The process that listens on a port, from /proc: no tool is assumed to be installed."""
        wanted = f"0100007F:{port:04X}"
        inodes = {
            line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[1] == wanted
        }
        for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
            try:
                if os.readlink(descriptor).removeprefix("socket:[").rstrip("]") in inodes:
                    return int(descriptor.parts[2])
            except OSError:
                continue
        raise AssertionError(f"nothing listens on {port}")


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_system(folder: Path, database_url: str) -> Iterator[RunningSystem]:
    """A system over an empty database, until the end of the block."""
    port, dialogue_port = free_port(), free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "YUANXIAN_PORT": str(port),
        "YUANXIAN_DIALOGUE_PORT": str(dialogue_port),
        "YUANXIAN_LOG_PATH": str(folder / "log"),
        "YUANXIAN_OPERATOR_PASSWORD": uuid.uuid4().hex,
        "YUANXIAN_MESSAGES_PER_MINUTE": "100000",
        "YUANXIAN_ENCRYPTION_KEY": base64.b64encode(bytes(range(32))).decode(),  # so that tests can read what is kept
        "PYTHONPATH": str(ROOT),
    }
    running = RunningSystem(environment, port, dialogue_port, folder)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """One system for all tests that need the trained bot: starting it takes a while."""
    folder = tmp_path_factory.mktemp("system")
    with running_system(folder, f"sqlite:///{folder / 'system.db'}") as running:
        yield running
