"""The one call by which the gateway reaches Rasa: one turn in, messages and understanding out."""

import asyncio
import gc
import hmac
import re
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import action_calls  # noqa: F401  # takes effect when the channel is loaded
from bot.components.linear_intent_classifier import TOPICS
from bot.logs import keep_words_out

LOOSE_SLASH = re.compile(r"(?<!\d)/|/(?!\d)")
MAX_TEXT_CHARACTERS = 2000  # 20,000 characters cost over a second of processor time


class TurnOutput(CollectingOutputChannel):
    """Keeps each message whole: text, buttons, custom data and the response's name together."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        await self._persist_message(
            {
                "response": message.get("utter_action"),
                "text": message.get("text"),
                "buttons": message.get("buttons") or [],
                "custom": message.get("custom") or {},
            }
        )


class GatewayChannel(InputChannel):
    """`POST /webhooks/gw/turn` with a bearer token; and `/webhooks/gw/read`, which understands words without a conversation.

    A turn's body `{sender, text, trusted, metadata}`; answer `{messages, intent, confidence, ranking, topics, entities, slots,
    last_action}`.
    Only buttons that the gateway issued are `trusted`: a citizen who types `/restart` or `/book{…}` sends words, not intents.
    """

    @classmethod
    def name(cls) -> str:
        return "gw"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        token = (credentials or {}).get("token")
        if not token:
            cls.raise_missing_credentials_exception()
        return cls(str(token))

    def __init__(self, token: str) -> None:
        self.token = token.encode()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        gateway = Blueprint("gateway_turn")

        @gateway.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            if not hmac.compare_digest((request.token or "").encode(), self.token):
                return response.json({"error": "unauthorized"}, status=401)
            try:
                body = request.json
                sender, text, trusted = body["sender"], body["text"], body.get("trusted") is True
                metadata = body.get("metadata") or {}
                well_formed = (
                    isinstance(sender, str) and sender and isinstance(text, str) and isinstance(metadata, dict)
                )
            except (SanicException, KeyError, TypeError, AttributeError):
                well_formed = False
            if not well_formed or len(text) > MAX_TEXT_CHARACTERS:
                return response.json({"error": "invalid turn"}, status=400)
            if not trusted:
                text = words_of(text)
            output = TurnOutput()
            await open_session(request.app.ctx.agent.tracker_store, sender, metadata.get("slots") or {})
            await on_new_message(UserMessage(text, output, sender, input_channel=self.name(), metadata=metadata))
            return response.json({"messages": output.messages, **await understanding(request, sender)})

        @gateway.route("/read", methods=["POST"])
        async def read(request: Request) -> HTTPResponse:
            if not hmac.compare_digest((request.token or "").encode(), self.token):
                return response.json({"error": "unauthorized"}, status=401)
            try:
                text = request.json["text"]
                well_formed = isinstance(text, str) and len(text) <= MAX_TEXT_CHARACTERS
            except (SanicException, KeyError, TypeError, AttributeError):
                well_formed = False
            if not well_formed:
                return response.json({"error": "invalid text"}, status=400)
            message = UserMessage(words_of(text), input_channel=self.name())
            parsed = await request.app.ctx.agent.processor.parse_message(message)
            return response.json(meaning(parsed) | {"entities": parsed.get("entities") or []}, default=str)

        @gateway.listener("after_server_start")
        async def settle(_app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            keep_words_out()
            # The model stays for ever; the garbage collector need not walk through it in every round.
            gc.collect()
            gc.freeze()

        return gateway


def words_of(text: str) -> str:
    """What an untrusted citizen said, with no slash left that could make Rasa take it for an intent.

    Full-width slashes become plain ones before the pipeline looks, and leading words such as 嗯 are dropped there, so a
    slash goes wherever it stands, except between digits (2024/5/1).
    """
    return LOOSE_SLASH.sub(" ", unicodedata.normalize("NFKC", text)).strip() or "？"


async def open_session(store: TrackerStore, sender: str, slots: dict[str, Any]) -> None:
    """Begin a conversation that is not here with what the gateway kept of it: after a restart, a hand-off, or eight turns.

    Rasa would run `action_session_start` for it, a call back to the gateway that could tell nothing new.
    """
    if await store.retrieve(sender) is not None:
        return
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    kept = [SlotSet(name, value) for name, value in slots.items() if name in tracker.slots]
    for event in (SessionStarted(), *kept, ActionExecuted(ACTION_LISTEN_NAME)):
        tracker.update(event)
    await store.save(tracker)


async def understanding(request: Request, sender: str) -> dict[str, Any]:
    """What Rasa made of the turn, and the slots with a value, for the gateway to keep."""
    tracker = await request.app.ctx.agent.tracker_store.retrieve(sender)
    if tracker is None or tracker.latest_message is None:
        nothing: dict[str, list[Any]] = {key: [] for key in ("ranking", "topics", "entities")}
        return {"intent": None, "confidence": 0.0, **nothing, "slots": {}, "last_action": None}
    parsed = tracker.latest_message.parse_data or {}
    hidden = {"session_started_metadata", "requested_slot"}
    return {
        **meaning(parsed),
        "entities": [{"entity": one["entity"], "value": one["value"]} for one in parsed.get("entities") or []],
        "slots": {
            name: value
            for name, value in tracker.current_slot_values().items()
            if value is not None and name not in hidden
        },
        "last_action": tracker.latest_action_name,
    }


def meaning(parsed: dict[str, Any]) -> dict[str, Any]:
    """What the pipeline takes a message for."""
    intent = parsed.get("intent") or {}
    ranking: list[dict[str, Any]] = (parsed.get("intent_ranking") or [])[:3]
    return {
        "intent": intent.get("name"),
        "confidence": float(intent.get("confidence") or 0.0),
        "ranking": [{"name": one["name"], "confidence": float(one["confidence"])} for one in ranking],
        "topics": (parsed.get(TOPICS) or [])[:3],
    }
