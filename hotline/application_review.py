"""What the agency does with an application: accept, ask for what is missing, decide, hear an objection.

Every act is checked against the order of `application_states.NEXT`, written into the history with who and why, starts
and ends the clocks it belongs to, and is told to the citizen. The law: 法律援助法 第四十三条、第四十四条、第四十八条、第四十九条.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from hotline import application_time_limits as time_limits
from hotline import applications, outbox, work_orders
from hotline.application_form import Sex
from hotline.application_states import (
    BEFORE_DECISION,
    BEING_HELPED,
    NEXT,
    OVER,
    STATUS_WORDS,
    TERMINATION_WORDS,
    ApplicationStatus,
    TerminationGround,
)
from hotline.application_time_limits import LimitKind, TimeLimit
from hotline.applications import Application
from hotline.audit import SYSTEM
from hotline.clock import day_in_words, local
from hotline.errors import (
    ApplicationMoved,
    ConfirmationMissing,
    DayNotPossible,
    LawyerUnknown,
    ReasonMissing,
    SupplementAlreadyAsked,
)
from hotline.storage import UnitOfWork
from hotline.work_orders import WorkOrderKind
from hotline.workstations_matching import PROTECTED_FROM_VIOLENCE

LONGEST_SUPPLEMENT = timedelta(days=60)
"""A day further ahead is taken for a slip; the law leaves the length to the agency."""
WATCHED_AT_ONCE = 200
S = ApplicationStatus
TOLD_WHEN_PASSED = (LimitKind.DECISION, LimitKind.ASSIGNMENT, LimitKind.NOTICE, LimitKind.OBJECTION_REVIEW)
DECISION_CLOCKS = (LimitKind.DECISION, LimitKind.FAST_LANE, LimitKind.SUPPLEMENT)


class ProvisionalGround(StrEnum):
    """Why help may come before the papers: 法律援助法 第四十四条第一款, item by item."""

    LIMITATION = "limitation"
    PRESERVATION = "preservation"
    OTHER_LAW = "other_law"


PROVISIONAL_WORDS = {
    ProvisionalGround.LIMITATION: "距法定时效或者期限届满不足七日（第一项）",
    ProvisionalGround.PRESERVATION: "需要立即申请财产保全、证据保全或者先予执行（第二项）",
    ProvisionalGround.OTHER_LAW: "法律、法规、规章规定的其他情形（第三项）",
}


def accept(uow: UnitOfWork, application: Application, actor: str, at: datetime, before_papers: bool = False) -> None:
    """Accept it for examination; `before_papers` is the green lane's 先受理再审查 (种子 SR-052)."""
    after = S.ACCEPTED_FIRST if before_papers else S.ACCEPTED
    _move(uow, application, after, "application.accepted", actor, at)
    if not before_papers:
        _meet(uow, application, at, LimitKind.SUPPLEMENT)


def ask_for_supplement(
    uow: UnitOfWork, application: Application, items: Sequence[str], last_day: date, actor: str, at: datetime
) -> None:
    """Tell once and completely what is missing, and until when.

    Raises:
        SupplementAlreadyAsked, ReasonMissing, DayNotPossible
    """
    named = [item.strip() for item in items if item.strip()]
    today = local(at).date()
    if application.supplement is not None:
        raise SupplementAlreadyAsked
    if not named:
        raise ReasonMissing
    if not today <= last_day <= today + LONGEST_SUPPLEMENT:
        raise DayNotPossible
    details = {"items": named, "last_day": last_day.isoformat()}
    _move(uow, application, S.SUPPLEMENT, "application.supplement_asked", actor, at, details)
    application.supplement = named
    uow.applications.add_limit(time_limits.start(application.id, LimitKind.SUPPLEMENT, at, last_day))


def lapse(uow: UnitOfWork, application: Application, actor: str, at: datetime) -> None:
    """Treat it as withdrawn, as nothing came in time. A person does this: something may have come by another way.

    Raises:
        DayNotPossible: the last day has not passed yet.
    """
    running = [one for one in _running(uow, application) if one.kind is LimitKind.SUPPLEMENT]
    if any(not one.overdue(at) for one in running):
        raise DayNotPossible
    _move(uow, application, S.LAPSED, "application.lapsed", actor, at)
    _meet(uow, application, at, *LimitKind)


