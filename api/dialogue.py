"""The one call to the dialogue server. Everything that can go wrong there becomes `DialogueDown`."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx


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

    @property
    def understood(self) -> dict[str, Any]:
        """For the operator: what the bot thought this was."""
        return {"intent": self.intent, "confidence": round(self.confidence, 3), "entities": self.entities}


class TurnService(Protocol):
    """One turn in, messages and understanding out."""

    async def turn(self, sender: str, text: str, trusted: bool, seq: int, slots: dict[str, Any]) -> Turn:
        """Answer one message.

        Raises:
            DialogueDown: there is no answer; the citizen is to be told and offered a person.
        """
        ...


class RasaTurns:
    """`TurnService` over the turn channel of bot/channel.py."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    async def turn(self, sender: str, text: str, trusted: bool, seq: int, slots: dict[str, Any]) -> Turn:
        """See `TurnService.turn`."""
        body = {"sender": sender, "text": text, "trusted": trusted, "metadata": {"seq": seq, "slots": slots}}
        try:
            response = await self._client.post("/webhooks/gw/turn", json=body, headers=self._headers)
            response.raise_for_status()
            answer = response.json()
            if not answer["messages"]:
                raise DialogueDown("silence")
            keys = ("messages", "intent", "confidence", "entities", "slots", "ranking")
            return Turn(**{key: answer[key] for key in keys})
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise DialogueDown(type(error).__name__) from error
