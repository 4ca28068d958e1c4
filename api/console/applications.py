"""Applications on the operators' desk: read, draft for a caller, review, decide, and what runs out of time.

Names, phones and identity numbers are masked; who needs them in full says why, and that is recorded.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.applications import ApplicationIn, FormIn, file_of, put_together
from api.attachments import ProofOut
from api.gateway import CurrentOperator, Gateway, TheGateway
from api.words import Words
from eligibility import Facts, assess
from hotline import application_review as review
from hotline import applications
from hotline.applicants import masked_name, masked_phone, read_phone, standing_of
from hotline.application_documents import Document
from hotline.application_form import Form
from hotline.application_review import ProvisionalGround
from hotline.application_states import (
    LANE_WORDS,
    NEXT,
    STATUS_WORDS,
    ApplicationStatus,
    Lane,
    TerminationGround,
)
from hotline.application_time_limits import LimitKind, TimeLimit
from hotline.applications import Application, Step
from hotline.audit import AuditEntry
from hotline.clock import local
from hotline.errors import ConsentMissing, NotFound
from hotline.identity_documents import tidied
from hotline.operators import Operator
from hotline.paper import Format
from hotline.reference_numbers import APPLICATION, is_well_formed
from store.files import EncryptedFiles
from store.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/v1/console/applications", tags=["console"])

PAGE = 50
type Act = Callable[[SqlUnitOfWork, Application, str, datetime], None]
Reason = Annotated[Words, Field(min_length=1, max_length=2000)]


class Body(BaseModel):
    """Every request of this desk refuses lines it does not know."""

    model_config = ConfigDict(extra="forbid")


class TimeLimitOut(BaseModel):
    """One clock: when it ends, on what it rests."""

    kind: LimitKind
    name: str
    basis: str
    promise: bool
    """True: a promise of service; False: the law."""
    started_at: datetime
    last_day: date
    met_at: datetime | None
    overdue: bool
    escalated_at: datetime | None

    @classmethod
    def from_domain(cls, limit: TimeLimit, now: datetime) -> "TimeLimitOut":
        """The clock as JSON."""
        rule = limit.rule
        return cls(
            kind=limit.kind,
            name=rule.name,
            basis=rule.basis,
            promise=rule.promise,
            started_at=limit.started_at,
            last_day=limit.due_on,
            met_at=limit.met_at,
            overdue=limit.overdue(now),
            escalated_at=limit.escalated_at,
        )


class ApplicationLine(BaseModel):
    """One line of the list, masked."""

    id: UUID
    number: str
    stage: str
    status: ApplicationStatus
    status_words: str
    lane: Lane
    lane_words: str
    urgent: bool
    needs_confirmation: bool
    offers_home_visit: bool
    agency: str
    region: str | None
    matter: str
    outcome: str
    channel: str
    applicant_name: str
    applicant_phone: str
    submitted_at: datetime | None

    @classmethod
    def from_domain(cls, application: Application) -> "ApplicationLine":
        """The application without what names a person."""
        return cls(**_line(application))


class StepOut(BaseModel):
    """One act of the history."""

    seq: int
    at: datetime
    actor: str
    act: str
    before: ApplicationStatus | None
    after: ApplicationStatus
    details: dict[str, Any]

    @classmethod
    def from_domain(cls, step: Step, masked: bool) -> "StepOut":
        """The act as JSON; masked, changed lines are named without their contents."""
        details = step.details
        if masked and "changed" in details:
            details = {**details, "changed": sorted(details["changed"])}
        return cls(
            seq=step.seq,
            at=step.at,
            actor=step.actor,
            act=step.act,
            before=step.before,
            after=step.after,
            details=details,
        )


class ApplicationOut(ApplicationLine):
    """Everything the reviewer works with."""

    facts: dict[str, Any]
    form: dict[str, Any]
    identity: str | None
    """Type and number; masked unless revealed."""
    standing: str | None
    """Whether the one who acts may apply in the applicant's place, in Chinese."""
    supplement: list[str] | None
    can_become: list[ApplicationStatus]
    time_limits: list[TimeLimitOut]
    history: list[StepOut]
    same_person: list[str]
    """Numbers of other applications with this phone or this identity document."""
    same_phone_other_name: bool


class DraftIn(ApplicationIn):
    """What an operator writes down for a caller; it is sent once it has been read back."""

    channel: str = Field(default="phone", pattern="^(phone|window|letter|visit)$")


class AmendIn(Body):
    """Changed lines and facts; what is left out stays. Changed facts give a new first view (SR-013: with who and when)."""

    form: FormIn = FormIn()
    facts: dict[str, Any] = {}
    applicant_phone: Words | None = Field(default=None, max_length=30)


