"""Answering citizens' messages: one turn at a time in a conversation, none forgotten, whatever dies in between.

A message is committed before its turn starts and the replies after it ends; no transaction is open while Rasa thinks.
What was under way when a process died is taken up again at the start and by a sweep every few seconds.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from actions.base import Services
from api.dialogue import Canary, DialogueDown, Turn, TurnService
from api.metrics import TURN_SECONDS, TURNS
from hotline import consultations, conversations, gaps, handoffs, privacy
from hotline.clock import local
from hotline.conversations import Button, Conversation, Event, Owner, Progress, Speaker
from hotline.errors import NotFound
from hotline.gaps import Lack
from store.unit_of_work import SqlUnitOfWork

log = structlog.get_logger()

STALE_AFTER = timedelta(seconds=15)
SWEEP_SECONDS = 5.0
LINES_BACK = 20
"""Among these stands the question that a button is about."""
STOP_WAITING = "/stop_waiting"
HUMAN = "/request_human"
KEEP_QUESTION = "/keep_question"
"""The citizen agrees that the question that met with no good answer is kept for those who write the answers."""
WITHOUT_BOT = (STOP_WAITING, HUMAN, KEEP_QUESTION)
TRY_AGAIN = "/try_again"
"""Followed by the number of the line to repeat: the words stay where they are encrypted, and as trusted as they were."""
DANGER_LINE = "如果有人身危险，请马上拨打 110。"
DOWN = "对不起，智能助手暂时不能回答。您的话已经保存。您可以转人工、过一会儿再试，也可以直接拨打 12348。" + DANGER_LINE
QUEUED = "正在为您转给值班人员，前面还有 {ahead} 位。您说的话他们会看到。等不及可以拨打 12348。" + DANGER_LINE
KEPT = (
    "谢谢您，已经留下：“{question}”。姓名、电话、证件号和地址已经尽量隐去，只用来改进答复。想撤回，可以删除这次对话。"
)
NOT_KEPT = "没有找到要留下的问题。您可以再说一遍，或者转人工。"
BACK = "好的，由智能助手继续为您服务。请说说您想问什么。"


@dataclass(frozen=True)
class Claimed:
    """A message that is ours to answer, and the message that is meant: another one when 再试一次 was pressed."""

    conversation: Conversation
    event: Event
    meant: Event


def claim(uow: SqlUnitOfWork, conversation: Conversation, at: datetime) -> Claimed | None:
    """Take the conversation's oldest unanswered message; None if there is none, or one is being answered."""
    uow.conversations.lock(conversation)
    event = uow.events.claim_next(conversation.id, at)
    if event is None:
        return None
    act, _, seq = (event.payload or "").partition(" ")
    return Claimed(conversation, event, uow.events.get(conversation.id, int(seq)) if act == TRY_AGAIN else event)


