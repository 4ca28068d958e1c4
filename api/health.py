"""Is it alive, is it ready, what does it count."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from api.gateway import Gateway, TheGateway

router = APIRouter(tags=["operations"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(here: TheGateway) -> JSONResponse:
    """The database answers and a real turn gets a real answer."""
    checks = {"database": await asyncio.to_thread(_database_answers, here), "dialogue": await here.canary.sings()}
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
