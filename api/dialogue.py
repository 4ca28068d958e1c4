"""The one call to the dialogue server. Everything that can go wrong there becomes `DialogueDown`."""

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpcore


class DialogueDown(Exception):
    """No usable answer in time: refused, hanging, an error, or silence (Rasa answers failures with an empty list)."""


@dataclass(frozen=True)
class Turn:
    """What Rasa made of one message: raw messages to say, its understanding, and the slots to keep."""

    messages: list[dict[str, Any]]
    intent: str | None
    confidence: float
    entities: list[dict[str, Any]]
    slots: dict[str, Any]
    ranking: list[dict[str, Any]] = field(default_factory=list)
    topics: list[dict[str, Any]] = field(default_factory=list)
    """Which matters the message touches, surest first, each with `name` and `confidence`."""

    @property
    def failed(self) -> bool:
        """Whether an action failed and apologised."""
        return any(message["custom"].get("failed") for message in self.messages)

    @property
    def understood(self) -> dict[str, Any]:
        """For the operator: what the bot thought this was."""
        topics = [one["name"] for one in self.topics]
        confidence = round(self.confidence, 3)
        return {"intent": self.intent, "confidence": confidence, "topics": topics, "entities": self.entities}


@dataclass(frozen=True)
class Reading:
    """What a text means, without a conversation: entities with all that was found about them."""

    intent: str | None
    confidence: float
    entities: list[dict[str, Any]]
    ranking: list[dict[str, Any]] = field(default_factory=list)
    topics: list[dict[str, Any]] = field(default_factory=list)


class TurnService(Protocol):
    """One turn in, messages and understanding out; or a text that belongs to no conversation, for its meaning alone."""

    async def turn(self, sender: str, text: str, trusted: bool, seq: int, slots: dict[str, Any]) -> Turn:
        """Answer one message.

        Raises:
            DialogueDown: there is no answer; the citizen is to be told and offered a person.
        """
        ...

    async def read(self, text: str) -> Reading:
        """Understand a text that an operator heard or was sent.

        Raises:
            DialogueDown: nobody there to understand it.
        """
        ...


UNREACHABLE = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)
UNUSABLE = (*UNREACHABLE, TimeoutError, ValueError, KeyError, TypeError, AttributeError)
MEANING = ("intent", "confidence", "entities", "ranking", "topics")


class RasaTurns:
    """`TurnService` over the turn channel of bot/channel.py."""

    def __init__(self, connections: httpcore.AsyncConnectionPool, address: str, token: str, seconds: float) -> None:
        self._connections, self._address, self._seconds = connections, f"{address}/webhooks/gw", seconds
        self._headers: dict[bytes | str, bytes | str] = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        }

    async def turn(self, sender: str, text: str, trusted: bool, seq: int, slots: dict[str, Any]) -> Turn:
        """See `TurnService.turn`."""
        told = {"sender": sender, "text": text, "trusted": trusted, "metadata": {"seq": seq, "slots": slots}}
        try:
            answer = await self._ask("turn", told)
            if not any(one.get("text") or one.get("custom") for one in answer["messages"]):
                raise DialogueDown("silence")
            return Turn(**{key: answer[key] for key in ("messages", "slots", *MEANING)})
        except UNUSABLE as error:
            raise DialogueDown(type(error).__name__) from error

    async def read(self, text: str) -> Reading:
        """See `TurnService.read`."""
        try:
            answer = await self._ask("read", {"text": text})
            return Reading(**{key: answer[key] for key in MEANING})
        except UNUSABLE as error:
            raise DialogueDown(type(error).__name__) from error

    async def _ask(self, what: str, told: dict[str, Any]) -> Any:
        body = json.dumps(told, ensure_ascii=False).encode()
        async with asyncio.timeout(self._seconds):
            url = f"{self._address}/{what}"
            response = await self._connections.request("POST", url, headers=self._headers, content=body)
        if response.status != 200:
            raise DialogueDown(f"status {response.status}")
        return json.loads(response.content)


CANARY_LASTS_SECONDS = 30.0


class Canary:
    """Whether a real turn gets a real answer, asked at most every half minute: the port alone proves nothing."""

    def __init__(self, turns: TurnService) -> None:
        self._turns = turns
        self._sang_at = float("-inf")
        self._lock = asyncio.Lock()

    async def sings(self) -> bool:
        """Whether a turn was answered within the last half minute, or is now."""
        async with self._lock:
            if time.monotonic() - self._sang_at > CANARY_LASTS_SECONDS:
                try:
                    # A new name each time: a turn grows slower with the length of its session.
                    turn = await self._turns.turn(f"canary.{secrets.token_hex(4)}", "/greet", True, 0, {})
                except DialogueDown:
                    return False
                if turn.failed:
                    return False
                self._sang_at = time.monotonic()
            return True

    def fell_silent(self) -> None:
        """A citizen's turn was not answered: ask again before saying that all is well."""
        self._sang_at = float("-inf")