class ReadBackIn(Body):
    """The caller heard the form and agreed, and agreed to be recorded."""

    agreed: bool
    consented: bool


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
    """A later stage, to be shown."""

    status: ApplicationStatus


class SearchIn(Body):
    """By number, phone or identity number: in the body, as an address is written into logs."""

    number: Words | None = Field(default=None, max_length=20)
    phone: Words | None = Field(default=None, max_length=30)
    identity_number: Words | None = Field(default=None, max_length=40)


class DueOut(BaseModel):
    """A clock that is near its end or past it, and the application it belongs to."""

    time_limit: TimeLimitOut
    application: ApplicationLine


@router.get("")
def list_applications(
    here: TheGateway,
    operator: CurrentOperator,
    status: Annotated[list[ApplicationStatus] | None, Query()] = None,
    before: datetime | None = None,
) -> list[ApplicationLine]:
    """The newest 50 in these states, all open ones but drafts if none are named; `before` turns the page."""
    wanted = status or [one for one in ApplicationStatus if NEXT[one] and one is not ApplicationStatus.DRAFT]
    with here.open_reading() as uow:
        found = uow.applications.listed(wanted, PAGE, before)
        return [ApplicationLine.from_domain(one) for one in sorted(found, key=_priority)]


@router.get("/due")
def list_due(here: TheGateway, operator: CurrentOperator) -> list[DueOut]:
    """Time limits that are near their end or have passed, the longest overdue first."""
    now = here.services.now()
    with here.open_reading() as uow:
        return [
            DueOut(time_limit=TimeLimitOut.from_domain(limit, now), application=ApplicationLine.from_domain(one))
            for limit, one in uow.applications.limits_running_out(now, PAGE)
        ]


@router.post("/search")
def search(here: TheGateway, operator: CurrentOperator, asked: SearchIn) -> list[ApplicationLine]:
    """Applications by number, by phone, or by identity number; the search is recorded, what was searched is not."""
    with here.services.open_uow() as uow:
        found: list[Application] = []
        if asked.number and is_well_formed(asked.number, APPLICATION):
            one = uow.applications.by_number(asked.number.strip().upper())
            found += [one] if one else []
        if asked.phone:
            found += uow.applications.with_phone(read_phone(asked.phone))
        if asked.identity_number:
            found += uow.applications.with_identity(tidied(asked.identity_number))
        uow.audit.add(AuditEntry(here.services.now(), operator.login, "applications.searched", ""))
        return [ApplicationLine.from_domain(one) for one in {one.id: one for one in found}.values()]


@router.post("", status_code=201)
def draft(
    here: TheGateway,
    operator: CurrentOperator,
    drafted: DraftIn,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=64)],
) -> ApplicationOut:
    """Write down what a caller says; nothing is sent before it was read back. The same key gives the same draft."""
    now = here.services.now()
    if not drafted.consent:
        raise ConsentMissing
    with here.services.open_uow() as uow:
        key = f"{operator.login}:{idempotency_key}"
        application = put_together(here, uow, drafted, key, drafted.channel, None, now)
        kept = applications.draft(uow, application, operator.login, now)
        return _out(uow, kept, now)


@router.get("/{application_id}")
def read(here: TheGateway, operator: CurrentOperator, application_id: UUID) -> ApplicationOut:
    """The application with its history and its clocks, masked; the reading is recorded."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        _audit(uow, here, operator, "application.read", application)
        return _out(uow, application, now)


@router.post("/{application_id}/reveal")
def reveal(here: TheGateway, operator: CurrentOperator, application_id: UUID, why: ReasonIn) -> ApplicationOut:
    """The same in full, for a stated reason, which is recorded."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        applications.record(
            uow,
            application,
            application.status,
            "application.revealed",
            operator.login,
            now,
            {"reason": why.reason},
        )
        return _out(uow, application, now, masked=False)


