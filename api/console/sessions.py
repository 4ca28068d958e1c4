"""Operators log in and out."""

from datetime import timedelta

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.gateway import CurrentOperator, TheGateway, bearer
from api.words import Words
from hotline import operators
from hotline.errors import LoginRefused
from hotline.operators import AuditEntry, hash_token

router = APIRouter(prefix="/v1/console", tags=["console"])
IDLE_MINUTES = operators.IDLE // timedelta(minutes=1)


class Credentials(BaseModel):
    """Login and password."""

    model_config = ConfigDict(extra="forbid")
    login: Words = Field(max_length=64)
    password: SecretStr = Field(max_length=200)


class SessionOut(BaseModel):
    """The token for the Authorization header."""

    token: str
    display_name: str
    idle_minutes: int = IDLE_MINUTES


@router.post("/sessions", status_code=201)
def log_in(here: TheGateway, credentials: Credentials) -> SessionOut:
    """Open a session; five wrong passwords close the login for fifteen minutes."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        token = operators.log_in(uow, credentials.login, credentials.password.get_secret_value(), now)
    if token is None:
        raise LoginRefused
    with here.services.open_uow() as uow:
        return SessionOut(token=token, display_name=operators.by_token(uow, token, now).display_name)


@router.delete("/sessions", status_code=204)
def log_out(here: TheGateway, operator: CurrentOperator, authorization: str = Header(default="")) -> None:
    """End this session."""
    with here.services.open_uow() as uow:
        uow.operators.end_session(hash_token(bearer(authorization)))
        uow.audit.add(AuditEntry(here.services.now(), operator.login, "operator.logged_out", ""))
