"""Looks every minute for applications whose time limits are near or past, and for proofs that nobody needs."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from actions.base import Services
from hotline import application_review, proofs
from hotline.proofs import Files

log = structlog.get_logger()

PAUSE_SECONDS = 60.0


class ApplicationWatch:
    """Watches for ever; several may run beside each other, each clock is told once."""

    def __init__(self, services: Services, files: Files) -> None:
        self.services, self.files = services, files

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                while await asyncio.to_thread(self.look):
                    pass
                await asyncio.to_thread(self.clear)
            except SQLAlchemyError as error:
                log.warning("application_watch.storage_busy", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    def look(self) -> int:
        """Warn and escalate what is due now; how many clocks that were."""
        with self.services.open_uow() as uow:
            told = application_review.watch(uow, self.services.now())
        for limit in told:
            log.info("time_limit.told", kind=limit.kind, escalated=limit.escalated_at is not None)
        return len(told)

    def clear(self) -> None:
        """Delete proofs that have belonged to no application for a month, and yesterday's counts of wrong tries."""
        with self.services.open_uow() as uow:
            abandoned = proofs.forget_abandoned(uow, self.services.now())
            uow.applications.forget_failed_lookups(self.services.today())
        for name in abandoned:
            self.files.remove(name)
        if abandoned:
            log.info("proofs.removed", count=len(abandoned))
