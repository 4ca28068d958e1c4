"""Plays the conversations of this folder against the trained bot, over HTTP, as a citizen would."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.running_system import Reply, RunningSystem

CONVERSATIONS = [
    conversation
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
    for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=[one["name"] for one in CONVERSATIONS])
def test_conversation(system: RunningSystem, conversation: dict[str, Any]) -> None:
    citizen = system.citizen()
    for turn in conversation["turns"]:
        said = turn.get("say") or f"按：{turn['press']}"
        reply = citizen.say(said)
        check(reply, turn.get("then") or {}, said)
        if reason := (turn.get("then") or {}).get("handoff"):
            waiting = system.operator().get("/v1/console/handoffs").raise_for_status().json()
            reasons = [one["reason"] for one in waiting if one["conversation_id"] == citizen.session_id]
            assert reasons == [reason], said


def check(reply: Reply, then: dict[str, Any], said: str) -> None:
    """Hold a reply against what is expected of it."""
    assert reply.events, f"silence after {said}"
    kinds = [block["type"] for block in reply.blocks]
    position = 0
    for kind in then.get("blocks", []):
        assert kind in kinds[position:], f"{said}: {kind} expected in {kinds[position:]}\n{reply.text}"
        position = kinds.index(kind, position) + 1
    for words in then.get("contains", []):
        assert words in reply.text, f"{said}: “{words}” expected in\n{reply.text}"
    for words in then.get("excludes", []):
        assert words not in reply.text, f"{said}: “{words}” not expected in\n{reply.text}"
    if outcome := then.get("outcome"):
        assert [b["outcome"] for b in reply.blocks if b["type"] == "assessment"] == [outcome], f"{said}\n{reply.text}"
    for label in then.get("buttons", []):
        assert label in reply.buttons, f"{said}: button {label} expected in {list(reply.buttons)}"
