"""Applying for legal aid and asking how it stands, for the page, partners and kiosks.

Personal data come in bodies and headers only, never in an address. What a citizen's own session has sent, that session
may also read as documents.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.gateway import Authorization, CurrentConversation, Gateway, TheGateway, bearer
from api.words import Words
from eligibility import Facts, assess
from hotline import application_requests, applications, conversations, divisions, privacy, workstations
from hotline.applicants import Ground, Relation, Representative, read_name, read_phone, standing_of
from hotline.application_documents import Document, sheet_of
from hotline.application_form import (
    LONGEST_SUMMARY,
    Form,
    Hardship,
    HardshipProof,
    HomeVisit,
    LawyerWishes,
    Sex,
)
from hotline.application_states import STAGES, STATUS_WORDS, ApplicationStatus
from hotline.application_time_limits import LimitKind
from hotline.applications import Application
from hotline.audit import CITIZEN, AuditEntry
from hotline.clock import local
from hotline.errors import ConsentMissing, DayInFuture, NotFound, RequestReused, SessionInvalid
from hotline.identity_documents import IdentityDocument, IdentityType, read_identity
from hotline.operators import hash_token
from hotline.paper import MEDIA_TYPES, Format, written
from store.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/v1/applications", tags=["applications"])
type Act = Callable[[SqlUnitOfWork, Application, datetime], object]

Line = Annotated[Words, Field(max_length=200)]
OTHER_NAME = "这个手机号以前登记过另一个姓名的申请。如果是替家人办，请告诉我们您和申请人的关系；如果写错了，请联系 12348 更正。您这次填的已经收下。"

MINOR_ALONE = (
    "申请已经收下。申请人未满十八周岁，父母或者其他监护人可以代为申请；监护人伤害了申请人的，其他监护人或者近亲属也可以"
    "（《法律援助法》第四十条）。工作人员联系时会先问怎样联系才方便、安全。"
)


class Body(BaseModel):
    """Every request refuses lines it does not know."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Asker:
    """Who comes back to an application: the session it was sent from, or somebody with the phone's last four digits."""

    conversation_id: UUID | None
    phone_tail: str
    caller: str
    """Where the request comes from today, not to be read back; wrong tails are counted by it."""


def asker(
    here: TheGateway,
    request: Request,
    authorization: Authorization = "",
    phone_tail: Annotated[str, Header(max_length=8)] = "",
) -> Asker:
    """Session and tail as sent; a session that is over counts as none, for the tail may still do."""
    now = here.services.now()
    caller = hash_token(f"{local(now).date()} {request.client.host if request.client else ''}")
    with here.open_reading() as uow:
        try:
            conversation_id = _conversation(here, uow, authorization)
        except SessionInvalid:
            conversation_id = None
    return Asker(conversation_id, phone_tail.strip(), caller)


TheAsker = Annotated[Asker, Depends(asker)]


class RepresentativeIn(Body):
    """Who acts for the applicant, and why."""

    name: Line
    phone: Line
    relation: Relation
    ground: Ground
    identity_type: IdentityType | None = None
    identity_number: Line | None = None


class HardshipIn(Body):
    """经济困难状况说明; income in yuan a month for the whole household."""

    household_size: int | None = Field(default=None, ge=1, le=30)
    household_income_yuan_per_month: Decimal | None = Field(default=None, ge=0, le=10_000_000, decimal_places=2)
    income_from: Line | None = None
    expenses: Line | None = None
    proof: HardshipProof | None = None


class WishesIn(Body):
    """Wishes about the lawyer; the agency appoints."""

    sex: Sex | None = None
    language: Line | None = None
    speciality: Line | None = None
    named: Line | None = None


class HomeVisitIn(Body):
    """上门受理."""

    address: Line
    contact: Line
    reason: Line
    at: datetime | None = None
    visitors: list[Line] = Field(default=[], max_length=5)
    received_on: date | None = None