class TurnRunner:
    """Takes up waiting messages and answers them."""

    def __init__(self, services: Services, dialogue: TurnService, canary: Canary, news: "News") -> None:
        self.services, self.dialogue, self.canary, self.news = services, dialogue, canary, news
        self._running: set[asyncio.Task[None]] = set()

    def answer_on(self, claimed: Claimed | None) -> None:
        """Answer a claimed message, and what came meanwhile, in the background; nothing to do for None."""
        if claimed is not None:
            task = asyncio.get_running_loop().create_task(self.run(claimed))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def sweep(self) -> None:
        """For ever: take up what a dead process, or a locked database, left behind."""
        stale_after = timedelta(0)  # at the start nobody else can be at work on it
        while True:
            try:
                for claimed in await asyncio.to_thread(self._left_behind, stale_after):
                    self.answer_on(claimed)
                stale_after = STALE_AFTER
            except SQLAlchemyError as error:
                log.warning("sweep.storage_busy", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def run(self, claimed: Claimed) -> None:
        """Answer until nothing waits in this conversation."""
        conversation_id = claimed.conversation.id
        following: Claimed | None = claimed
        try:
            while following is not None:
                following = await self._answer(following)
        except NotFound:  # the citizen had everything erased while the bot was thinking
            log.info("turn.erased", conversation_id=str(conversation_id))
        except OperationalError as error:  # the sweep comes back to it when the lock is gone
            log.warning("turn.storage_busy", conversation_id=str(conversation_id), error=type(error.orig).__name__)
        except Exception as error:  # nobody awaits this task: what it raised would be printed with the citizen's words
            log.error("turn.lost", conversation_id=str(conversation_id), error=type(error).__name__, exc_info=True)

    async def drain(self) -> None:
        """Wait for the turns under way."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _answer(self, claimed: Claimed) -> Claimed | None:
        begun = time.perf_counter()
        if claimed.conversation.owner is not Owner.BOT or claimed.event.payload in WITHOUT_BOT:
            following = await asyncio.to_thread(self._finish, claimed, self._answer_without_bot)
            TURNS.labels("without_bot").inc()
        else:
            following, result = await self._ask_bot(claimed)
            TURN_SECONDS.observe(time.perf_counter() - begun)
            TURNS.labels(result).inc()
        self.news.tell(claimed.conversation.id)
        return following

    async def _ask_bot(self, claimed: Claimed) -> tuple[Claimed | None, str]:
        conversation, meant = claimed.conversation, claimed.meant
        trusted = meant.payload is not None
        try:
            turn = await self.dialogue.turn(
                conversation.dialogue_sender,
                meant.payload or meant.text,
                trusted,
                claimed.event.seq,
                conversation.slots,
            )
            following = await asyncio.to_thread(self._finish, claimed, partial(self._keep, turn))
        except DialogueDown as error:
            self.canary.fell_silent()
            log.error("dialogue.down", conversation_id=str(conversation.id), reason=str(error))
        except (NotFound, OperationalError):
            raise
        except Exception as error:  # whatever it was, the citizen must not meet with silence
            log.error("turn.failed", conversation_id=str(conversation.id), error=type(error).__name__, exc_info=True)
        else:
            return following, "failed" if turn.failed else "answered"
        return await asyncio.to_thread(self._finish, claimed, partial(self._apologise, meant)), "down"

    def _left_behind(self, stale_after: timedelta) -> list[Claimed]:
        now = self.services.now()
        with self.services.open_uow() as uow:
            for conversation_id in uow.events.release_stale(now - stale_after):
                uow.conversations.get(conversation_id).restart_dialogue()  # Rasa may have heard the message already
            waiting = [claim(uow, uow.conversations.get(one), now) for one in uow.events.waiting()]
            return [one for one in waiting if one is not None]

    def _finish(self, claimed: Claimed, answer: Callable[[SqlUnitOfWork, Conversation, Event], None]) -> Claimed | None:
        """Commit the answer to a claimed message and claim the next one; nothing when the message is no longer ours."""
        with self.services.open_uow() as uow:
            conversation = uow.conversations.get_locked(claimed.conversation.id)
            event = uow.events.get(conversation.id, claimed.event.seq)
            if event.progress is not Progress.RUNNING:
                return None  # the sweep gave this message to somebody else, who has answered it
            answer(uow, conversation, event)
            return claim(uow, conversation, self.services.now())

    def _keep(self, turn: Turn, uow: SqlUnitOfWork, conversation: Conversation, event: Event) -> None:
        """The replies, and what Rasa knows now."""
        now = self.services.now()
        event.progress, event.understood = Progress.DONE, turn.understood
        consultations.note(uow, conversation, now, **consultations.facts_in(turn.slots))
        buttons = _buttons(conversation.id, turn.messages)
        for place, message in enumerate(turn.messages, 1):
            last = place == len(turn.messages)
            conversations.say(uow, conversation, Speaker.BOT, [_block(message)], now, buttons if last else [])
        conversation.finish_turn(turn.slots, fallback=turn.intent == "nlu_fallback")
        if turn.failed:
            handoffs.request(uow, conversation, "action_failed", now, hold=False)

    def _apologise(self, meant: Event, uow: SqlUnitOfWork, conversation: Conversation, event: Event) -> None:
        """The bot cannot answer: say so, keep the message, offer a person and another try."""
        event.progress = Progress.FAILED
        conversation.restart_dialogue()
        if "人工" in event.text:
            self._queue(uow, conversation)
            return
        again = Button(_action_id(), conversation.id, "再试一次", f"{TRY_AGAIN} {meant.seq}")
        person = Button(_action_id(), conversation.id, "转人工", HUMAN)
        notice = {"type": "notice", "level": "warning", "text": DOWN}
        conversations.say(uow, conversation, Speaker.SYSTEM, [notice], self.services.now(), [person, again])

    def _answer_without_bot(self, uow: SqlUnitOfWork, conversation: Conversation, event: Event) -> None:
        """What works while the bot is silent or gone: calling a person, waiting, giving up waiting, leaving a question."""
        event.progress = Progress.DONE
        if event.payload == STOP_WAITING:
            handoffs.stop_waiting(uow, conversation, self.services.now())
            back = {"type": "text", "text": BACK}
            conversations.say(uow, conversation, Speaker.SYSTEM, [back], self.services.now())
        elif event.payload == KEEP_QUESTION:
            self._keep_question(uow, conversation, event)
        elif event.payload == HUMAN or conversation.owner is Owner.QUEUED:
            self._queue(uow, conversation)

    def _keep_question(self, uow: SqlUnitOfWork, conversation: Conversation, pressed: Event) -> None:
        """Take the press for consent, and keep the words that were typed last before it."""
        now = self.services.now()
        before = [one for one in uow.events.latest(conversation.id, LINES_BACK) if one.seq < pressed.seq]
        typed = [one.text for one in before if one.speaker is Speaker.CITIZEN and one.payload is None]
        privacy.decide(uow, conversation.id, gaps.PURPOSE, True, privacy.notice_on(local(now).date()), now)
        topic = conversation.slots.get("topic")
        gap = gaps.keep(uow, conversation.id, typed[-1], Lack.NOTHING, topic, now) if typed else None
        known = gap or next(iter(uow.gaps.of_conversation(conversation.id)[-1:]), None)
        said = KEPT.format(question=known.question) if known else NOT_KEPT
        conversations.say(uow, conversation, Speaker.SYSTEM, [{"type": "text", "text": said}], now)

    def _queue(self, uow: SqlUnitOfWork, conversation: Conversation) -> None:
        now = self.services.now()
        handoff = handoffs.request(uow, conversation, "requested", now, hold=True)
        consultations.note(uow, conversation, now, disposition="handed_over")
        notice = {"type": "notice", "level": "info", "text": QUEUED.format(ahead=uow.handoffs.ahead_of(handoff))}
        stop = Button(_action_id(), conversation.id, "先不等了，继续问机器人", STOP_WAITING)
        conversations.say(uow, conversation, Speaker.SYSTEM, [notice], now, [stop])


class News:
    """Wakes those who wait for a conversation's next line, within this process; others see it at their next poll."""

    def __init__(self) -> None:
        self._awaited: WeakValueDictionary[UUID, asyncio.Event] = WeakValueDictionary()  # kept alive by who waits

    def tell(self, conversation_id: UUID) -> None:
        """Something was added."""
        event = self._awaited.pop(conversation_id, None)
        if event is not None:
            event.set()

    def expect(self, conversation_id: UUID) -> asyncio.Event:
        """What will be set at the next line. Take it before looking, so that no line falls between looking and waiting."""
        return self._awaited.setdefault(conversation_id, asyncio.Event())


async def wait_for_news(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set, at most so long."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def _block(message: dict[str, Any]) -> dict[str, Any]:
    """Rasa's message as a typed block with its plain text."""
    block = {"type": "text", "text": message.get("text") or "", **message["custom"]}
    danger = (message.get("response") or "").startswith("utter_danger")
    return block | ({"type": "notice", "level": "danger"} if danger else {})


def _buttons(conversation_id: UUID, messages: list[dict[str, Any]]) -> list[Button]:
    """The quick replies of the last message, as what was asked last is what can be answered; and those of asides."""
    asides = [message for message in messages if message["custom"].get("aside")]
    asking = [message for message in messages if message not in asides][-1:]
    offered = [button for message in (*asking, *asides) for button in message["buttons"]]
    return [Button(_action_id(), conversation_id, one["title"], one["payload"]) for one in offered]


def _action_id() -> str:
    return secrets.token_hex(12)
