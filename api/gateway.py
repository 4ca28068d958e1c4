"""What requests share: services, the turn runner, and who is asking."""

import hmac
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from rasa_sdk.executor import ActionExecutor

from actions.base import Services
from api.dialogue import Canary, TurnService
from api.turns import News, TurnRunner
from hotline import conversations, operators
from hotline.conversations import Conversation
from hotline.errors import LoginRefused, SessionInvalid
from hotline.operators import Operator, hash_token
from hotline.permissions import Permission
from settings import Settings
from store.unit_of_work import OpenUow


@dataclass(frozen=True)
class Gateway:
    """Everything that lives as long as the process."""

    settings: Settings
    services: Services
    open_reading: OpenUow
    turns: TurnService
    canary: Canary
    runner: TurnRunner
    news: News
    executor: ActionExecutor


# Dependencies that wait for nothing are `async`: FastAPI runs a plain function in a thread, and the hop costs more than it.


async def gateway(request: Request) -> Gateway:
    """The gateway behind this request."""
    found: Gateway = request.app.state.gateway
    return found


TheGateway = Annotated[Gateway, Depends(gateway)]
Authorization = Annotated[str, Header()]


def bearer(authorization: str) -> str:
    """The token of an Authorization header, or nothing."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def citizen_token(authorization: Authorization = "") -> str:
    """The hash of the bearer token, for `conversations.by_token` in the unit of work that serves the request.

    Raises:
        SessionInvalid: no token.
    """
    token = bearer(authorization)
    if not token:
        raise SessionInvalid
    return hash_token(token)


CitizenToken = Annotated[str, Depends(citizen_token)]


def current_conversation(here: TheGateway, token_hash: CitizenToken) -> Conversation:
    """The conversation that the bearer token opens.

    Raises:
        SessionInvalid: no token, a wrong one, or one that is over.
    """
    with here.open_reading() as uow:
        return conversations.by_token(uow, token_hash, here.services.now())


def current_operator(here: TheGateway, authorization: Authorization = "") -> Operator:
    """The operator who is logged in.

    Raises:
        LoginRefused: no live session.
    """
    with here.services.open_uow() as uow:
        return operators.by_token(uow, bearer(authorization), here.services.now())


async def require_dialogue(here: TheGateway, x_actions_token: Annotated[str, Header()] = "") -> None:
    """Only our own Rasa may run actions.

    Raises:
        LoginRefused: the secret header is missing or wrong.
    """
    if not hmac.compare_digest(x_actions_token.encode(), here.settings.actions_token.get_secret_value().encode()):
        raise LoginRefused


CurrentConversation = Annotated[Conversation, Depends(current_conversation)]
CurrentOperator = Annotated[Operator, Depends(current_operator)]


@dataclass(frozen=True)
class Allowed:
    """Lets an operator in whose role gives a permission; the routes' tests read it."""

    permission: Permission

    async def __call__(self, operator: CurrentOperator) -> Operator:
        """The operator.

        Raises:
            NotPermitted: the role does not give it (403).
        """
        operator.require(self.permission)
        return operator


def allowed(permission: Permission) -> Any:
    """The dependency of a route that only some roles may use."""
    return Depends(Allowed(permission))


Serving = Annotated[Operator, allowed(Permission.SERVE)]
Revealing = Annotated[Operator, allowed(Permission.REVEAL)]
SeeingApplications = Annotated[Operator, allowed(Permission.SEE_APPLICATIONS)]
TakingApplications = Annotated[Operator, allowed(Permission.TAKE_APPLICATIONS)]
Reviewing = Annotated[Operator, allowed(Permission.REVIEW)]
SettlingObjections = Annotated[Operator, allowed(Permission.SETTLE_OBJECTIONS)]
Supervising = Annotated[Operator, allowed(Permission.SUPERVISE)]
Reporting = Annotated[Operator, allowed(Permission.REPORT)]
Auditing = Annotated[Operator, allowed(Permission.AUDIT)]