class FormIn(Body):
    """Lines of the form; all may be left out."""

    identity_type: IdentityType | None = None
    identity_number: Line | None = None
    born_on: date | None = None
    sex: Sex | None = None
    ethnicity: Line | None = None
    address: Line | None = None
    language: Line | None = None
    representative: RepresentativeIn | None = None
    opponent: Line | None = None
    handling_authority: Line | None = None
    summary: Annotated[Words, Field(max_length=LONGEST_SUMMARY)] | None = None
    hardship: HardshipIn | None = None
    honesty_commitment: bool | None = None
    guardian_consent: bool | None = None
    """For a child under fourteen: the representative, a parent or guardian, agrees that the child's data are kept."""
    wishes: WishesIn | None = None
    home_visit: HomeVisitIn | None = None

    def onto(self, form: Form, identity_number: str | None, now: datetime) -> tuple[Form, str | None]:
        """A form with these lines on it, and the identity number.

        Raises:
            IdentityInvalid, NameInvalid, PhoneInvalid, DayInFuture
        """
        on = local(now).date()
        if self.born_on is not None and self.born_on > on:
            raise DayInFuture
        kept = {"born_on", "sex", "ethnicity", "address", "language", "opponent", "handling_authority", "summary"}
        changes: dict[str, Any] = {name: getattr(self, name) for name in kept & self.model_fields_set}
        identity = _identity(self.identity_type, self.identity_number, on)
        if identity is not None:
            identity_number = identity.number
            changes |= {"identity_type": identity.type}
            changes |= {"born_on": identity.born_on} if identity.born_on else {}
            changes |= {"sex": Sex(identity.sex)} if identity.sex else {}
        if self.representative is not None:
            one = self.representative
            who = _identity(one.identity_type, one.identity_number, on)
            changes["representative"] = Representative(
                read_name(one.name), read_phone(one.phone), one.relation, one.ground, who
            )
        if self.hardship is not None:
            income = self.hardship.household_income_yuan_per_month
            told = self.hardship.model_dump(exclude={"household_income_yuan_per_month"})
            changes["hardship"] = Hardship(
                **told, household_income_yuan_per_month=None if income is None else str(income)
            )
        if self.honesty_commitment is not None:
            changes["honesty_committed_at"] = now if self.honesty_commitment else None
        if self.guardian_consent is not None:
            changes["guardian_consented_at"] = now if self.guardian_consent else None
        if self.wishes is not None:
            changes["wishes"] = LawyerWishes(**self.wishes.model_dump())
        if self.home_visit is not None:
            visit = self.home_visit.model_dump()
            changes["home_visit"] = HomeVisit(**{**visit, "visitors": tuple(visit["visitors"])})
        return replace(form, **changes), identity_number


class ApplicationIn(Body):
    """Who applies for what, where. `consent`: the applicant agrees that this is recorded and passed to the agency."""

    consent: bool
    applicant_name: Line
    applicant_phone: Line
    matter: str = Field(max_length=8)
    region: str = Field(pattern=r"^\d{6}$")
    facts: dict[str, Any] = {}
    form: FormIn = FormIn()


class ApplicationReceipt(BaseModel):
    """What the applicant takes away."""

    number: str
    status: ApplicationStatus
    stage: str
    status_words: str
    agency: str
    decide_by: date
    outcome: str
    """Our first view, without effect; the agency decides."""
    lane: str
    urgent: bool
    offers_home_visit: bool
    needs_confirmation: bool
    materials: list[str]
    notes: list[str]


class StageReached(BaseModel):
    """One of the nine stages and when it was reached."""

    stage: str
    at: datetime


class ProgressOut(BaseModel):
    """Where the application stands, without names."""

    number: str
    status: ApplicationStatus
    stage: str
    status_words: str
    agency: str
    submitted_at: datetime | None
    decide_by: date
    supplement: list[str] | None
    supplement_by: date | None
    stages: list[StageReached]
    objection_by: date | None
    """While an objection is examined: the last day of the five."""
    possible: list[str]
    """What the applicant may ask for now: `withdraw`, `objection`, `lawyer-change` below this address."""


class WithdrawIn(Body):
    """Why, if the applicant likes to say."""

    reason: Annotated[Words, Field(max_length=500)] | None = None


class WordsIn(Body):
    """What the applicant has to say."""

    words: Annotated[Words, Field(min_length=1, max_length=2000)]


