"""Is it alive, is it ready, what does it count."""

import asyncio
import time
from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from api.gateway import Gateway, TheGateway
from api.turns import canary

router = APIRouter(tags=["operations"])
CANARY_LASTS_SECONDS = 30.0


@dataclass
class Canary:
    """The last canary turn; asked again when it is older than half a minute, or when it failed."""

    sang_at: float = field(default=float("-inf"))
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def sings(self, here: Gateway) -> bool:
        """Whether a real turn was answered within the last half minute."""
        async with self.lock:
            if time.monotonic() - self.sang_at > CANARY_LASTS_SECONDS and await canary(here.dialogue):
                self.sang_at = time.monotonic()
            return time.monotonic() - self.sang_at <= CANARY_LASTS_SECONDS


_canary = Canary()


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(here: TheGateway) -> JSONResponse:
    """The database answers and a real turn gets a real answer."""
    checks = {"database": await asyncio.to_thread(_database_answers, here), "dialogue": await _canary.sings(here)}
    return JSONResponse({"ready": all(checks.values()), "checks": checks}, 200 if all(checks.values()) else 503)


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    """Counters for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _database_answers(here: Gateway) -> bool:
    try:
        with here.open_reading() as uow:
            uow.events.waiting()
    except SQLAlchemyError:
        return False
    return True