def provide_first(
    uow: UnitOfWork, application: Application, ground: ProvisionalGround, reason: str, actor: str, at: datetime
) -> None:
    """先行提供法律援助: help now, papers later; the seven days go on."""
    details = {"ground": ground.value, "words": PROVISIONAL_WORDS[ground], "reason": _given(reason)}
    _move(uow, application, S.PROVISIONAL, "application.provided_first", actor, at, details)


def grant(uow: UnitOfWork, application: Application, reason: str, actor: str, at: datetime) -> None:
    """Decide to give aid; from now three days run for the assignment.

    Raises:
        ConfirmationMissing: sent by somebody without standing, and not confirmed.
    """
    if application.needs_confirmation:
        raise ConfirmationMissing
    _move(uow, application, S.GRANTED, "application.granted", actor, at, {"reason": _given(reason)})
    _meet(uow, application, at, *DECISION_CLOCKS)
    uow.applications.add_limit(time_limits.start(application.id, LimitKind.ASSIGNMENT, at))


def refuse(uow: UnitOfWork, application: Application, reason: str, actor: str, at: datetime) -> None:
    """Decide not to give aid, in writing and with reasons."""
    _move(uow, application, S.REFUSED, "application.refused", actor, at, {"reason": _given(reason)})
    _meet(uow, application, at, *DECISION_CLOCKS)


def object_to(
    uow: UnitOfWork, application: Application, words: str, received_on: date, actor: str, at: datetime
) -> None:
    """Record an objection against a refusal or a termination; five days run from when the authority received it.

    Raises:
        DayNotPossible: received in the future.
    """
    if received_on > local(at).date():
        raise DayNotPossible
    received = datetime.combine(received_on, local(at).timetz()) if received_on != local(at).date() else at
    details = {"words": _given(words), "received_on": received_on.isoformat(), "against": application.status.value}
    _move(uow, application, S.OBJECTED, "application.objected", actor, at, details)
    uow.applications.add_limit(time_limits.start(application.id, LimitKind.OBJECTION_REVIEW, received))


def settle_objection(
    uow: UnitOfWork, application: Application, upheld: bool, reason: str, actor: str, at: datetime
) -> None:
    """Record what the judicial administration decided: the decision stands, or the agency has to correct it.

    A corrected refusal is examined again; a corrected termination goes on where it was ended.
    """
    after = S.UPHELD if upheld else _before_what_was_objected_to(uow, application)
    details = {"reason": _given(reason), "upheld": upheld}
    _move(uow, application, after, "application.objection_settled", actor, at, details)
    _meet(uow, application, at, LimitKind.OBJECTION_REVIEW)


def withdraw(uow: UnitOfWork, application: Application, reason: str, actor: str, at: datetime) -> None:
    """The applicant does not want it any more."""
    _move(uow, application, S.WITHDRAWN, "application.withdrawn", actor, at, {"reason": _given(reason)})
    _meet(uow, application, at, *LimitKind)


def terminate(
    uow: UnitOfWork, application: Application, ground: TerminationGround, reason: str, actor: str, at: datetime
) -> None:
    """End the aid, on one of the eight grounds of 第四十八条."""
    details = {"ground": ground.value, "words": TERMINATION_WORDS[ground], "reason": _given(reason)}
    _move(uow, application, S.TERMINATED, "application.terminated", actor, at, details)
    _meet(uow, application, at, *LimitKind)


