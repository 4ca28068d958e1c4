"""The web chat: sessions, messages, events by long poll or stream, transcript, ratings (design §7)."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.gateway import CitizenToken, CurrentConversation, Gateway, TheGateway
from api.problems import EmptyMessage, MessageTooLong
from api.turns import Claimed, claim, wait_for_news
from api.words import Words, nothing_to_read
from hotline import conversations, ratings
from hotline.clock import local
from hotline.conversations import Event, Progress, Speaker
from hotline.operators import hash_token

router = APIRouter(prefix="/v1/web", tags=["web"])

LONGEST_WAIT = 25
POLL_SECONDS = 1.0
"""How often a waiting request looks for lines that another process wrote."""
LAST_LINES = 3
"""Among these a message may still be unanswered."""
MAX_CHARACTERS = 2000
LABELS = {
    Speaker.BOT: "智能助手（非人工）",
    Speaker.OPERATOR: "工作人员",
    Speaker.SYSTEM: "系统",
    Speaker.CITIZEN: "您",
}


class SessionOut(BaseModel):
    """A new session; the token goes into the Authorization header, never into an address."""

    session_id: UUID
    token: str
    expires_at: datetime


class MessageIn(BaseModel):
    """Typed words, or the id of a pressed button."""

    model_config = ConfigDict(extra="forbid")
    client_msg_id: Words = Field(min_length=1, max_length=64)
    text: Words | None = None
    action_id: Words | None = Field(default=None, max_length=64)

    @model_validator(mode="after")
    def one_of_two(self) -> "MessageIn":
        """Either words or a button."""
        if (self.text is None) == (self.action_id is None):
            raise ValueError("either text or action_id")
        return self


class Accepted(BaseModel):
    """The message is kept, as line `seq` of the conversation."""

    seq: int


class ButtonOut(BaseModel):
    """A quick reply."""

    action_id: str
    label: str


class EventOut(BaseModel):
    """One line of the conversation."""

    seq: int
    type: str
    speaker: Speaker = Field(serialization_alias="from")
    label: str
    blocks: list[dict[str, Any]]
    buttons: list[ButtonOut]
    client_msg_id: str | None = None
    owner: str | None = None
    """Who answers from here on; only on events of type `owner`."""
    created_at: datetime

    @classmethod
    def from_domain(cls, event: Event) -> "EventOut":
        """The line as JSON."""
        return cls(
            seq=event.seq,
            type=event.type,
            speaker=event.speaker,
            label=LABELS[event.speaker],
            blocks=event.blocks,
            buttons=[ButtonOut(**one) for one in event.buttons],
            client_msg_id=event.client_msg_id,
            owner=event.blocks[0].get("owner") if event.type == "owner" else None,
            created_at=event.created_at,
        )


class EventsOut(BaseModel):
    """Lines after `after`; ask again with `after=next`. `typing`: an answer is on its way."""

    events: list[EventOut]
    next: int
    typing: bool
    owner: str


class RatingIn(BaseModel):
    """1 to 5."""

    model_config = ConfigDict(extra="forbid")
    score: int = Field(ge=1, le=5)
    comment: Words | None = Field(default=None, max_length=500)


@router.post("/sessions", status_code=201)
def open_session(here: TheGateway) -> SessionOut:
    """Begin a conversation; nothing about the citizen is needed."""
    token = secrets.token_urlsafe(32)
    with here.services.open_uow() as uow:
        conversation = conversations.open_conversation(
            uow, "web", hash_token(token), here.services.now(), here.settings.session_idle
        )
    return SessionOut(session_id=conversation.id, token=token, expires_at=conversation.expires_at)


@router.post("/messages", status_code=202)
async def send_message(here: TheGateway, token_hash: CitizenToken, message: MessageIn) -> Accepted:
    """Keep a message and answer it in the background. The same `client_msg_id` gives the same `seq`, once."""
    if message.text is not None and nothing_to_read(message.text):
        raise EmptyMessage
    if message.text is not None and len(message.text) > MAX_CHARACTERS:
        raise MessageTooLong
    event, claimed = await asyncio.to_thread(_receive, here, token_hash, message)
    here.runner.answer_on(claimed)
    here.news.tell(event.conversation_id)
    return Accepted(seq=event.seq)


@router.get("/events", response_model=EventsOut, response_model_exclude_none=True)
async def read_events(
    request: Request,
    here: TheGateway,
    conversation: CurrentConversation,
    after: Annotated[int, Query(ge=0)] = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
    accept: Annotated[str, Header()] = "",
) -> EventsOut | Response:
    """The lines after `after`: at once, or when there are some, or as a stream for `text/event-stream`."""
    if "text/event-stream" in accept:
        return EventSourceResponse(
            _stream(request, here, conversation.id, after), ping=15, headers={"X-Accel-Buffering": "no"}
        )
    until = asyncio.get_running_loop().time() + wait
    while True:
        news = here.news.expect(conversation.id)
        found = await asyncio.to_thread(_lines, here, conversation.id, after)
        left = until - asyncio.get_running_loop().time()
        if found.events or left <= 0:
            return found
        await wait_for_news(news, min(left, POLL_SECONDS))


@router.get("/transcript", response_class=PlainTextResponse)
def transcript(here: TheGateway, conversation: CurrentConversation) -> PlainTextResponse:
    """The whole talk as text, with who said what: a citizen may keep it."""
    with here.open_reading() as uow:
        events = uow.events.after(conversation.id, 0)
    lines = [f"[{local(event.created_at):%Y-%m-%d %H:%M}] {LABELS[event.speaker]}：{event.text}" for event in events]
    heading = "12348 智能助手（非人工）咨询记录。内容是一般法律信息，能否援助以法律援助机构的决定为准。"
    return PlainTextResponse(
        "\n".join([heading, *lines]) + "\n", headers={"Content-Disposition": 'attachment; filename="transcript.txt"'}
    )


@router.post("/ratings", status_code=201)
def rate(here: TheGateway, conversation: CurrentConversation, rating: RatingIn) -> dict[str, int]:
    """Rate this service, once."""
    with here.services.open_uow() as uow:
        key = f"{conversation.id}:web:{rating.score}"  # the same rating sent again is the same rating
        ratings.rate(uow, conversation.id, rating.score, rating.comment, key, here.services.now())
    return {"score": rating.score}


def _receive(here: Gateway, token_hash: str, message: MessageIn) -> tuple[Event, Claimed | None]:
    now = here.services.now()
    with here.services.open_uow() as uow:
        conversation = conversations.by_token(uow, token_hash, now, lock=True)
        event = conversations.receive(
            uow,
            conversation,
            message.client_msg_id,
            message.text.strip() if message.text else None,
            message.action_id,
            now,
            here.settings.messages_per_minute,
            here.settings.session_idle,
        )
        return event, claim(uow, conversation, now)


def _lines(here: Gateway, conversation_id: UUID, after: int) -> EventsOut:
    with here.open_reading() as uow:
        conversation = uow.conversations.get(conversation_id)
        latest = uow.events.after(conversation_id, min(after, conversation.last_seq - LAST_LINES))
    typing = any(event.progress in (Progress.PENDING, Progress.RUNNING) for event in latest[-LAST_LINES:])
    shown = [EventOut.from_domain(event) for event in latest if event.seq > after]
    return EventsOut(events=shown, next=shown[-1].seq if shown else after, typing=typing, owner=conversation.owner)


async def _stream(request: Request, here: Gateway, conversation_id: UUID, after: int) -> AsyncIterator[ServerSentEvent]:
    was_typing = False
    while not await request.is_disconnected():
        news = here.news.expect(conversation_id)
        found = await asyncio.to_thread(_lines, here, conversation_id, after)
        for event in found.events:
            after = event.seq
            yield ServerSentEvent(
                data=event.model_dump_json(by_alias=True, exclude_none=True), id=str(event.seq), event="message"
            )
        if found.typing and not was_typing:
            yield ServerSentEvent(data='{"type":"typing"}', event="typing")
        was_typing = found.typing
        if not found.events:
            await wait_for_news(news, POLL_SECONDS)
