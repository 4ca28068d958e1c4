"""Applications on the operators' desk: read, draft for a caller, review, decide, and what runs out of time.

Names, phones and identity numbers are masked; who needs them in full says why, and that is recorded.
"""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.applications import ApplicationIn, Body, FormIn, Line, file_of, put_together
from api.attachments import ProofOut
from api.console.application_review import ReasonIn
from api.console.application_shapes import ApplicationLine, ApplicationOut, TimeLimitOut, application_out
from api.gateway import Gateway, Reviewing, SeeingApplications, TakingApplications, TheGateway
from api.words import Words
from eligibility import Facts, assess
from hotline import applications
from hotline.applicants import read_phone
from hotline.application_documents import Document
from hotline.application_form import Forwarded
from hotline.application_states import NEXT, ApplicationStatus, Lane
from hotline.applications import Application
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


class ForwardedIn(Body):
    """Who passes on a detained person's application, and when the person asked for it (第三十九条)."""

    by: Line
    asked_at: AwareDatetime


class DraftIn(ApplicationIn):
    """What an operator or a duty lawyer writes down for somebody; it is sent once it has been read back."""

    channel: str = Field(default="phone", pattern="^(phone|window|letter|visit)$")
    forwarded: ForwardedIn | None = None


class NoticeIn(Body):
    """通知指派 (第三十六条): what the handling authority tells, and when the notice came."""

    authority: Line
    contact_phone: Line
    """Of the authority: with its last four digits it may ask how it stands."""
    received_at: AwareDatetime
    applicant_name: Line
    matter: str = Field(max_length=8)
    region: str = Field(pattern=r"^\d{6}$")
    facts: dict[str, Any] = Field(default={})
    form: FormIn = FormIn()


class AmendIn(Body):
    """Changed lines and facts; what is left out stays. Changed facts give a new first view (SR-013: with who and when)."""

    form: FormIn = FormIn()
    facts: dict[str, Any] = Field(default={})
    applicant_phone: Words | None = Field(default=None, max_length=30)


class ReadBackIn(Body):
    """The caller heard the form and agreed, and agreed to be recorded."""

    agreed: bool
    consented: bool


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
    operator: SeeingApplications,
    status: Annotated[list[ApplicationStatus] | None, Query()] = None,
    before: datetime | None = None,
    difficult: bool = False,
) -> list[ApplicationLine]:
    """The newest 50 in these states, all open ones but drafts if none are named; `before` turns the page.

    With `difficult` those marked 重大疑难, for whoever supervises.
    """
    wanted = status or [one for one in ApplicationStatus if NEXT[one] and one is not ApplicationStatus.DRAFT]
    with here.open_reading() as uow:
        found = uow.applications.listed(wanted, PAGE, before, difficult)
        return [ApplicationLine.from_domain(one) for one in sorted(found, key=_priority)]


@router.get("/due")
def list_due(here: TheGateway, operator: SeeingApplications) -> list[DueOut]:
    """Time limits that are near their end or have passed, the longest overdue first."""
    now = here.services.now()
    with here.open_reading() as uow:
        return [
            DueOut(time_limit=TimeLimitOut.from_domain(limit, now), application=ApplicationLine.from_domain(one))
            for limit, one in uow.applications.limits_running_out(now, PAGE)
        ]


@router.post("/search")
def search(here: TheGateway, operator: SeeingApplications, asked: SearchIn) -> list[ApplicationLine]:
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
    operator: TakingApplications,
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
        if drafted.forwarded is not None:
            application.form = replace(application.form, forwarded=Forwarded(**drafted.forwarded.model_dump()))
        kept = applications.draft(uow, application, operator.login, now)
        return application_out(uow, kept, now)


@router.post("/notices", status_code=201)
def receive_notice(
    here: TheGateway,
    operator: TakingApplications,
    told: NoticeIn,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=64)],
) -> ApplicationOut:
    """Enter a notice of a court, procuratorate or the police; three days run for the assignment."""
    now, key = here.services.now(), f"{operator.login}:{idempotency_key}"
    person = told.model_dump(include={"applicant_name", "matter", "region", "facts"})
    with here.services.open_uow() as uow:
        sent = ApplicationIn(consent=False, applicant_phone=told.contact_phone, form=told.form, **person)
        application = put_together(here, uow, sent, key, "notice", None, now)
        application.submitted_at = told.received_at
        application.form = replace(application.form, handling_authority=told.authority)
        kept = applications.notify(uow, application, operator.login, now)
        return application_out(uow, kept, now)


@router.get("/{application_id}")
def read(here: TheGateway, operator: SeeingApplications, application_id: UUID) -> ApplicationOut:
    """The application with its history and its clocks, masked; the reading is recorded."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        _audit(uow, here, operator, "application.read", application)
        return application_out(uow, application, now)


@router.post("/{application_id}/reveal")
def reveal(here: TheGateway, operator: Reviewing, application_id: UUID, why: ReasonIn) -> ApplicationOut:
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
        return application_out(uow, application, now, masked=False)


@router.post("/{application_id}/form")
def amend(here: TheGateway, operator: TakingApplications, application_id: UUID, changes: AmendIn) -> ApplicationOut:
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
        return application_out(uow, application, now)


@router.get("/{application_id}/read-back")
def read_back(here: TheGateway, operator: TakingApplications, application_id: UUID) -> list[str]:
    """The sentences to read to the caller."""
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        _audit(uow, here, operator, "application.read_back", application)
        return list(applications.read_back(application))


@router.post("/{application_id}/submit")
def submit(here: TheGateway, operator: TakingApplications, application_id: UUID, heard: ReadBackIn) -> ApplicationOut:
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
        return application_out(uow, application, now)


@router.get("/{application_id}/documents/{document}.{format_}", response_class=Response)
def document(
    here: TheGateway, operator: Reviewing, application_id: UUID, document: Document, format_: Format
) -> Response:
    """The papers filled in, unmasked; the download is recorded."""
    with here.services.open_uow() as uow:
        application = uow.applications.get_locked(application_id)
        _audit(uow, here, operator, f"document.{document}", application)
    return file_of(here, application, document, format_)


@router.get("/{application_id}/proofs")
def list_proofs(here: TheGateway, operator: Reviewing, application_id: UUID) -> list[ProofOut]:
    """What the applicant has sent, with what the scanner said."""
    with here.open_reading() as uow:
        return [ProofOut.from_domain(one) for one in uow.proofs.of_application(application_id)]


@router.get("/{application_id}/proofs/{proof_id}", response_class=Response)
def read_proof(here: TheGateway, operator: Reviewing, application_id: UUID, proof_id: UUID) -> Response:
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


def _audit(uow: SqlUnitOfWork, here: Gateway, operator: Operator, act: str, application: Application) -> None:
    uow.audit.add(AuditEntry(here.services.now(), operator.login, act, application.number))


def _priority(application: Application) -> tuple[bool, int, datetime]:
    """Urgent first, then the fast and the green lane, then who waits longest."""
    order = (Lane.FAST, Lane.GREEN, Lane.ORDINARY).index(application.lane)
    waiting_since = application.submitted_at or application.drafted_at
    assert waiting_since is not None
    return (not application.urgent, order, waiting_since)