@router.post("/{application_id}/form")
def amend(here: TheGateway, operator: CurrentOperator, application_id: UUID, changes: AmendIn) -> ApplicationOut:
    """Complete or correct the form; the history keeps the lines before and after."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        form, identity_number = changes.form.onto(application.form, application.identity_number, now)
        also: dict[str, Any] = {"identity_number": identity_number}
        if changes.applicant_phone is not None:
            also["applicant_phone"] = read_phone(changes.applicant_phone)
        if changes.facts:
            also |= _seen_anew(here, application, changes.facts, now)
        applications.amend(uow, application, form, operator.login, now, **also)
        return _out(uow, application, now)


@router.get("/{application_id}/read-back")
def read_back(here: TheGateway, operator: CurrentOperator, application_id: UUID) -> list[str]:
    """The sentences to read to the caller."""
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        _audit(uow, here, operator, "application.read_back", application)
        return list(applications.read_back(application))


@router.post("/{application_id}/submit")
def submit(here: TheGateway, operator: CurrentOperator, application_id: UUID, heard: ReadBackIn) -> ApplicationOut:
    """Send the draft: it was read back, the caller agreed with it and to being recorded."""
    now = here.services.now()
    if not (heard.agreed and heard.consented):
        raise ConsentMissing
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        form = application.form
        agreed = replace(form, read_back_at=now, consented_at=form.consented_at or now)
        applications.amend(uow, application, agreed, operator.login, now)
        applications.submit_draft(uow, application, operator.login, now)
        return _out(uow, application, now)


@router.get("/{application_id}/documents/{document}.{format_}", response_class=Response)
def document(
    here: TheGateway, operator: CurrentOperator, application_id: UUID, document: Document, format_: Format
) -> Response:
    """The papers filled in, unmasked; the download is recorded."""
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        _audit(uow, here, operator, f"document.{document}", application)
    return file_of(here, application, document, format_)


@router.get("/{application_id}/proofs")
def list_proofs(here: TheGateway, operator: CurrentOperator, application_id: UUID) -> list[ProofOut]:
    """What the applicant has sent, with what the scanner said."""
    with here.open_reading() as uow:
        return [ProofOut.from_domain(one) for one in uow.proofs.of_application(application_id)]


@router.get("/{application_id}/proofs/{proof_id}", response_class=Response)
def read_proof(here: TheGateway, operator: CurrentOperator, application_id: UUID, proof_id: UUID) -> Response:
    """One file, only ever as a download; the reading is recorded."""
    with here.services.open_uow() as uow:
        proof = uow.proofs.get(proof_id)
        if proof.application_id != application_id:
            raise NotFound
        uow.audit.add(AuditEntry(here.services.now(), operator.login, "proof.read", str(proof.id)))
    content = EncryptedFiles(here.settings.proofs_path).get(proof.id.hex)
    headers = {
        "Content-Disposition": f'attachment; filename="{proof.file_name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=proof.media_type, headers=headers)


@router.post("/{application_id}/accept")
def accept(here: TheGateway, operator: CurrentOperator, application_id: UUID, how: AcceptIn) -> ApplicationOut:
    """Accept it for examination, or on the green lane before its papers are complete; also after a supplement came."""

    def begin(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.accept(uow, one, actor, at, how.before_papers)

    return _act(here, application_id, begin, operator)


@router.post("/{application_id}/supplement")
def ask_for_supplement(
    here: TheGateway, operator: CurrentOperator, application_id: UUID, asked: SupplementIn
) -> ApplicationOut:
    """Tell once and completely what is missing."""

    def ask(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.ask_for_supplement(uow, one, asked.items, asked.last_day, actor, at)

    return _act(here, application_id, ask, operator)


@router.post("/{application_id}/lapse")
def lapse(here: TheGateway, operator: CurrentOperator, application_id: UUID) -> ApplicationOut:
    """Treat it as withdrawn: the last day for the supplement has passed and nothing came."""
    return _act(here, application_id, review.lapse, operator)


@router.post("/{application_id}/confirm")
def confirm(here: TheGateway, operator: CurrentOperator, application_id: UUID) -> ApplicationOut:
    """The applicant has confirmed what somebody else sent."""
    return _act(here, application_id, review.confirm, operator)


@router.post("/{application_id}/provisional-aid")
def provide_first(
    here: TheGateway, operator: CurrentOperator, application_id: UUID, given: ProvisionalIn
) -> ApplicationOut:
    """Help first, papers later (第四十四条)."""

    def provide(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.provide_first(uow, one, given.ground, given.reason, actor, at)

    return _act(here, application_id, provide, operator)


@router.post("/{application_id}/decision")
def decide(here: TheGateway, operator: CurrentOperator, application_id: UUID, decided: DecisionIn) -> ApplicationOut:
    """Record the agency's decision with its reasons; a second one is refused (409 application_moved)."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        decision = review.grant if decided.granted else review.refuse
        decision(uow, one, decided.reason, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/objection")
def object_to(here: TheGateway, operator: CurrentOperator, application_id: UUID, told: ObjectionIn) -> ApplicationOut:
    """Record an objection against a refusal or a termination."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.object_to(uow, one, told.words, told.received_on, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/objection/decision")
def settle_objection(
    here: TheGateway, operator: CurrentOperator, application_id: UUID, settled: ObjectionSettledIn
) -> ApplicationOut:
    """Record what the judicial administration decided about it."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.settle_objection(uow, one, settled.upheld, settled.reason, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/withdraw")