@router.post("", status_code=201)
def apply(
    here: TheGateway,
    request: Request,
    sent: ApplicationIn,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=64)],
    authorization: Authorization = "",
) -> ApplicationReceipt:
    """Send an application; the same key gives the same receipt, so a repeated click does no harm."""
    if not sent.consent:
        raise ConsentMissing
    now = here.services.now()
    with here.services.open_uow() as uow:
        conversation_id = _conversation(here, uow, authorization)
        key = f"{conversation_id or 'partner'}:{idempotency_key}"
        channel = "web" if conversation_id else "partner"
        application = put_together(here, uow, sent, key, channel, conversation_id, now)
        kept = applications.submit(uow, application)
        _note_consents(uow, kept, now)
        if (kept.applicant_name, kept.applicant_phone) != (application.applicant_name, application.applicant_phone):
            raise RequestReused
        return _receipt(here, uow, kept, now)


@router.get("/{number}")
def progress(here: TheGateway, asker: TheAsker, number: str) -> ProgressOut:
    """How it stands, for the session that sent it, or who knows the number and the phone's last four digits (header
    `Phone-Tail`).

    An unknown number and a wrong tail look alike. Five wrong tails close the number for the day, fifty failures the caller.
    """
    return _for_the_applicant(here, asker, number, lambda uow, application, now: None)


@router.post("/{number}/withdraw")
def withdraw(here: TheGateway, asker: TheAsker, number: str, told: WithdrawIn) -> ProgressOut:
    """Withdraw it, before the decision. In matters of violence only the session that sent it may (409 person_needed)."""

    def act(uow: SqlUnitOfWork, application: Application, now: datetime) -> None:
        own = asker.conversation_id is not None and application.conversation_id == asker.conversation_id
        application_requests.withdraw(uow, application, told.reason, own, now)

    return _for_the_applicant(here, asker, number, act)


@router.post("/{number}/objection")
def object_to(here: TheGateway, asker: TheAsker, number: str, told: WordsIn) -> ProgressOut:
    """Object to a refusal or a termination; the judicial administration has five days (法律援助法 第四十九条)."""

    def act(uow: SqlUnitOfWork, application: Application, now: datetime) -> None:
        application_requests.object_to(uow, application, told.words, now)

    return _for_the_applicant(here, asker, number, act)


@router.post("/{number}/lawyer-change")
def change_lawyer(here: TheGateway, asker: TheAsker, number: str, told: WordsIn) -> ProgressOut:
    """Ask the agency for another legal-aid provider (法律援助法 第五十五条); it decides."""

    def act(uow: SqlUnitOfWork, application: Application, now: datetime) -> None:
        application_requests.ask_for_another_lawyer(uow, application, told.words, now)

    return _for_the_applicant(here, asker, number, act)


@router.get("/{number}/documents/{document}.{format_}", response_class=Response)
def document(
    here: TheGateway, conversation: CurrentConversation, number: str, document: Document, format_: Format
) -> Response:
    """The papers filled in, for the session that sent the application: number and phone tail are not enough for these."""
    with here.services.open_uow() as uow:
        application = uow.applications.by_number(number)
        if application is None or application.conversation_id != conversation.id:
            raise NotFound
        uow.audit.add(AuditEntry(here.services.now(), CITIZEN, f"document.{document}", application.number))
    return file_of(here, application, document, format_)


