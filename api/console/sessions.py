"""Operators log in and out."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.gateway import CurrentOperator, Gateway, TheGateway, bearer
from api.words import Words
from hotline import audit, operators
from hotline.errors import LoginRefused
from hotline.operators import hash_token
from hotline.permissions import MAY, Permission, Role

router = APIRouter(prefix="/v1/console", tags=["console"])
HASHING = ThreadPoolExecutor(2, "passwords")
"""No more than two passwords are checked at a time, whoever knocks: each takes a core and 19 MiB."""
IDLE_MINUTES = operators.IDLE // timedelta(minutes=1)


class Credentials(BaseModel):
    """Login and password."""

    model_config = ConfigDict(extra="forbid")
    login: Words = Field(max_length=64)
    password: SecretStr = Field(max_length=200)


class SessionOut(BaseModel):
    """The token for the Authorization header."""

    token: str
    operator_id: UUID
    display_name: str
    role: Role
    may: list[Permission]
    """What this login is allowed, for the pages to show; the gateway decides by itself."""
    idle_minutes: int = IDLE_MINUTES


@router.post("/sessions", status_code=201)
async def log_in(here: TheGateway, credentials: Credentials) -> SessionOut:
    """Open a session; five wrong passwords close the login for fifteen minutes."""
    login, password, now = credentials.login, credentials.password.get_secret_value(), here.services.now()
    expected = await asyncio.to_thread(_expected, here, login, now)
    matched = await asyncio.get_running_loop().run_in_executor(HASHING, operators.matches, expected, password)
    return await asyncio.to_thread(_open, here, login, expected if matched else None, now)


@router.delete("/sessions", status_code=204)
def log_out(here: TheGateway, operator: CurrentOperator, authorization: str = Header(default="")) -> None:
    """End this session."""
    with here.services.open_uow() as uow:
        uow.operators.end_session(hash_token(bearer(authorization)))
        audit.record(uow, operator.login, "operator.logged_out", "", here.services.now())


def _expected(here: Gateway, login: str, now: datetime) -> str | None:
    with here.open_reading() as uow:
        return operators.password_to_match(uow, login, now)


def _open(here: Gateway, login: str, matched: str | None, now: datetime) -> SessionOut:
    with here.services.open_uow() as uow:
        token = operators.log_in(uow, login, matched, now)
    if token is None:
        raise LoginRefused
    with here.services.open_uow() as uow:
        known = operators.by_token(uow, token, now)
        return SessionOut(
            token=token,
            operator_id=known.id,
            display_name=known.display_name,
            role=known.role,
            may=sorted(MAY[known.role]),
        )
