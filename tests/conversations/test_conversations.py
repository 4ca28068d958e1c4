"""Plays the conversations of this folder against the trained bot, over HTTP, as a citizen would.

What each key under `then` means stands at the top of wages.yaml.
"""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from settings import ROOT
from store.encryption import use_key
from store.unit_of_work import connect, unit_of_work_factory
from tests.running_system import Reply, RunningSystem

CONVERSATIONS = [
    conversation
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
    for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
]
RESPONSES: dict[str, list[dict[str, Any]]] = {
    name: variations
    for path in (ROOT / "data" / "responses").glob("*.yml")
    for name, variations in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items()
}
EXPECTATIONS = {"blocks", "contains", "excludes", "outcome", "buttons", "response", "handoff", "slots"}


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=[one["name"] for one in CONVERSATIONS])
def test_conversation(system: RunningSystem, conversation: dict[str, Any]) -> None:
    citizen = system.citizen()
    for turn in conversation["turns"]:
        said, then = turn.get("say") or f"按：{turn['press']}", turn.get("then") or {}
        assert then.keys() <= EXPECTATIONS
        check(citizen.say(said), then, said)
        if reason := then.get("handoff"):
            waiting = system.operator().get("/v1/console/handoffs").raise_for_status().json()
            reasons = [one["reason"] for one in waiting if one["conversation_id"] == citizen.session_id]
            assert reasons == [reason], said
        if slots := then.get("slots"):
            kept = kept_slots(system, citizen.session_id)
            assert {name: kept.get(name) for name in slots} == slots, said


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
    for name in then.get("response", []):
        assert any(is_said(one["text"], reply.text) for one in RESPONSES[name]), (
            f"{said}: {name} expected\n{reply.text}"
        )
    if outcome := then.get("outcome"):
        assert [b["outcome"] for b in reply.blocks if b["type"] == "assessment"] == [outcome], f"{said}\n{reply.text}"
    for label in then.get("buttons", []):
        assert label in reply.buttons, f"{said}: button {label} expected in {list(reply.buttons)}"


def is_said(template: str, text: str) -> bool:
    """Whether all the fixed words of a response stand in the reply."""
    return all(words.strip() in text for words in re.split(r"\{\w+\}", template))


def kept_slots(system: RunningSystem, session_id: str) -> dict[str, Any]:
    """What the gateway keeps of a conversation, decrypted."""
    use_key(system.environment["YUANXIAN_ENCRYPTION_KEY"])
    engine = connect(system.environment["DATABASE_URL"])
    _, open_reading = unit_of_work_factory(engine)
    with open_reading() as uow:
        slots = uow.conversations.get(UUID(session_id)).slots
    engine.dispose()
    return slots
