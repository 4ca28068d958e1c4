"""What the gateway does by itself: pass up what is late, have people rung up before their appointment, and at night
delete what was kept long enough."""

import asyncio
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from actions.base import Services
from hotline import appointments_reach, retention, work_orders
from hotline.clock import local

log = structlog.get_logger()

SECONDS_BETWEEN = 60.0
BETWEEN_CALLS = timedelta(minutes=10)
"""It looks at everybody who is expected; nobody needs that every minute."""
NIGHT = (time(2), time(5))


class Housekeeping:
    """Runs beside the requests; what one process has done, another finds done."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._cleaned_on: date | None = None
        self._called_at: datetime | None = None

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await asyncio.to_thread(self.once)
            except SQLAlchemyError as error:
                log.warning("housekeeping.storage_busy", error=type(error).__name__)
            await asyncio.sleep(SECONDS_BETWEEN)

    def once(self) -> None:
        """What is due now."""
        now = self.services.now()
        with self.services.open_uow() as uow:
            late = work_orders.escalate_overdue(uow, now)
        if late:
            log.warning("work_orders.escalated", count=len(late))
        if self._called_at is None or now - self._called_at >= BETWEEN_CALLS:
            with self.services.open_uow() as uow:
                calls = appointments_reach.order_calls(uow, now)
            self._called_at = now
            if calls:
                log.info("appointments.calls_ordered", count=len(calls))
        there = local(now)
        if NIGHT[0] <= there.time() < NIGHT[1] and self._cleaned_on != there.date():
            self.clean()
            self._cleaned_on = there.date()

    def clean(self) -> None:
        """Carry out the retention table."""
        now = self.services.now()
        for rule in retention.deleting_rules():
            rows = 0
            while True:
                with self.services.open_uow() as uow:
                    done = retention.carry_out(uow, rule, now)
                rows += done
                if not done:
                    break
            if rows:
                log.info("retention.carried_out", what=rule.what, rows=rows)
