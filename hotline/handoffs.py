"""Handing a conversation to a person, and back."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from hotline import consultations
from hotline.conversations import Conversation, Owner
from hotline.errors import HandoffTaken, NotHolder
from hotline.storage import UnitOfWork

URGENT_REASONS = frozenset({"danger_violence", "danger_self_harm", "danger_child", "danger_fraud", "danger_crowd"})
REASON_WORDS = {
    "requested": "来询人要求人工",
    "fallback": "机器人连续两次没听懂",
    "action_failed": "系统处理出错",
    "dialogue_down": "智能助手暂时不可用",
    "danger_violence": "紧急：正在发生的暴力",
    "danger_self_harm": "紧急：自伤自杀风险",
    "danger_child": "紧急：未成年人受侵害",
    "danger_fraud": "紧急：正在被骗",
    "danger_crowd": "紧急：群体或扬言",
    "review": "资格需要人工判断",
}


class HandoffStatus(StrEnum):
    """WAITING until one operator accepts; CLOSED when given back to the bot or ended."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    CLOSED = "closed"


@dataclass(eq=False)
class Handoff:
    """A request for a person, with the reason the operator sees."""

    conversation_id: UUID
    reason: str
    requested_at: datetime
    id: UUID = field(default_factory=uuid4)
    status: HandoffStatus = HandoffStatus.WAITING
    operator_id: UUID | None = None
    accepted_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def urgent(self) -> bool:
        """Danger comes before everything else in the queue."""
        return self.reason in URGENT_REASONS

    def accept(self, operator_id: UUID, at: datetime) -> None:
        """Give the conversation to the first operator who asks.

        Raises:
            HandoffTaken: another operator already holds it, or it is over.
        """
        if self.status is not HandoffStatus.WAITING:
            raise HandoffTaken(f"handoff {self.id} is {self.status} by operator {self.operator_id}")
        self.status, self.operator_id, self.accepted_at = HandoffStatus.ACCEPTED, operator_id, at

    def close(self, operator_id: UUID, at: datetime) -> None:
        """End the operator's part.

        Raises:
            NotHolder: somebody else holds it.
        """
        if self.status is not HandoffStatus.ACCEPTED or self.operator_id != operator_id:
            raise NotHolder(f"handoff {self.id} is {self.status} by operator {self.operator_id}")
        self.status, self.closed_at = HandoffStatus.CLOSED, at


def request(uow: UnitOfWork, conversation: Conversation, reason: str, at: datetime, hold: bool) -> Handoff:
    """Call a person. One live request a conversation; a more urgent reason replaces the one that waits.

    Args:
        hold: the bot stops answering until a person has come. In danger it must go on: an alarm does not silence it.
    """
    handoff = uow.handoffs.live(conversation.id)
    if handoff is None:
        handoff = Handoff(conversation.id, reason, at)
        uow.handoffs.add(handoff)
    elif reason in URGENT_REASONS and not handoff.urgent:
        handoff.reason = reason
    if hold and conversation.owner is Owner.BOT:
        conversation.owner = Owner.QUEUED
    return handoff


def accept(uow: UnitOfWork, handoff_id: UUID, operator_id: UUID, at: datetime) -> Handoff:
    """Give the waiting conversation to the operator who asked first."""
    handoff = uow.handoffs.get_locked(handoff_id)
    handoff.accept(operator_id, at)
    conversation = uow.conversations.get(handoff.conversation_id)
    conversation.owner, conversation.operator_id = Owner.OPERATOR, operator_id
    waited = int((at - handoff.requested_at).total_seconds())
    consultations.note(uow, conversation, at, operator_id=operator_id, waited_seconds=waited)
    return handoff


def give_back(uow: UnitOfWork, handoff_id: UUID, operator_id: UUID, at: datetime) -> Conversation:
    """Let the bot answer again, with a fresh dialogue session."""
    conversation = _end(uow, handoff_id, operator_id, at)
    conversation.owner = Owner.BOT
    conversation.restart_dialogue()
    return conversation


def close(uow: UnitOfWork, handoff_id: UUID, operator_id: UUID, at: datetime) -> Conversation:
    """End the conversation."""
    conversation = _end(uow, handoff_id, operator_id, at)
    conversation.owner = Owner.CLOSED
    return conversation


def stop_waiting(uow: UnitOfWork, conversation: Conversation, at: datetime) -> None:
    """The citizen goes on with the bot instead of waiting."""
    handoff = uow.handoffs.live(conversation.id)
    if conversation.owner is not Owner.QUEUED:
        return
    conversation.owner = Owner.BOT
    conversation.restart_dialogue()
    if handoff is not None and handoff.status is HandoffStatus.WAITING and not handoff.urgent:
        handoff.status, handoff.closed_at = HandoffStatus.CLOSED, at


def withdraw(uow: UnitOfWork, conversation: Conversation, at: datetime) -> None:
    """Nobody needs to come any more: the citizen has had everything erased."""
    handoff = uow.handoffs.live(conversation.id)
    if handoff is not None:
        handoff.status, handoff.closed_at = HandoffStatus.CLOSED, at


def _end(uow: UnitOfWork, handoff_id: UUID, operator_id: UUID, at: datetime) -> Conversation:
    handoff = uow.handoffs.get_locked(handoff_id)
    handoff.close(operator_id, at)
    conversation = uow.conversations.get(handoff.conversation_id)
    conversation.operator_id = None
    return conversation
