"""Applications for legal aid, drafted from the conversation; the agency decides (法律援助法 第四十三条)."""

import hmac
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from hotline.clock import local
from hotline.errors import NotFound, TooManyMessages
from hotline.reference_numbers import APPLICATION, is_well_formed, unused_number
from hotline.storage import UnitOfWork

DECISION_DAYS = 7
"""From receipt; natural days: 法律援助法 第四十三条 says 日."""
TRIES_PER_APPLICATION = 5
"""Wrong phone tails before the look-up closes for the day: 10,000 tails must not be walked through."""


class ApplicationStatus(StrEnum):
    """Where the application stands with the agency."""

    SUBMITTED = "submitted"
    SUPPLEMENT = "supplement"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STATUS_WORDS = {
    ApplicationStatus.SUBMITTED: "已提交，等待法律援助机构审查",
    ApplicationStatus.SUPPLEMENT: "需要补充材料，请按通知补交",
    ApplicationStatus.GRANTED: "法律援助机构已决定给予援助",
    ApplicationStatus.REFUSED: "法律援助机构已决定不给予援助，理由见书面决定；您可以提出异议",
    ApplicationStatus.WITHDRAWN: "已撤回",
}


@dataclass(eq=False)
class Application:
    """What the citizen asks of which agency, with how to reach them."""

    number: str
    conversation_id: UUID
    agency: str
    region: str | None
    matter: str
    outcome: str
    """Our preliminary assessment when it was sent; the decision is the agency's."""
    facts: dict[str, object]
    applicant_name: str
    applicant_phone: str
    phone_tail: str
    submitted_at: datetime
    idempotency_key: str
    wants_woman_lawyer: bool | None = None
    status: ApplicationStatus = ApplicationStatus.SUBMITTED
    wrong_tails: int = 0
    wrong_tails_on: date | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def decide_by(self) -> date:
        """The last day for the agency's decision, counted from receipt."""
        return local(self.submitted_at).date() + timedelta(days=DECISION_DAYS)


def submit(uow: UnitOfWork, application: Application) -> Application:
    """Keep the application; the same key gives the one already kept."""
    known = uow.applications.by_key(application.idempotency_key)
    if known is not None:
        return known
    uow.applications.add(application)
    return application


def number_for(uow: UnitOfWork, at: datetime) -> str:
    """A fresh application number."""
    return unused_number(APPLICATION, local(at).date(), uow.applications.by_number)


def track(uow: UnitOfWork, number: str, phone_tail: str, at: datetime) -> Application | None:
    """The application, if the last four digits of the phone match; None if they do not.

    A wrong tail and an unknown number look alike, so that numbers cannot be probed. The caller commits either way:
    the count of wrong tails must survive.

    Raises:
        NotFound: no application by that number.
        TooManyMessages: five wrong tails today.
    """
    cleaned = number.strip().upper()
    application = uow.applications.by_number(cleaned) if is_well_formed(cleaned, APPLICATION) else None
    if application is None:
        raise NotFound
    today = local(at).date()
    if application.wrong_tails_on != today:
        application.wrong_tails_on, application.wrong_tails = today, 0
    if application.wrong_tails >= TRIES_PER_APPLICATION:
        raise TooManyMessages
    if not hmac.compare_digest(application.phone_tail.encode(), phone_tail.encode()):
        application.wrong_tails += 1
        return None
    return application
