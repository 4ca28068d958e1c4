"""Says what is due: one row of the outbox after the other becomes a line of its conversation; hands on free places."""

import asyncio
from datetime import datetime
from uuid import UUID

import structlog
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from actions.base import Services
from api.gateway import Supervising, TheGateway
from api.metrics import OUTBOX
from api.turns import News
from hotline import appointments, appointments_waiting, audit, idempotency, outbox
from hotline.outbox import OutboxMessage

log = structlog.get_logger()
router = APIRouter(prefix="/v1/console/outbox", tags=["console"])

PAUSE_SECONDS = 2.0
"""How long nothing is looked for after everything due has been said."""


MOST_SHOWN = 100


class DeadLetterOut(BaseModel):
    """A message that could not be said: what it is about and what failed, without its words."""

    id: UUID
    kind: str
    about: str
    conversation_id: UUID
    created_at: datetime
    given_up_at: datetime | None
    error: str | None


@router.get("/dead")
def dead_letters(here: TheGateway, operator: Supervising) -> list[DeadLetterOut]:
    """What could not be said and needs a person, the newest first."""
    with here.open_reading() as uow:
        return [
            DeadLetterOut(
                id=one.id,
                kind=one.kind,
                about=one.about,
                conversation_id=one.conversation_id,
                created_at=one.created_at,
                given_up_at=one.settled_at,
                error=one.error,
            )
            for one in uow.outbox.dead(MOST_SHOWN)
        ]


@router.post("/{message_id}/retry", status_code=204)
def retry(here: TheGateway, operator: Supervising, message_id: UUID) -> None:
    """Try a dead letter again."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        message = uow.outbox.get(message_id)
        outbox.retry(message, now)
        audit.record(uow, operator.login, "outbox.retried", str(message.id), now, kind=message.kind)


class OutboxWorker:
    """Delivers for ever; several may run beside each other, no row goes to two of them."""

    def __init__(self, services: Services, news: News) -> None:
        self.services, self.news = services, news

    async def run(self) -> None:
        """Until cancelled. Trouble in one step is logged and ends neither the other nor the worker."""
        while True:
            for step in (self._hand_on, self._deliver):
                try:
                    await step()
                except SQLAlchemyError as error:
                    log.warning("outbox.storage_busy", error=type(error).__name__)
                except Exception as error:
                    log.error("outbox.failed", error=type(error).__name__, exc_info=True)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _hand_on(self) -> None:
        await asyncio.to_thread(self.hand_on_places)

    async def _deliver(self) -> None:
        while (message := await asyncio.to_thread(self.deliver_one)) is not None:
            self.news.tell(message.conversation_id)

    def hand_on_places(self) -> None:
        """Free places whose hold has run out, forget requests too old to be repeated, offer free places to those who wait."""
        now = self.services.now()
        with self.services.open_uow() as uow:
            appointments.release_expired(uow, now)
            uow.answered_requests.erase_before(now - idempotency.KEPT_FOR)
        offered = True
        while offered:
            with self.services.open_uow() as uow:
                offered = appointments_waiting.offer_next(uow, now)

    def deliver_one(self) -> OutboxMessage | None:
        """Say the message that has been due longest, or put it off if that fails; None if nothing is due."""
        now, claimed = self.services.now(), None
        try:
            with self.services.open_uow() as uow:
                message = uow.outbox.claim_due(now)
                if message is None:
                    return None
                claimed = message.id
                outbox.deliver(uow, message, now)
        except Exception as error:
            if claimed is None:
                raise
            with self.services.open_uow() as uow:  # the first one is rolled back, and the message with it
                message = uow.outbox.get(claimed)
                outbox.note_failure(message, now, type(error).__name__)
        OUTBOX.labels(message.kind, message.status).inc()
        log.info("outbox.tried", kind=message.kind, status=message.status, attempts=message.attempts)
        return message
