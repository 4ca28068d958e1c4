"""Plays one action: a tracker in, messages and events out, on a database of the test's own."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import HotlineAction, Services
from api.logs import configure_logs
from eligibility import Law
from hotline.conversations import Conversation
from knowledge.search import AnswerIndex
from store.unit_of_work import OpenUow
from tests.conftest import Clock, a_conversation


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """Logs go to the standard error of this moment: a test that captures it closes its own afterwards."""
    configure_logs()
    yield
    configure_logs()


@pytest.fixture(scope="session")
def law() -> Law:
    """The law as shipped."""
    return Law.load()


@pytest.fixture
def open_uow(open_sqlite: OpenUow) -> OpenUow:
    return open_sqlite


@pytest.fixture
def services(open_uow: OpenUow, law: Law, answer_index: AnswerIndex, clock: Clock) -> Services:
    return Services(open_uow, law, answer_index, clock)


@pytest.fixture
def conversation(open_uow: OpenUow, clock: Clock) -> Conversation:
    """The talk in which the action is called."""
    with open_uow() as uow:
        return a_conversation(uow, clock)


@dataclass
class Played:
    """What the action said and set."""

    messages: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def responses(self) -> list[str]:
        """The names of the responses, in order."""
        return [str(one["response"]) for one in self.messages]

    @property
    def slots(self) -> dict[str, Any]:
        """The slots that were set; the last value of each."""
        return {one["name"]: one["value"] for one in self.events if one["event"] == "slot"}

    @property
    def payloads(self) -> list[str]:
        """What the buttons send."""
        return [one["payload"] for message in self.messages for one in message["buttons"]]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.messages)

    def only(self) -> dict[str, Any]:
        """The one message."""
        (found,) = self.messages
        return found


@dataclass
class Caller:
    """A citizen in one conversation: each message is one call of one action, with the slots that earlier ones set."""

    services: Services
    conversation_id: UUID
    seq: int = 0
    slots: dict[str, Any] = field(default_factory=dict)

    def says(
        self,
        action: type[HotlineAction],
        text: str = "",
        intent: str = "inform",
        entities: tuple[dict[str, Any], ...] = (),
        repeat: bool = False,
        latest: dict[str, Any] | None = None,
        **slots: Any,
    ) -> Played:
        """Play the action on this message.

        Args:
            repeat: the same message again, as after a crash: its number and the slots before it.
            latest: what else the bot heard in it, such as `topics`.
        """
        self.slots |= slots
        self.seq += not repeat
        tracker = Tracker.from_dict(
            {
                "sender_id": f"{self.conversation_id}.1",
                "slots": dict(self.slots),
                "latest_message": {
                    "text": text,
                    "intent": {"name": intent, "confidence": 0.9},
                    "intent_ranking": [{"name": intent, "confidence": 0.9}],
                    "entities": list(entities),
                    "metadata": {"seq": self.seq},
                    **(latest or {}),
                },
                "events": [],
                "paused": False,
                "followup_action": None,
                "active_loop": {},
                "latest_action_name": None,
            }
        )
        dispatcher = CollectingDispatcher()
        events = asyncio.run(action(self.services).run(dispatcher, tracker, {}))
        return Played(dispatcher.messages, events)

    def goes_on(self, played: Played) -> Played:
        """Keep the slots as the gateway does after a finished turn."""
        self.slots |= played.slots
        return played


@pytest.fixture
def caller(services: Services, conversation: Conversation) -> Caller:
    return Caller(services, conversation.id)


def entity(kind: str, value: Any, **extra: Any) -> dict[str, Any]:
    """As bot/components extracts it."""
    return {"entity": kind, "value": value, **extra}


def day(first: str, last: str = "", part: str | None = None, time: str | None = None) -> dict[str, Any]:
    """A date entity."""
    return entity("date", {"from": first, "to": last or first, "part": part, "time": time})