def withdraw(here: TheGateway, operator: CurrentOperator, application_id: UUID, why: ReasonIn) -> ApplicationOut:
    """The applicant does not want it any more."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.withdraw(uow, one, why.reason, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/terminate")
def terminate(
    here: TheGateway, operator: CurrentOperator, application_id: UUID, ended: TerminationIn
) -> ApplicationOut:
    """End the aid on one of the eight grounds."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.terminate(uow, one, ended.ground, ended.reason, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/stage")
def follow(here: TheGateway, operator: CurrentOperator, application_id: UUID, later: StageIn) -> ApplicationOut:
    """Note a later stage: assigned, in progress, closed, archived, evaluated."""

    def record(uow: SqlUnitOfWork, one: Application, actor: str, at: datetime) -> None:
        review.follow(uow, one, later.status, actor, at)

    return _act(here, application_id, record, operator)


@router.post("/{application_id}/agreement")
def note_agreement(here: TheGateway, operator: CurrentOperator, application_id: UUID) -> ApplicationOut:
    """The agreement with the recipient has been signed."""
    return _act(here, application_id, review.note_agreement, operator)


def _seen_anew(here: Gateway, application: Application, facts: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The facts as corrected, and what follows from them."""
    corrected = Facts.from_mapping({**application.facts, **facts})
    assessment = assess(corrected, local(now).date(), here.services.law)
    return {
        "facts": applications.told(corrected),
        "matter": corrected.matter or application.matter,
        "outcome": assessment.outcome.value,
        "urgent": assessment.aid == "urgent",
        "lane": applications.lane_for(assessment.flags, application.region, now),
    }


def _act(here: Gateway, application_id: UUID, act: Act, operator: Operator) -> ApplicationOut:
    now = here.services.now()
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        act(uow, application, operator.login, now)
        return _out(uow, application, now)


def _audit(uow: SqlUnitOfWork, here: Gateway, operator: Operator, act: str, application: Application) -> None:
    uow.audit.add(AuditEntry(here.services.now(), operator.login, act, application.number))


def _out(uow: SqlUnitOfWork, application: Application, now: datetime, masked: bool = True) -> ApplicationOut:
    form, identity = application.form, application.identity
    standing = standing_of(form.representative, application.matter) if form.representative else None
    line = _line(application)
    if not masked:
        line |= {"applicant_name": application.applicant_name, "applicant_phone": application.applicant_phone}
    number = identity and (identity.masked if masked else identity.number)
    return ApplicationOut(
        **line,
        facts=application.facts,
        form=_masked_form(form) if masked else form.as_json(),
        identity=f"{identity.words} {number}" if identity else None,
        standing=f"{standing.sentence}（{standing.article}）" if standing else None,
        supplement=application.supplement,
        can_become=sorted(NEXT[application.status]),
        time_limits=[TimeLimitOut.from_domain(one, now) for one in uow.applications.limits(application.id)],
        history=[StepOut.from_domain(one, masked) for one in uow.applications.steps(application.id)],
        same_person=[one.number for one in applications.same_person(uow, application)],
        same_phone_other_name=applications.same_phone_other_name(uow, application),
    )


def _line(application: Application) -> dict[str, Any]:
    return {
        "id": application.id,
        "number": application.number,
        "stage": application.stage,
        "status": application.status,
        "status_words": STATUS_WORDS[application.status],
        "lane": application.lane,
        "lane_words": LANE_WORDS[application.lane],
        "urgent": application.urgent,
        "needs_confirmation": application.needs_confirmation,
        "offers_home_visit": application.offers_home_visit,
        "agency": application.agency,
        "region": application.region,
        "matter": application.matter,
        "outcome": application.outcome,
        "channel": application.channel,
        "applicant_name": masked_name(application.applicant_name),
        "applicant_phone": masked_phone(application.applicant_phone),
        "submitted_at": application.submitted_at,
    }


def _masked_form(form: Form) -> dict[str, Any]:
    shown = form.as_json()
    if form.address:
        shown["address"] = form.address[:6] + "****"
    if form.representative:
        one = form.representative
        shown["representative"] |= {"name": masked_name(one.name), "phone": masked_phone(one.phone)}
        if one.identity:
            shown["representative"]["identity"] = {"type": one.identity.type, "number": one.identity.masked}
    if form.home_visit:
        shown["home_visit"] |= {"address": form.home_visit.address[:6] + "****", "contact": "****"}
    return shown


def _priority(application: Application) -> tuple[bool, int, datetime]:
    """Urgent first, then the fast and the green lane, then who waits longest."""
    order = (Lane.FAST, Lane.GREEN, Lane.ORDINARY).index(application.lane)
    waiting_since = application.submitted_at or application.drafted_at
    assert waiting_since is not None
    return (not application.urgent, order, waiting_since)
