"""What every action shares: its services, its conversation, and what happens when it fails."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from eligibility import Law
from hotline import consultations, gaps, handoffs
from hotline.clock import local
from hotline.consultations import Consultation
from hotline.gaps import Lack
from knowledge.search import AnswerIndex
from knowledge.statute_library import StatuteLibrary
from store.unit_of_work import OpenUow, SqlUnitOfWork

log = structlog.get_logger()

type Events = list[dict[str, Any]]


@dataclass(frozen=True)
class Services:
    """What actions call; made once by the gateway."""

    open_uow: OpenUow
    law: Law
    answers: AnswerIndex
    now: Callable[[], datetime]
    statutes: StatuteLibrary | None = None

    def today(self) -> date:
        """The day in Shanghai: it selects the law in force."""
        return local(self.now()).date()


class HotlineAction(Action, ABC):
    """An action that never leaves the citizen in silence: Rasa goes on without a word when one raises."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @abstractmethod
    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Do the action's work: utter responses, return events."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Run `answer` off the event loop; on any exception apologise, offer a person, and log an id without the words."""
        try:
            return await asyncio.to_thread(self.answer, dispatcher, tracker)
        except Exception as error:
            event_id = uuid4().hex[:8]
            log.error("action.failed", action=self.name(), event_id=event_id, error=type(error).__name__, exc_info=True)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_action_failed", event_id=event_id, **failure_marker())
            return []

    def note(self, tracker: Tracker, **found: object) -> None:
        """Write into the ledger row of this conversation."""
        with self.services.open_uow() as uow:
            self.ledger(uow, tracker, **found)

    def ledger(self, uow: SqlUnitOfWork, tracker: Tracker, **found: object) -> Consultation:
        """The same within a unit of work that is already open."""
        conversation = uow.conversations.get(conversation_id(tracker))
        return consultations.note(uow, conversation, self.services.now(), **found)

    def note_gap(self, tracker: Tracker, lack: Lack, topic: str | None = None) -> None:
        """Enter a question without a good answer in the ledger; keep it for the editors, if the citizen agreed to that."""
        with self.services.open_uow() as uow:
            row = self.ledger(uow, tracker, topic=topic)
            if lack is Lack.NOTHING:
                consultations.count_unanswered(row)
            self.keep_gap(uow, tracker, lack, topic)

    def keep_gap(self, uow: SqlUnitOfWork, tracker: Tracker, lack: Lack, topic: str | None) -> None:
        """Keep what the answers lack within a unit of work that is already open; nothing without consent."""
        text = str(tracker.latest_message.get("text") or "")
        if tracker.latest_message.get("follows_on"):  # 那要多久 tells nothing without what was asked before
            last = self.services.answers.by_id(str(tracker.get_slot("answer_id") or ""))
            text = f"{last.question}——{text}" if last else text
        if not text.startswith("/"):
            gaps.keep(uow, conversation_id(tracker), text, lack, topic, self.services.now())

    def call_person(self, tracker: Tracker, reason: str, hold: bool) -> int:
        """Put the conversation into the operators' queue; how many wait in front."""
        with self.services.open_uow() as uow:
            conversation = uow.conversations.get(conversation_id(tracker))
            handoff = handoffs.request(uow, conversation, reason, self.services.now(), hold)
            disposition = "emergency" if handoff.urgent else "handed_over"
            consultations.note(uow, conversation, self.services.now(), disposition=disposition)
            return uow.handoffs.ahead_of(handoff)


def conversation_id(tracker: Tracker) -> UUID:
    """The gateway's conversation behind Rasa's sender (`uuid.session`)."""
    return UUID(str(tracker.sender_id).partition(".")[0])


def request_key(tracker: Tracker, step: str) -> str:
    """Names one effect of one message, so that a repeated turn cannot have it twice."""
    metadata = tracker.latest_message.get("metadata") or {}
    return f"{conversation_id(tracker)}:{metadata.get('seq', 'none')}:{step}"


def intent_of(tracker: Tracker) -> str:
    """What the caller is doing in this turn."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def set_slots(**values: Any) -> Events:
    """SlotSet events."""
    return [{"event": "slot", "timestamp": None, "name": name, "value": value} for name, value in values.items()]


def failure_marker() -> dict[str, Any]:
    """Marks a reply as an apology, so that the gateway counts it and asks for a person."""
    return {"json_message": {"type": "notice", "level": "warning", "failed": True}}