def follow(
    uow: UnitOfWork,
    application: Application,
    after: ApplicationStatus,
    actor: str,
    at: datetime,
    licence_number: str | None = None,
) -> None:
    """Note a later stage, to be shown: assigned, in progress, closed, archived, evaluated.

    Args:
        licence_number: of the lawyer assigned, where the register has one; the history keeps who it was.
    Raises:
        LawyerUnknown: not in the register.
        ApplicationMoved: not one of these, or not the next one.
    """
    if after not in (S.ASSIGNED, S.IN_PROGRESS, S.CLOSED, S.ARCHIVED, S.EVALUATED):
        raise ApplicationMoved(f"{after} is reached by another act")
    if application.status is S.OBJECTED:
        raise ApplicationMoved(f"{application.number}: the objection has to be settled first")
    details = _assigned(uow, licence_number) if after is S.ASSIGNED and licence_number else {}
    _move(uow, application, after, f"application.{after.value}", actor, at, details)
    if after is S.ASSIGNED:
        _meet(uow, application, at, LimitKind.ASSIGNMENT, LimitKind.NOTICE)
        uow.applications.add_limit(time_limits.start(application.id, LimitKind.AGREEMENT, at))
    elif after is not S.IN_PROGRESS:
        _meet(uow, application, at, LimitKind.AGREEMENT)
    if after is S.CLOSED:
        _visit_again(uow, application, at)


def assignment_hints(application: Application) -> list[str]:
    """What whoever assigns should heed, each with its source; hints, the agency assigns (种子 SR-110 to SR-115)."""
    wishes, hints = application.form.wishes, []
    if application.facts.get("life_or_death_sentence"):
        hints.append(
            "可能判处无期徒刑、死刑，或者死刑复核：应当指派具有三年以上相关执业经历的律师（《法律援助法》第二十六条）"
        )
    if application.minor:
        hints.append("未成年人：应当指派熟悉未成年人身心特点的律师（《未成年人保护法》第一百零四条）")
    told = {
        "希望由女律师办理": wishes.sex is Sex.FEMALE,
        "希望由男律师办理": wishes.sex is Sex.MALE,
        f"希望律师会讲{wishes.language}": wishes.language,
        f"希望律师熟悉{wishes.speciality}": wishes.speciality,
        f"希望由{wishes.named}办理": wishes.named,
    }
    return hints + [f"{wish}（本人意愿，不是承诺）" for wish, is_told in told.items() if is_told]


def mark_difficult(
    uow: UnitOfWork, application: Application, difficult: bool, reason: str, actor: str, at: datetime
) -> None:
    """Mark it as 重大疑难 for those who supervise, or take the mark away; the history keeps why (种子 SR-118).

    Raises:
        ApplicationMoved: it is over, or stands so already.
        ReasonMissing
    """
    if application.status in OVER or application.difficult is difficult:
        raise ApplicationMoved(f"{application.number} is {application.status}, difficult: {application.difficult}")
    act = "application.marked_difficult" if difficult else "application.unmarked_difficult"
    applications.record(uow, application, application.status, act, actor, at, {"reason": _given(reason)})
    application.difficult = difficult


def note_agreement(uow: UnitOfWork, application: Application, actor: str, at: datetime) -> None:
    """The power of attorney or the agreement has been signed."""
    if application.status not in (S.ASSIGNED, S.IN_PROGRESS):
        raise ApplicationMoved(f"{application.number} is {application.status}")
    applications.record(uow, application, application.status, "application.agreement_signed", actor, at)
    _meet(uow, application, at, LimitKind.AGREEMENT)


def confirm(uow: UnitOfWork, application: Application, actor: str, at: datetime) -> None:
    """The applicant, or who may apply in their place, has confirmed what somebody else sent."""
    if application.status not in BEFORE_DECISION or not application.needs_confirmation:
        raise ApplicationMoved(f"{application.number} is {application.status} and waits for no confirmation")
    application.needs_confirmation = False
    applications.record(uow, application, application.status, "application.confirmed", actor, at)


def watch(uow: UnitOfWork, at: datetime) -> list[TimeLimit]:
    """Warn of clocks about to end, escalate those that have; each once. The console lists them, the history keeps them.

    When the agency's own limit has passed, the citizen is told what may be done (第五十五条、第五十六条).
    """
    told: list[TimeLimit] = []
    for application_id in uow.applications.with_limits_to_tell(at, WATCHED_AT_ONCE):
        application = uow.applications.get_locked(application_id)  # first the application, as every act does
        for limit in uow.applications.limits(application_id):
            if limit.to_tell(at):
                _tell(uow, application, limit, at)
                told.append(limit)
    return told


