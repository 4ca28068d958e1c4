"""Conversations played against the running system, as a citizen would, and held against what must come of them."""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from terminal import Client

ANSWER_SECONDS, WAIT_SECONDS = 15, 5
EXPECTATIONS = {"blocks", "contains", "excludes", "outcome", "buttons"}
type Events = list[dict[str, Any]]
"""What the system answered to one message, in the shape of GET /v1/web/events."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the citizen says, or the label of the button they press, and what must hold of the answer."""

    say: str | None
    press: str | None
    then: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation in a session of its own."""

    name: str
    turns: tuple[Turn, ...]


def read_cases(lines: Iterable[str]) -> list[Case]:
    """Read lines such as {"name": "…", "turns": [{"say": "…", "then": {"contains": ["…"], "outcome": "likely"}}]}.

    What stands under `then` means the same as in tests/conversations: blocks (types, in this order), contains and
    excludes (words), outcome (of the assessment), buttons (labels offered last).

    Raises:
        ValueError: a line is something else; names the line.
    """
    cases = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = json.loads(line)
                turns = tuple(_turn(turn) for turn in row["turns"])
                cases.append(Case(str(row.get("name") or f"line {number}"), turns))
            except (json.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
                raise ValueError(f"line {number}: {error!r}; expected turns with say or press, and then") from None
    if not cases:
        raise ValueError("no conversation in it")
    return cases


def _turn(written: dict[str, Any]) -> Turn:
    then = dict(written.get("then") or {})
    if unknown := then.keys() - EXPECTATIONS:
        raise ValueError(f"{', '.join(sorted(unknown))}: not one of {', '.join(sorted(EXPECTATIONS))}")
    if not written.get("say") and not written.get("press"):
        raise ValueError("a turn says or presses something")
    return Turn(written.get("say"), written.get("press"), then)


def evaluate(cases: Sequence[Case], meet: Callable[[], Callable[[Turn], Events]]) -> dict[str, Any]:
    """Play every conversation.

    Args:
        meet: opens a session and gives the function that says one turn in it and waits for the answer.
    Returns:
        n and passed, conversations; turns and turns_right; silent, turns without an answer; p95_ms of a turn; failed,
        the name and the first unmet expectation of each conversation that did not pass.
    """
    times = list[float]()
    failed = list[dict[str, str]]()
    turns = right = silent = 0
    for case in cases:
        say, first_wrong = meet(), ""
        for turn in case.turns:
            begun = time.perf_counter()
            events = say(turn)
            times.append((time.perf_counter() - begun) * 1000)
            wrong = unmet(turn.then, events)
            turns, right, silent = turns + 1, right + (not wrong), silent + (not events)
            first_wrong = first_wrong or (f"{turn.say or turn.press}: {wrong}" if wrong else "")
        if first_wrong:
            failed.append({"name": case.name, "why": first_wrong})
    return {
        "n": len(cases),
        "passed": len(cases) - len(failed),
        "turns": turns,
        "turns_right": right,
        "silent": silent,
        "p95_ms": round(quantiles(times, n=20)[-1] if len(times) > 1 else times[0], 1),
        "failed": failed,
    }


def unmet(then: dict[str, Any], events: Events) -> str:
    """The first expectation that an answer does not meet; empty when it meets all."""
    if not events:
        return "silence"
    blocks = [block for event in events for block in event["blocks"]]
    text = "\n".join(str(block["text"]) for block in blocks)
    kinds = iter(str(block["type"]) for block in blocks)
    offered = [event["buttons"] for event in events if event["buttons"]]
    labels = {button["label"] for button in offered[-1]} if offered else set()
    checks: list[tuple[bool, str]] = [
        *((kind in kinds, f"no block {kind}") for kind in then.get("blocks", [])),
        *((words in text, f"without {words}") for words in then.get("contains", [])),
        *((words not in text, f"with {words}") for words in then.get("excludes", [])),
        *((label in labels, f"no button {label}") for label in then.get("buttons", [])),
    ]
    if outcome := then.get("outcome"):
        found = [block["outcome"] for block in blocks if block["type"] == "assessment"]
        checks.append((found == [outcome], f"outcome {found} instead of {outcome}"))
    return next((what for met, what in checks if not met), "")


def citizen(base_url: str) -> Callable[[Turn], Events]:
    """Open a session with the running system; the function says a turn in it and waits for the whole answer.

    Raises:
        Refused: the system does not run, or does not take the message.
    """
    client = Client(base_url)
    client.use_token(client.call("POST", "/v1/web/sessions")["token"])
    after, buttons = 0, dict[str, str]()

    def say(turn: Turn) -> Events:
        nonlocal after, buttons
        message = {"client_msg_id": uuid.uuid4().hex}
        if turn.say is not None:
            message["text"] = turn.say
        elif turn.press in buttons:
            message["action_id"] = buttons[turn.press]
        else:
            return []
        sent: int = client.call("POST", "/v1/web/messages", json=message)["seq"]
        heard: Events = []
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            found = client.call("GET", "/v1/web/events", params={"after": after, "wait": WAIT_SECONDS})
            after = found["next"]
            heard += [one for one in found["events"] if one["from"] != "citizen" and one["seq"] > sent]
            if heard and not found["typing"]:
                break
        if offered := [event["buttons"] for event in heard if event["buttons"]]:
            buttons = {one["label"]: one["action_id"] for one in offered[-1]}
        return heard

    return say
