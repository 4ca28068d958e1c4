"""What applicants ask for by themselves once the application is sent: withdraw it, object, have another lawyer.

The same request sent again finds it done. Each is written into the history as the citizen's own act.
"""

from datetime import datetime
from uuid import UUID

from hotline import application_review as review
from hotline import applications, work_orders
from hotline.application_states import BEFORE_DECISION, ApplicationStatus
from hotline.applications import Application
from hotline.audit import CITIZEN
from hotline.clock import local
from hotline.errors import ApplicationMoved, PersonNeeded
from hotline.storage import UnitOfWork
from hotline.work_orders import WorkOrder, WorkOrderKind
from hotline.workstations_matching import PROTECTED_FROM_VIOLENCE

S = ApplicationStatus
WITH_A_LAWYER = frozenset({S.ASSIGNED, S.IN_PROGRESS})
OBJECTIONABLE = frozenset({S.REFUSED, S.TERMINATED})
WITHDRAWN_BY_APPLICANT = "申请人自己撤回"


def claimed(
    uow: UnitOfWork, number: str, conversation_id: UUID | None, phone_tail: str, at: datetime, caller: str
) -> Application | None:
    """The application, for the session that sent it or for who knows the phone's last four digits; see `track`.

    Raises:
        LookupLocked: too many wrong tails.
    """
    if conversation_id is not None:
        own = uow.applications.by_number(number.strip().upper())
        if own is not None and own.conversation_id == conversation_id:
            return own
    return applications.track(uow, number, phone_tail, at, caller)


def withdraw(uow: UnitOfWork, application: Application, reason: str | None, own_session: bool, at: datetime) -> None:
    """Withdraw it before the decision; a new one may follow.

    Where somebody suffers violence, the one who beats may know the number and the phone: then only the session that
    sent it withdraws at once, everybody else is led to a person.

    Raises:
        ApplicationMoved: it is decided.
        PersonNeeded: a matter of violence, by number and phone only.
    """
    if application.status is S.WITHDRAWN:
        return
    if application.matter in PROTECTED_FROM_VIOLENCE and not own_session:
        raise PersonNeeded
    review.withdraw(uow, application, reason or WITHDRAWN_BY_APPLICANT, CITIZEN, at)


def object_to(uow: UnitOfWork, application: Application, words: str, at: datetime) -> None:
    """Object to a refusal or a termination (第四十九条); the five days are counted from today, as the strictest reading.

    Raises:
        ApplicationMoved: nothing that could be objected to.
        ReasonMissing: no words.
    """
    if application.status is not S.OBJECTED:
        review.object_to(uow, application, words, local(at).date(), CITIZEN, at)


def ask_for_another_lawyer(uow: UnitOfWork, application: Application, reason: str, at: datetime) -> WorkOrder:
    """Pass on to the agency that the recipient wants another legal-aid provider (第五十五条); asked again, it is one order.

    Raises:
        ApplicationMoved: nobody has been assigned.
    """
    if application.status not in WITH_A_LAWYER:
        raise ApplicationMoved(f"{application.number} is {application.status}")
    assigned = sum(step.act == "application.assigned" for step in uow.applications.steps(application.id))
    key = f"{application.number}:lawyer_change:{assigned}"
    known = uow.work_orders.by_key(key)
    if known is not None:
        return known
    applications.record(uow, application, application.status, "application.lawyer_change_asked", CITIZEN, at)
    return work_orders.open_order(
        uow,
        WorkOrderKind.TRANSFER,
        "lawyer_change",
        application.number,
        key,
        CITIZEN,
        at,
        region=application.region,
        conversation_id=application.conversation_id,
        phone=application.applicant_phone,
        unsafe_to_call=application.matter in PROTECTED_FROM_VIOLENCE,
        note=reason[:500],
        transferred_to=application.agency,
    )


def possible(application: Application) -> list[str]:
    """What may be asked for now, as names of the routes."""
    asked = {
        "withdraw": application.status in BEFORE_DECISION,
        "objection": application.status in OBJECTIONABLE,
        "lawyer-change": application.status in WITH_A_LAWYER,
    }
    return [name for name, now in asked.items() if now]
