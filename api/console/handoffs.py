"""The operators' queue: see who waits and why, accept, read, reply, give back, close."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.gateway import Gateway, Serving, TheGateway
from api.words import Words
from hotline import conversations, divisions, handoffs, privacy
from hotline.audit import AuditEntry
from hotline.conversations import Event, Speaker
from hotline.errors import NotHolder
from hotline.handoffs import REASON_WORDS, Handoff
from hotline.operators import Operator

router = APIRouter(prefix="/v1/console/handoffs", tags=["console"])

LINES_SHOWN = 40
JOINED = "工作人员已接入，下面由真人为您服务。"
GIVEN_BACK = "工作人员已离开，由智能助手继续为您服务。"
CLOSED = "本次服务已结束，谢谢您。以后有需要随时再来。"


class HandoffOut(BaseModel):
    """A request for a person, without the citizen's words."""

    id: UUID
    conversation_id: UUID
    reason: str
    reason_words: str
    urgent: bool
    status: str
    requested_at: datetime
    waited_seconds: int
    operator_id: UUID | None

    @classmethod
    def from_domain(cls, handoff: Handoff, now: datetime) -> "HandoffOut":
        """The request as JSON, with the time waited until it was accepted."""
        return cls(
            id=handoff.id,
            conversation_id=handoff.conversation_id,
            reason=handoff.reason,
            reason_words=REASON_WORDS.get(handoff.reason, handoff.reason),
            urgent=handoff.urgent,
            status=handoff.status,
            requested_at=handoff.requested_at,
            waited_seconds=int(((handoff.accepted_at or now) - handoff.requested_at).total_seconds()),
            operator_id=handoff.operator_id,
        )


class LineOut(BaseModel):
    """One line, and what the bot understood of it."""

    seq: int
    speaker: str
    text: str
    understood: dict[str, Any]
    created_at: datetime

    @classmethod
    def from_domain(cls, event: Event) -> "LineOut":
        """The line as JSON."""
        return cls(
            seq=event.seq,
            speaker=event.speaker,
            text=event.text,
            understood=event.understood,
            created_at=event.created_at,
        )


class HeldConversation(BaseModel):
    """What the operator who holds it sees; `place` is the region in words."""

    handoff: HandoffOut
    lines: list[LineOut]
    known: dict[str, Any]
    place: str | None


class Reply(BaseModel):
    """The operator's words."""

    model_config = ConfigDict(extra="forbid")
    text: Words = Field(min_length=1, max_length=2000)


@router.get("")
def list_handoffs(here: TheGateway, operator: Serving) -> list[HandoffOut]:
    """All that are not over: danger first, then the longest wait."""
    with here.open_reading() as uow:
        return [HandoffOut.from_domain(one, here.services.now()) for one in uow.handoffs.open()]


@router.post("/{handoff_id}/accept")
def accept(here: TheGateway, operator: Serving, handoff_id: UUID) -> HeldConversation:
    """Give the conversation to the operator who asks first; a second one is refused (409 handoff_taken)."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        handoff = handoffs.accept(uow, handoff_id, operator.id, now)
        conversation = uow.conversations.get(handoff.conversation_id)
        _announce(uow, conversation, JOINED, now)
        _audit(uow, here, operator, "handoff.accepted", handoff)
    here.news.tell(handoff.conversation_id)
    return _held(here, handoff)


@router.get("/{handoff_id}")
def read(
    here: TheGateway,
    operator: Serving,
    handoff_id: UUID,
    after: Annotated[int, Query(ge=0, description="只要这一行以后的")] = 0,
) -> HeldConversation:
    """The last lines and what the bot knows; only for the operator who holds it, and the reading is recorded.

    A page that looks every few seconds gives the last line it has: where nothing is new, nothing was read.
    """
    with here.services.open_uow() as uow:
        handoff = _held_by(uow, handoff_id, operator)
        held = _held(here, handoff, after)
        if held.lines or not after:
            _audit(uow, here, operator, "conversation.read", handoff)
    return held


@router.post("/{handoff_id}/messages", status_code=201)
def reply(here: TheGateway, operator: Serving, handoff_id: UUID, said: Reply) -> LineOut:
    """Say something as 工作人员."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        handoff = _held_by(uow, handoff_id, operator)
        conversation = uow.conversations.get(handoff.conversation_id)
        event = conversations.say(uow, conversation, Speaker.OPERATOR, [{"type": "text", "text": said.text}], now)
        _audit(uow, here, operator, "conversation.replied", handoff)
    here.news.tell(handoff.conversation_id)
    return LineOut.from_domain(event)


@router.post("/{handoff_id}/return")
def give_back(here: TheGateway, operator: Serving, handoff_id: UUID) -> HandoffOut:
    """Let the bot go on."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        conversation = handoffs.give_back(uow, handoff_id, operator.id, now)
        _announce(uow, conversation, GIVEN_BACK, now)
        handoff = uow.handoffs.get_locked(handoff_id)
        _audit(uow, here, operator, "handoff.returned", handoff)
    here.news.tell(handoff.conversation_id)
    return HandoffOut.from_domain(handoff, now)


@router.post("/{handoff_id}/close")
def close(here: TheGateway, operator: Serving, handoff_id: UUID) -> HandoffOut:
    """End the conversation."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        handoff = _held_by(uow, handoff_id, operator)
        _announce(uow, handoffs.close(uow, handoff_id, operator.id, now), CLOSED, now)
        _audit(uow, here, operator, "handoff.closed", handoff)
    here.news.tell(handoff.conversation_id)
    return HandoffOut.from_domain(handoff, now)


def _held_by(uow: Any, handoff_id: UUID, operator: Operator) -> Handoff:
    handoff: Handoff = uow.handoffs.get_locked(handoff_id)
    if handoff.operator_id != operator.id or handoff.status != "accepted":
        raise NotHolder
    return handoff


def _held(here: Gateway, handoff: Handoff, after: int = 0) -> HeldConversation:
    with here.open_reading() as uow:
        conversation = uow.conversations.get(handoff.conversation_id)
        latest = uow.events.latest(conversation.id, LINES_SHOWN)
        lines = [LineOut.from_domain(event) for event in latest if event.seq > after]
    shown = HandoffOut.from_domain(handoff, here.services.now())
    known, region = privacy.masked_slots(conversation.slots), conversation.slots.get("region")
    place = divisions.full_name(str(region)) if region else None
    return HeldConversation(handoff=shown, lines=lines, known=known, place=place)


def _announce(uow: Any, conversation: conversations.Conversation, words: str, now: datetime) -> None:
    block = {"type": "notice", "level": "info", "text": words, "owner": str(conversation.owner)}
    conversations.say(uow, conversation, Speaker.SYSTEM, [block], now, type_="owner")


def _audit(uow: Any, here: Gateway, operator: Operator, act: str, handoff: Handoff) -> None:
    uow.audit.add(AuditEntry(here.services.now(), operator.login, act, str(handoff.conversation_id)))
