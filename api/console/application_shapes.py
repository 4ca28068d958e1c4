"""What the desk sees of an application: a line of the list, everything, its clocks and its history; masked unless revealed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from hotline import application_review as review
from hotline import applications, divisions
from hotline.applicants import masked_name, masked_phone, standing_of
from hotline.application_form import Form
from hotline.application_states import LANE_WORDS, NEXT, STATUS_WORDS, ApplicationStatus, Lane
from hotline.application_time_limits import LimitKind, TimeLimit
from hotline.applications import Application, Step
from store.unit_of_work import SqlUnitOfWork


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
    difficult: bool
    """重大疑难."""
    needs_confirmation: bool
    offers_home_visit: bool
    minor: bool
    """未成年人."""
    agency: str
    region: str | None
    place: str | None
    """The region in words."""
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
    assignment_hints: list[str]
    """What whoever assigns a lawyer should heed."""
    supplement: list[str] | None
    can_become: list[ApplicationStatus]
    time_limits: list[TimeLimitOut]
    history: list[StepOut]
    same_person: list[str]
    """Numbers of other applications with this phone or this identity document."""
    same_phone_other_name: bool


def application_out(uow: SqlUnitOfWork, application: Application, now: datetime, masked: bool = True) -> ApplicationOut:
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
        assignment_hints=review.assignment_hints(application),
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
        "difficult": application.difficult,
        "needs_confirmation": application.needs_confirmation,
        "offers_home_visit": application.offers_home_visit,
        "minor": application.minor,
        "agency": application.agency,
        "region": application.region,
        "place": divisions.full_name(application.region) if application.region else None,
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