def _tell(uow: UnitOfWork, application: Application, limit: TimeLimit, at: datetime) -> None:
    overdue = limit.overdue(at)
    limit.warned_at = limit.warned_at or at
    limit.escalated_at = at if overdue else None
    act = "time_limit.passed" if overdue else "time_limit.near"
    details = {"kind": limit.kind.value, "last_day": limit.due_on.isoformat(), "basis": limit.rule.basis}
    step = applications.record(uow, application, application.status, act, SYSTEM, at, details)
    _say(uow, application, _warning(limit, overdue), step.seq, at)


def _warning(limit: TimeLimit, overdue: bool) -> str:
    day = day_in_words(limit.due_on)
    if limit.kind is LimitKind.SUPPLEMENT:
        late = f"补充材料的期限（{day}）已经过了。如果已经交了或者有困难，请马上联系受理机构，或者说「转人工」。"
        return (
            late if overdue else f"提醒您：补充材料的最后一天是{day}。不补交的，会视为撤回申请（{limit.rule.basis}）。"
        )
    if overdue and limit.kind in TOLD_WHEN_PASSED:
        return f"您的申请：{limit.rule.name}的期限（{day}）到了，还没有结果，已提醒值班长督办。您可以拨打 12348 询问，也可以投诉。"
    return ""


def _move(
    uow: UnitOfWork,
    application: Application,
    after: ApplicationStatus,
    act: str,
    actor: str,
    at: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    if after not in NEXT[application.status]:
        raise ApplicationMoved(f"{application.number} is {application.status}, from which {after} does not follow")
    step = applications.record(uow, application, after, act, actor, at, details)
    _say(uow, application, _news(application, details or {}), step.seq, at)


def _news(application: Application, details: dict[str, Any]) -> str:
    words = f"您的申请 {application.number}：{STATUS_WORDS[application.status]}。"
    if application.status is S.SUPPLEMENT:
        items = "；".join(f"{n}. {item}" for n, item in enumerate(details["items"], 1))
        day = day_in_words(date.fromisoformat(details["last_day"]))
        return f"{words}请在{day}以前补交：{items}。不补交的，会视为撤回申请。"
    if application.status in (S.REFUSED, S.TERMINATED):
        return f"{words}异议向设立该机构的司法局提出（《法律援助法》第四十九条），请尽快，以决定书写明的为准。想找人工，请说「转人工」。"
    return words


def _say(uow: UnitOfWork, application: Application, text: str, seq: int, at: datetime) -> None:
    if application.conversation_id is None or not text:
        return
    key = f"{application.number}:{seq}"
    outbox.post(uow, application.conversation_id, "application_news", application.number, key, text, at)


def _visit_again(uow: UnitOfWork, application: Application, at: datetime) -> None:
    """受援人回访 (种子 SR-130)."""
    work_orders.open_order(
        uow,
        WorkOrderKind.RETURN_VISIT,
        "service_done",
        application.number,
        f"{application.number}:closed",
        SYSTEM,
        at,
        region=application.region,
        conversation_id=application.conversation_id,
        phone=application.applicant_phone,
        unsafe_to_call=application.matter in PROTECTED_FROM_VIOLENCE,
    )


def _running(uow: UnitOfWork, application: Application) -> list[TimeLimit]:
    return [one for one in uow.applications.limits(application.id) if one.met_at is None]


def _meet(uow: UnitOfWork, application: Application, at: datetime, *kinds: LimitKind) -> None:
    for limit in _running(uow, application):
        if limit.kind in kinds:
            limit.met_at = at


def _before_what_was_objected_to(uow: UnitOfWork, application: Application) -> ApplicationStatus:
    ended = [step for step in uow.applications.steps(application.id) if step.after is S.TERMINATED]
    was = ended[-1].before if ended else None
    return was if was in BEING_HELPED else S.ACCEPTED


def _assigned(uow: UnitOfWork, licence_number: str) -> dict[str, Any]:
    lawyer = uow.lawyers.get(licence_number)
    if lawyer is None:
        raise LawyerUnknown(licence_number)
    return {"words": f"{lawyer.name}（{lawyer.firm}）", "licence_number": lawyer.licence_number}


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
