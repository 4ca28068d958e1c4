"""Applications for legal aid: drafted, sent, told of; the agency decides (法律援助法 第四十三条)."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from eligibility import Facts
from hotline import application_time_limits as time_limits
from hotline.applicants import ADULT, CHILD, is_guardian, standing_of
from hotline.application_form import ELDERLY_AT_HOME, Form
from hotline.application_states import OVER, STAGES, ApplicationStatus, Lane, Stage
from hotline.application_time_limits import LimitKind
from hotline.audit import CITIZEN, AuditEntry
from hotline.clock import local
from hotline.errors import ApplicationMoved, ConsentMissing, DayInFuture, GuardianConsentMissing, LookupLocked
from hotline.identity_documents import FOREIGN, IdentityDocument
from hotline.reference_numbers import APPLICATION, is_well_formed, unused_number
from hotline.storage import UnitOfWork

TRIES_PER_APPLICATION = 5
"""Wrong phone tails before the look-up closes for the day: 10,000 tails must not be walked through."""
TRIES_PER_CALLER = 50
"""Failed look-ups of one caller in a day: numbers must not be walked through either. A kiosk is one caller."""


@dataclass(eq=False)
class Application:
    """What the citizen asks of which agency, with how to reach them."""

    number: str
    conversation_id: UUID | None
    """None when it came by phone, over the counter or from a partner."""
    agency: str
    region: str | None
    matter: str
    outcome: str
    """Our preliminary assessment when it was sent; the decision is the agency's."""
    facts: dict[str, object]
    applicant_name: str
    applicant_phone: str
    phone_tail: str
    submitted_at: datetime | None
    """None while it is a draft."""
    idempotency_key: str
    form_data: dict[str, Any] | None = None
    """The form as JSON; read and written through `form`."""
    identity_number: str | None = None
    channel: str = "web"
    drafted_at: datetime | None = None
    """Only for what an operator drafts."""
    lane: Lane = Lane.ORDINARY
    urgent: bool = False
    """期限不足七日，或者须立即保全、先予执行 (第四十四条): the agency may help first."""
    difficult: bool = False
    """重大疑难 (种子 SR-118): marked by a reviewer, for whoever supervises and for the assignment."""
    needs_confirmation: bool = False
    """Sent by somebody who may not apply in the applicant's place; see `Standing`."""
    supplement: list[str] | None = None
    """What the agency has asked for, told once (第四十三条第二款)."""
    status: ApplicationStatus = ApplicationStatus.SUBMITTED
    last_step: int = 0
    wrong_tails: int = 0
    wrong_tails_on: date | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def form(self) -> Form:
        """The form; replace it as a whole."""
        return Form.from_json(self.form_data or {})

    @form.setter
    def form(self, form: Form) -> None:
        self.form_data = form.as_json()

    @property
    def identity(self) -> IdentityDocument | None:
        """The applicant's document, if one was told."""
        kind = self.form.identity_type
        return IdentityDocument(kind, self.identity_number) if kind and self.identity_number else None

    @property
    def stage(self) -> Stage:
        """Which of the nine stages."""
        return STAGES[self.status]

    @property
    def decide_by(self) -> date:
        """The last day for the agency's decision, counted from receipt, or from today's drafting while it is a draft."""
        received = self.submitted_at or self.drafted_at
        assert received is not None, f"{self.number} was neither drafted nor sent"
        return time_limits.last_day(LimitKind.DECISION, received)

    @property
    def age(self) -> int | None:
        """The applicant's, when it was received; the lower one if the facts and the day of birth differ."""
        received = self.submitted_at or self.drafted_at
        return age_told(self.form, self.facts, local(received).date()) if received is not None else None

    @property
    def minor(self) -> bool:
        """未成年人: whoever works on it takes special care (未成年人网络保护条例 第三十六条至第三十八条)."""
        return self.age is not None and self.age < ADULT

    @property
    def offers_home_visit(self) -> bool:
        """Whether a visit at home should be offered (种子 SR-053; nobody has to prove anything)."""
        age = self.facts.get("age")
        return self.facts.get("mobility_impaired") is True or (age is not None and int(str(age)) >= ELDERLY_AT_HOME)


