"""Reading what was said: at once, when there is something, or as a stream."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx

from api.dialogue import Turn
from tests.api.gateway import Citizen, Heard, ScriptedDialogue, Served, message, text_of, turn


def test_没有新的_不等就马上回(gateway: Served) -> None:
    citizen = gateway.citizen()
    begun = time.monotonic()
    found = citizen.http.get("/v1/web/events").json()
    assert found == {"events": [], "next": 0, "typing": False, "owner": "bot"}
    assert time.monotonic() - begun < 1


def test_等到时间也没有_回空的_下次从原处问(gateway: Served) -> None:
    citizen = gateway.citizen()
    citizen.ask("老板不发工资")
    begun = time.monotonic()
    found = citizen.http.get("/v1/web/events", params={"after": 2, "wait": 0.4}).json()
    assert (found["events"], found["next"]) == ([], 2)
    assert 0.4 <= time.monotonic() - begun < 2


def test_等着的时候来了就马上回_不用等满(gateway: Served) -> None:
    citizen = gateway.citizen()
    got: list[tuple[float, list[dict[str, Any]]]] = []

    def listen() -> None:
        events = Citizen(gateway.http(), citizen.http.headers["Authorization"].split()[1]).events(0, wait=10)
        got.append((time.monotonic(), events))

    listener = threading.Thread(target=listen)
    listener.start()
    time.sleep(0.3)
    begun = time.monotonic()
    citizen.send("老板不发工资")
    listener.join(10)
    (heard_at, events), *_ = got
    assert events[0]["blocks"][0]["text"] == "老板不发工资"
    assert heard_at - begun < 1.0


def test_正在答的时候_显示正在输入(gateway: Served, dialogue: ScriptedDialogue) -> None:
    answering = threading.Event()

    async def slow(heard: Heard) -> Turn:
        import asyncio

        while not answering.is_set():
            await asyncio.sleep(0.01)
        return turn(message("好了"))

    dialogue.script = slow
    citizen = gateway.citizen()
    citizen.send("老板不发工资")
    assert citizen.http.get("/v1/web/events").json()["typing"] is True
    answering.set()
    assert text_of(citizen.replies(1)) == "好了"
    assert citizen.http.get("/v1/web/events").json()["typing"] is False


def test_从哪一行起就给哪一行起的(gateway: Served) -> None:
    citizen = gateway.citizen()
    for place in range(3):
        citizen.ask(f"第{place}句")
    assert [one["seq"] for one in citizen.events(after=4)] == [5, 6]
    assert citizen.http.get("/v1/web/events", params={"after": 4}).json()["next"] == 6


def stream(response: httpx.Response) -> Iterator[dict[str, str]]:
    """The events of a server-sent stream."""
    event: dict[str, str] = {}
    for line in response.iter_lines():
        if not line:
            if event:
                yield event
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value


def test_流里的事件和轮询的一样_编号就是行号_断了从断处接(gateway: Served) -> None:
    citizen = gateway.citizen()
    citizen.ask("第一句")
    polled = citizen.events()
    accept = {"Accept": "text/event-stream", "Authorization": citizen.http.headers["Authorization"]}
    with gateway.http() as http, http.stream("GET", "/v1/web/events", headers=accept) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        events = stream(response)
        first = [next(events), next(events)]
        assert [one["id"] for one in first] == ["1", "2"]
        assert [json.loads(one["data"]) for one in first] == polled
        citizen.send("第二句")
        later: list[dict[str, Any]] = []
        while len(later) < 2:
            one = next(events)
            if one["event"] == "message":
                later.append(json.loads(one["data"]))
            else:
                assert (one["event"], "id" in one) == ("typing", False)
        assert text_of(later) == "第二句\n收到：第二句"
    with gateway.http() as http, http.stream("GET", "/v1/web/events?after=3", headers=accept) as response:
        assert next(stream(response))["id"] == "4"
