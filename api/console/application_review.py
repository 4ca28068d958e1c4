"""What the agency does with an application, step by step: accept, ask for what is missing, decide, end, hear objections."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from api.applications import Body
from api.console.application_shapes import ApplicationOut, application_out
from api.gateway import Gateway, Reviewing, SettlingObjections, TakingApplications, TheGateway
from api.words import Words
from hotline import application_review as review
from hotline import lawyers
from hotline.application_review import ProvisionalGround
from hotline.application_states import ApplicationStatus, TerminationGround
from hotline.applications import Application
from hotline.lawyers import Suggestion
from hotline.operators import Operator
from store.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/v1/console/applications", tags=["console"])

type Act = Callable[[SqlUnitOfWork, Application, str, datetime], None]
Reason = Annotated[Words, Field(min_length=1, max_length=2000)]


class AcceptIn(Body):
    """`before_papers`: 绿色通道，先受理再审查."""

    before_papers: bool = False


class SupplementIn(Body):
    """What is missing, once and completely, and the last day to bring it."""

    items: list[Annotated[Words, Field(max_length=200)]] = Field(max_length=30)
    last_day: date


class DecisionIn(Body):
    """Whether aid is given, and why."""

    granted: bool
    reason: Reason


class ProvisionalIn(Body):
    """先行提供法律援助, on which item of 第四十四条."""

    ground: ProvisionalGround
    reason: Reason


class ObjectionIn(Body):
    """What the applicant objects, and when the judicial administration received it."""

    words: Reason
    received_on: date


class ObjectionSettledIn(Body):
    """Whether the decision stands."""

    upheld: bool
    reason: Reason


class TerminationIn(Body):
    """On which item of 第四十八条."""

    ground: TerminationGround
    reason: Reason


class ReasonIn(Body):
    """Why."""

    reason: Reason


class StageIn(Body):
    """A later stage, to be shown; with the assignment, the licence number of the lawyer, if the register has one."""

    status: ApplicationStatus
    lawyer: str | None = Field(default=None, max_length=32)

    @model_validator(mode="after")
    def _lawyer_only_when_assigned(self) -> Self:
        if self.lawyer is not None and self.status is not ApplicationStatus.ASSIGNED:
            raise ValueError("a lawyer is named with the assignment")
        return self


class DifficultIn(Body):
    """Whether it is 重大疑难, and why."""

    difficult: bool
    reason: Reason


class SuggestionOut(BaseModel):
    """A lawyer who may be assigned: `reasons` speak for it, `cautions` have to be weighed."""

    licence_number: str
    name: str
    firm: str
    years: int
    languages: list[str]
    specialities: list[str]
    reasons: list[str]
    cautions: list[str]

    @classmethod
    def from_domain(cls, one: Suggestion) -> "SuggestionOut":
        """The suggestion as JSON."""
        lawyer = one.lawyer
        return cls(
            licence_number=lawyer.licence_number,
            name=lawyer.name,
            firm=lawyer.firm,
            years=one.years,
            languages=lawyer.languages,
            specialities=lawyer.specialities,
            reasons=list(one.reasons),
            cautions=list(one.cautions),
        )


@router.post("/{application_id}/accept")
def accept(here: TheGateway, operator: Reviewing, application_id: UUID, how: AcceptIn) -> ApplicationOut:
    """Accept it for examination, or on the green lane before its papers are complete; also after a supplement came."""

    def begin(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.accept(uow, one, actor, at, how.before_papers)

    return _act(here, application_id, begin, operator)


@router.post("/{application_id}/supplement")
def ask_for_supplement(
    here: TheGateway, operator: Reviewing, application_id: UUID, asked: SupplementIn
) -> ApplicationOut:
    """Tell once and completely what is missing."""

    def ask(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.ask_for_supplement(uow, one, asked.items, asked.last_day, actor, at)

    return _act(here, application_id, ask, operator)


@router.post("/{application_id}/lapse")
def lapse(here: TheGateway, operator: Reviewing, application_id: UUID) -> ApplicationOut:
    """Treat it as withdrawn: the last day for the supplement has passed and nothing came."""
    return _act(here, application_id, review.lapse, operator)


@router.post("/{application_id}/confirm")
def confirm(here: TheGateway, operator: Reviewing, application_id: UUID) -> ApplicationOut:
    """The applicant has confirmed what somebody else sent."""
    return _act(here, application_id, review.confirm, operator)


@router.post("/{application_id}/provisional-aid")
def provide_first(here: TheGateway, operator: Reviewing, application_id: UUID, given: ProvisionalIn) -> ApplicationOut:
    """Help first, papers later (第四十四条)."""

    def provide(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.provide_first(uow, one, given.ground, given.reason, actor, at)

    return _act(here, application_id, provide, operator)


@router.post("/{application_id}/decision")
def decide(here: TheGateway, operator: Reviewing, application_id: UUID, decided: DecisionIn) -> ApplicationOut:
    """Record the agency's decision with its reasons; a second one is refused (409 application_moved)."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        decision = review.grant if decided.granted else review.refuse
        decision(uow, one, decided.reason, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/objection")
def object_to(
    here: TheGateway, operator: TakingApplications, application_id: UUID, told: ObjectionIn
) -> ApplicationOut:
    """Record an objection against a refusal or a termination."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.object_to(uow, one, told.words, told.received_on, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/objection/decision")
def settle_objection(
    here: TheGateway, operator: SettlingObjections, application_id: UUID, settled: ObjectionSettledIn
) -> ApplicationOut:
    """Record what the judicial administration decided about it."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.settle_objection(uow, one, settled.upheld, settled.reason, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/withdraw")
def withdraw(here: TheGateway, operator: TakingApplications, application_id: UUID, why: ReasonIn) -> ApplicationOut:
    """The applicant does not want it any more."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.withdraw(uow, one, why.reason, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/terminate")
def terminate(here: TheGateway, operator: Reviewing, application_id: UUID, ended: TerminationIn) -> ApplicationOut:
    """End the aid on one of the eight grounds."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.terminate(uow, one, ended.ground, ended.reason, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/stage")
def follow(here: TheGateway, operator: Reviewing, application_id: UUID, later: StageIn) -> ApplicationOut:
    """Note a later stage: assigned, in progress, closed, archived, evaluated."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.follow(uow, one, later.status, actor, at, later.lawyer)

    return _act(here, application_id, record, operator)


@router.get("/{application_id}/lawyers")
def suggest_lawyers(here: TheGateway, operator: Reviewing, application_id: UUID) -> list[SuggestionOut]:
    """The lawyers of the register who fit best, the best first, each with why; whoever assigns may take another."""
    law, today = here.services.law, here.services.today()
    with here.open_reading() as uow:
        application = uow.applications.get(application_id)
        return [SuggestionOut.from_domain(one) for one in lawyers.suggest(uow, application, law, today)]


@router.post("/{application_id}/difficult")
def mark_difficult(here: TheGateway, operator: Reviewing, application_id: UUID, mark: DifficultIn) -> ApplicationOut:
    """Mark it as 重大疑难, or take the mark away."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.mark_difficult(uow, one, mark.difficult, mark.reason, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/agreement")
def note_agreement(here: TheGateway, operator: Reviewing, application_id: UUID) -> ApplicationOut:
    """The agreement with the recipient has been signed."""
    return _act(here, application_id, review.note_agreement, operator)


def _act(here: Gateway, application_id: UUID, act: Act, operator: Operator) -> ApplicationOut:
    now = here.services.now()
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        act(uow, application, operator.login, now)
        return application_out(uow, application, now)