@dataclass(eq=False)
class Step:
    """One act on an application, with its words; only ever added to. The audit trail has the same act without words."""

    application_id: UUID
    seq: int
    at: datetime
    actor: str
    """An operator's login, `citizen` or `system`."""
    act: str
    before: ApplicationStatus | None
    after: ApplicationStatus
    details: dict[str, Any] = field(default_factory=dict)
    """Reasons, what was asked for, lines before and after."""
    id: UUID = field(default_factory=uuid4)


def record(
    uow: UnitOfWork,
    application: Application,
    after: ApplicationStatus,
    act: str,
    actor: str,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> Step:
    """Write an act into the history and let the application stand where it leads."""
    application.last_step += 1
    before = application.status if application.last_step > 1 else None
    step = Step(application.id, application.last_step, at, actor, act, before, after, dict(details or {}))
    application.status = after
    uow.applications.add_step(step)
    was = {"status": before.value} if before else None
    uow.audit.add(AuditEntry(at, actor, act, application.number, was, {"status": after.value}))
    return step


def draft(uow: UnitOfWork, application: Application, actor: str, at: datetime) -> Application:
    """Keep what an operator is writing down for a caller; the same key gives the one already kept.

    Raises:
        GuardianConsentMissing: a child under fourteen, and no guardian who agrees.
    """
    known = uow.applications.by_key(application.idempotency_key)
    if known is not None:
        return known
    application.submitted_at, application.drafted_at = None, at
    _protect_child(
        application.form,
        application.facts,
        application.matter,
        application.applicant_name,
        application.identity_number,
        at,
    )
    _judge(application)
    uow.applications.add(application)
    record(uow, application, ApplicationStatus.DRAFT, "application.drafted", actor, at)
    forwarded = application.form.forwarded
    if forwarded is not None:  # 第三十九条: whoever was asked has twenty-four hours to pass it on
        uow.applications.add_limit(time_limits.start(application.id, LimitKind.FORWARDING, forwarded.asked_at))
    return application


def notify(uow: UnitOfWork, application: Application, actor: str, at: datetime) -> Application:
    """Keep that a court, procuratorate or the police wants a lawyer assigned; `submitted_at` is when the notice came, and
    three days run from it (第三十六条). Nobody applies and nobody consents: the law wants it.

    Raises:
        DayInFuture: the notice has not come yet.
    """
    known = uow.applications.by_key(application.idempotency_key)
    if known is not None:
        return known
    assert application.submitted_at is not None, "a notice came at some moment"
    if application.submitted_at > at:
        raise DayInFuture
    uow.applications.add(application)
    record(uow, application, ApplicationStatus.NOTIFIED, "application.notified", actor, at)
    uow.applications.add_limit(time_limits.start(application.id, LimitKind.NOTICE, application.submitted_at))
    return application


def submit(uow: UnitOfWork, application: Application, actor: str = CITIZEN) -> Application:
    """Keep the application and start its clocks; the same key gives the one already kept.

    Raises:
        GuardianConsentMissing: a child under fourteen, and no guardian who agrees.
    """
    known = uow.applications.by_key(application.idempotency_key)
    if known is not None:
        return known
    assert application.submitted_at is not None, "an application is sent at some moment"
    _protect_child(
        application.form,
        application.facts,
        application.matter,
        application.applicant_name,
        application.identity_number,
        application.submitted_at,
    )
    _judge(application)
    uow.applications.add(application)
    _receive(uow, application, actor, application.submitted_at)
    return application


def submit_draft(uow: UnitOfWork, application: Application, actor: str, at: datetime) -> None:
    """Send what was read back to the applicant, who agreed with it.

    Raises:
        ApplicationMoved: it is no draft any more.
        ConsentMissing: it was not read back, or the applicant did not agree to be recorded.
    """
    if application.status is not ApplicationStatus.DRAFT:
        raise ApplicationMoved(f"{application.number} is {application.status}")
    if application.form.read_back_at is None or application.form.consented_at is None:
        raise ConsentMissing
    application.submitted_at = at
    for limit in uow.applications.limits(application.id):
        limit.met_at = limit.met_at or at
    _receive(uow, application, actor, at)


def amend(uow: UnitOfWork, application: Application, form: Form, actor: str, at: datetime, **also: Any) -> None:
    """Take a changed form, as a draft or while the agency examines; the history keeps lines before and after.

    Args:
        also: fields of the application itself, such as `identity_number` or `applicant_phone`.
    Raises:
        ApplicationMoved: it is over.
        GuardianConsentMissing: it would say who a child under fourteen is, and no guardian agrees.
    """
    if application.status in OVER:
        raise ApplicationMoved(f"{application.number} is {application.status}")
    told_now = {
        name: also.get(name, getattr(application, name))
        for name in ("facts", "matter", "applicant_name", "identity_number")
    }
    _protect_child(form, **told_now, at=at)
    old = application.form
    changed = {
        line.name: [old.as_json().get(line.name), form.as_json().get(line.name)]
        for line in fields(Form)
        if getattr(old, line.name) != getattr(form, line.name)
    }
    for name, value in also.items():
        if getattr(application, name) != value:
            changed[name] = [getattr(application, name), value]
            setattr(application, name, value)
    if not changed:
        return
    application.form = form
    application.phone_tail = application.applicant_phone[-4:]
    _mark_foreigner(application)
    if changed.keys() & {"representative", "matter"}:  # what somebody has confirmed stays confirmed otherwise
        _judge_standing(application)
    record(uow, application, application.status, "application.amended", actor, at, {"changed": changed})


def same_phone_other_name(uow: UnitOfWork, application: Application) -> bool:
    """Whether this phone already stands in somebody else's application: a family's phone, or a slip."""
    others = uow.applications.with_phone(application.applicant_phone)
    return any(one.applicant_name != application.applicant_name for one in others if one.id != application.id)


def same_person(uow: UnitOfWork, application: Application) -> list[Application]:
    """Other applications with this phone or this identity number, for the reviewer."""
    found = uow.applications.with_phone(application.applicant_phone)
    if application.identity_number:
        found += uow.applications.with_identity(application.identity_number)
    return list({one.id: one for one in found if one.id != application.id}.values())


def number_for(uow: UnitOfWork, at: datetime) -> str:
    """A fresh application number."""
    return unused_number(APPLICATION, local(at).date(), uow.applications.by_number)


def track(uow: UnitOfWork, number: str, phone_tail: str, at: datetime, caller: str = "") -> Application | None:
    """The application, if the last four digits of the phone match.

    A wrong tail and an unknown number look alike (None), so that numbers cannot be probed. The caller commits either
    way: the count of wrong tries must survive.

    Args:
        caller: who asks, as something that cannot be read back; failures are counted by it. Empty: by number only.
    Raises:
        LookupLocked: five wrong tails for this number, or fifty failures of this caller, today.
    """
    today = local(at).date()
    if caller and uow.applications.failed_lookups(caller, today) >= TRIES_PER_CALLER:
        raise LookupLocked
    cleaned = number.strip().upper()
    application = uow.applications.by_number(cleaned) if is_well_formed(cleaned, APPLICATION) else None
    if application is None or application.status is ApplicationStatus.DRAFT:
        _count_failure(uow, caller, today)
        return None
    wrong_today = application.wrong_tails if application.wrong_tails_on == today else 0
    if wrong_today >= TRIES_PER_APPLICATION:
        raise LookupLocked
    if not hmac.compare_digest(application.phone_tail.encode(), phone_tail.encode()):
        application.wrong_tails_on, application.wrong_tails = today, wrong_today + 1
        _count_failure(uow, caller, today)
        return None
    return application


def _count_failure(uow: UnitOfWork, caller: str, on: date) -> None:
    if caller:
        uow.applications.count_failed_lookup(caller, on)


def read_back(application: Application) -> tuple[str, ...]:
    """The form in sentences, for the operator to read to the applicant before it is sent."""
    form, told = application.form, [f"申请人{application.applicant_name}，电话{application.applicant_phone}。"]
    if application.identity is not None:
        told.append(f"{application.identity.words}，号码{application.identity.number}。")
    if form.representative is not None:
        told.append(f"由{form.representative.name}代为申请，电话{form.representative.phone}。")
    told.append(f"向{application.agency}申请法律援助。")
    if form.opponent:
        told.append(f"对方是{form.opponent}。")
    if form.summary:
        told.append(f"事情经过：{form.summary}")
    if form.home_visit is not None:
        told.append(f"需要上门受理，地址{form.home_visit.address}，联系人{form.home_visit.contact}。")
    if form.honesty_committed_at is not None:
        told.append(
            "您承诺以上情况都是真实的；骗取援助的，要支付已实施法律援助的费用，并处罚款（《法律援助法》第六十四条）。"
        )
    told.append("您听一下有没有说错的？没有的话我就提交了；给不给援助，以法律援助机构的决定为准。")
    return tuple(told)


def _receive(uow: UnitOfWork, application: Application, actor: str, at: datetime) -> None:
    record(uow, application, ApplicationStatus.SUBMITTED, "application.submitted", actor, at)
    if application.conversation_id is not None:
        for proof in uow.proofs.of_conversation(application.conversation_id):
            proof.application_id = proof.application_id or application.id
    uow.applications.add_limit(time_limits.start(application.id, LimitKind.DECISION, at))
    if application.lane is Lane.FAST:
        uow.applications.add_limit(time_limits.start(application.id, LimitKind.FAST_LANE, at))


def age_told(form: Form, facts: Mapping[str, object], on: date) -> int | None:
    """The applicant's age on a day, by the day of birth or as told; the lower of the two."""
    ages = [int(str(facts["age"]))] if facts.get("age") is not None else []
    if form.born_on is not None:
        ages.append(on.year - form.born_on.year - ((on.month, on.day) < (form.born_on.month, form.born_on.day)))
    return min(ages, default=None)


def _protect_child(
    form: Form,
    facts: Mapping[str, object],
    matter: str,
    applicant_name: str,
    identity_number: str | None,
    at: datetime,
) -> None:
    """Keep nothing that says who a child is without a guardian: 《个人信息保护法》第三十一条第一款."""
    age = age_told(form, facts, local(at).date())
    if age is None or age >= CHILD:
        return
    one = form.representative
    if one is not None and one.name == applicant_name and identity_number is None:
        return  # the name that was given first is the caller's own: nothing says yet who the child is
    if one is None or form.guardian_consented_at is None or not is_guardian(one, matter):
        raise GuardianConsentMissing


def _judge(application: Application) -> None:
    """Derive what follows from the form."""
    _judge_standing(application)
    _mark_foreigner(application)


def _judge_standing(application: Application) -> None:
    """Whether the applicant must confirm what somebody else has sent."""
    one = application.form.representative
    application.needs_confirmation = one is not None and not standing_of(one, application.matter).may_apply


def _mark_foreigner(application: Application) -> None:
    """A foreign document: 第六十九条, which a person has to judge."""
    if application.form.identity_type in FOREIGN:
        application.facts = {**application.facts, "foreign_national": True}


def told(facts: Facts) -> dict[str, object]:
    """The facts with an answer, as JSON: money as decimal text."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in facts.answered().items()}


def lane_for(flags: tuple[str, ...], region: str | None, at: datetime) -> Lane:
    """In which order the agency should take it, by the flags of the assessment (种子 SR-051, SR-052)."""
    if "green_channel" not in flags:
        return Lane.ORDINARY
    promised = time_limits.rule_on(LimitKind.FAST_LANE, local(at).date()).regions
    return Lane.FAST if (region or "").startswith(promised) else Lane.GREEN