def file_of(here: Gateway, application: Application, document: Document, format_: Format) -> Response:
    """One of the papers as a download."""
    received = application.submitted_at or here.services.now()
    assessment = assess(Facts.from_mapping(application.facts), local(received).date(), here.services.law)
    sheet = sheet_of(document, application, here.services.law, assessment.flags)
    headers = {
        "Content-Disposition": f'attachment; filename="{application.number}-{document}.{format_}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(written(sheet, format_), media_type=MEDIA_TYPES[format_], headers=headers)


def put_together(
    here: Gateway,
    uow: SqlUnitOfWork,
    sent: ApplicationIn,
    key: str,
    channel: str,
    conversation_id: UUID | None,
    now: datetime,
) -> Application:
    """An application as it was sent, with our first view of it.

    Raises:
        NameInvalid, PhoneInvalid, IdentityInvalid, DivisionUnknown, EligibilityError
    """
    divisions.get(sent.region)
    facts = Facts.from_mapping({**sent.facts, "matter": sent.matter, "region": sent.region})
    form, identity_number = sent.form.onto(Form(consented_at=now if sent.consent else None), None, now)
    if form.born_on is not None and facts.age is None:
        facts = facts.with_answer("age", applications.age_told(form, {}, local(now).date()))
    assessment = assess(facts, local(now).date(), here.services.law)
    phone = read_phone(sent.applicant_phone)
    return Application(
        number=applications.number_for(uow, now),
        conversation_id=conversation_id,
        agency=workstations.centre_for(uow, sent.region).name,
        region=sent.region,
        matter=sent.matter,
        outcome=assessment.outcome.value,
        facts=applications.told(facts),
        applicant_name=read_name(sent.applicant_name),
        applicant_phone=phone,
        phone_tail=phone[-4:],
        submitted_at=now,
        idempotency_key=key,
        form_data=form.as_json(),
        identity_number=identity_number,
        channel=channel,
        lane=applications.lane_for(assessment.flags, sent.region, now),
        urgent=assessment.aid == "urgent",
    )


def _receipt(here: Gateway, uow: SqlUnitOfWork, application: Application, now: datetime) -> ApplicationReceipt:
    facts = Facts.from_mapping(application.facts)
    assessment = assess(facts, local(now).date(), here.services.law)
    notes = []
    representative = application.form.representative
    if representative is not None:
        standing = standing_of(representative, application.matter)
        notes.append(f"{standing.sentence}（{standing.article}）")
    if application.minor and representative is None:
        notes.append(MINOR_ALONE)
    if applications.same_phone_other_name(uow, application):
        notes.append(OTHER_NAME)
    if application.offers_home_visit and application.form.home_visit is None:
        notes.append("行动不便或者年满八十周岁的，可以请工作人员上门受理，请拨打 12348 约时间。")
    return ApplicationReceipt(
        number=application.number,
        status=application.status,
        stage=application.stage,
        status_words=STATUS_WORDS[application.status],
        agency=application.agency,
        decide_by=application.decide_by,
        outcome=application.outcome,
        lane=application.lane,
        urgent=application.urgent,
        offers_home_visit=application.offers_home_visit,
        needs_confirmation=application.needs_confirmation,
        materials=list(assessment.materials),
        notes=notes,
    )


def _for_the_applicant(here: Gateway, asker: Asker, number: str, act: Act) -> ProgressOut:
    """Act on the asker's application and tell how it stands afterwards."""
    now, found = here.services.now(), None
    with here.services.open_uow() as uow:
        claim = (asker.conversation_id, asker.phone_tail, now, asker.caller)
        application = application_requests.claimed(uow, number, *claim)
        if application is not None:
            act(uow, application, now)
            found = _progress(uow, application)
    if found is None:  # raised only now: the count of wrong tries is kept
        raise NotFound
    return found


def _progress(uow: SqlUnitOfWork, application: Application) -> ProgressOut:
    stages: dict[str, datetime] = {}
    for step in uow.applications.steps(application.id):
        stages.setdefault(STAGES[step.after], step.at)
    last = {one.kind: one.due_on for one in uow.applications.limits(application.id)}
    waiting = application.status is ApplicationStatus.SUPPLEMENT
    return ProgressOut(
        number=application.number,
        status=application.status,
        stage=application.stage,
        status_words=STATUS_WORDS[application.status],
        agency=application.agency,
        submitted_at=application.submitted_at,
        decide_by=application.decide_by,
        supplement=application.supplement if waiting else None,
        supplement_by=last.get(LimitKind.SUPPLEMENT) if waiting else None,
        stages=[StageReached(stage=stage, at=at) for stage, at in stages.items()],
        objection_by=last.get(LimitKind.OBJECTION_REVIEW) if application.status is ApplicationStatus.OBJECTED else None,
        possible=application_requests.possible(application),
    )


def _note_consents(uow: SqlUnitOfWork, application: Application, now: datetime) -> None:
    """What sending the form agrees to, each purpose by itself."""
    if application.conversation_id is None:
        return
    purposes = ["application"]
    purposes += ["identity_document"] if application.identity_number else []
    purposes += ["guardian"] if application.form.guardian_consented_at else []
    for purpose in purposes:
        privacy.decide(uow, application.conversation_id, purpose, True, privacy.notice_on(local(now).date()), now)


def _conversation(here: Gateway, uow: SqlUnitOfWork, authorization: str) -> UUID | None:
    """The talk it comes from; none for partners and kiosks, which have no session."""
    token = bearer(authorization)
    return conversations.by_token(uow, hash_token(token), here.services.now()).id if token else None


def _identity(kind: IdentityType | None, number: str | None, on: date) -> IdentityDocument | None:
    return read_identity(kind or IdentityType.RESIDENT_ID, number, on) if number else None
