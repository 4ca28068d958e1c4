"""What somebody still has to do after a talk: ring back (回电), pass on (转办), ask how it went (回访); each by a time."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID, uuid4

from hotline import audit, service_time_limits
from hotline.clock import local
from hotline.errors import UnknownWord, WorkOrderTaken
from hotline.reference_numbers import WORK_ORDER, unused_number
from hotline.storage import UnitOfWork


class WorkOrderKind(StrEnum):
    """What is to be done."""

    CALL_BACK = "call_back"
    TRANSFER = "transfer"
    RETURN_VISIT = "return_visit"


class WorkOrderStatus(StrEnum):
    """OPEN until an operator takes it; DONE with a result; CANCELLED when there is no more reason."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    CANCELLED = "cancelled"


KIND_WORDS = {
    WorkOrderKind.CALL_BACK: "回电",
    WorkOrderKind.TRANSFER: "转办",
    WorkOrderKind.RETURN_VISIT: "回访",
}
REASONS = {
    "requested": "来询人要求回电",
    "no_answer_yet": "当时答不了，约回电",
    "left_message": "非工作时间留言",
    "not_ours": "属于别的单位",
    "lawyer_change": "受援人请求更换法律援助人员",
    "reminder": "预约前一天提醒，会话里提醒不到",
    "low_rating": "评价不满意",
    "complaint_closed": "投诉办结后回访",
    "transfer_done": "转办办结后回访",
    "service_done": "办结后回访",
    "still_dissatisfied": "回访仍不满意，升级",
}
RESULTS = {
    WorkOrderKind.CALL_BACK: {"reached": "已联系上", "unreached": "多次联系不上", "declined": "对方不需要了"},
    WorkOrderKind.TRANSFER: {"accepted": "承办单位已接收并反馈", "returned": "承办单位退回"},
    WorkOrderKind.RETURN_VISIT: {
        "solved": "已解决",
        "partly_solved": "部分解决",
        "unsolved": "未解决",
        "unreached": "多次联系不上",
        "declined": "不接受回访",
    },
}
DISSATISFIED = 2
"""1 and 2 of 5: a return visit that ends so is passed up (SR-130)."""


@dataclass(eq=False)
class WorkOrder:
    """One thing to do for one person, by one operator, in time."""

    AUDITED: ClassVar[tuple[str, ...]] = (
        "kind", "reason", "about", "status", "operator_id", "due_at", "result", "score", "transferred_to", "escalated_at",
    )  # fmt: skip
    UNRECORDED: ClassVar[tuple[str, ...]] = ()

    number: str
    kind: WorkOrderKind
    reason: str
    about: str
    """The number of what it follows from: a ledger row, a complaint, an application; or a conversation's id."""
    opened_at: datetime
    due_at: datetime
    """The first moment that is too late."""
    idempotency_key: str
    urgent: bool = False
    region: str | None = None
    conversation_id: UUID | None = None
    phone: str | None = None
    """Where to ring, if it was left."""
    unsafe_to_call: bool = False
    note: str | None = None
    transferred_to: str | None = None
    """The body that is to act."""
    status: WorkOrderStatus = WorkOrderStatus.OPEN
    operator_id: UUID | None = None
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    result: str | None = None
    score: int | None = None
    """How satisfied a visited person is, 1 to 5."""
    result_note: str | None = None
    escalated_at: datetime | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def live(self) -> bool:
        """Still to be done."""
        return self.status in (WorkOrderStatus.OPEN, WorkOrderStatus.TAKEN)

    def overdue(self, at: datetime) -> bool:
        """Whether it is late; of a finished one, whether it was."""
        return (self.closed_at or at) >= self.due_at


def open_order(
    uow: UnitOfWork,
    kind: WorkOrderKind,
    reason: str,
    about: str,
    key: str,
    actor: str,
    at: datetime,
    region: str | None = None,
    urgent: bool = False,
    conversation_id: UUID | None = None,
    phone: str | None = None,
    unsafe_to_call: bool = False,
    note: str | None = None,
    transferred_to: str | None = None,
    due_at: datetime | None = None,
) -> WorkOrder:
    """Begin a work order; the same key gives the one already begun.

    Args:
        due_at: the first moment that is too late, where it is no matter of service_time_limits.yaml.

    Raises:
        UnknownWord: no such reason.
    """
    known = uow.work_orders.by_key(key)
    if known is not None:
        return known
    if reason not in REASONS:
        raise UnknownWord("reason")
    limit = "urgent" if urgent else "message" if reason == "left_message" else kind.value
    order = WorkOrder(
        unused_number(WORK_ORDER, local(at).date(), uow.work_orders.by_number),
        kind,
        reason,
        about,
        at,
        due_at or service_time_limits.due_after(limit, region, at),
        key,
        urgent,
        region,
        conversation_id,
        phone,
        unsafe_to_call,
        note,
        transferred_to,
    )
    uow.work_orders.add(order)
    audit.record(uow, actor, f"{kind}.opened", order.number, at, reason=reason, about=about, due_at=order.due_at)
    return order


def take(uow: UnitOfWork, order: WorkOrder, operator_id: UUID, login: str, at: datetime) -> None:
    """Give it to the operator who asks first.

    Raises:
        WorkOrderTaken: somebody else has it, or it is over.
    """
    if order.status is WorkOrderStatus.TAKEN and order.operator_id == operator_id:
        return
    if order.status is not WorkOrderStatus.OPEN:
        raise WorkOrderTaken(f"{order.number} is {order.status} by {order.operator_id}")
    with audit.recorded(uow, order, login, f"{order.kind}.taken", order.number, at):
        order.status, order.operator_id, order.taken_at = WorkOrderStatus.TAKEN, operator_id, at


def finish(
    uow: UnitOfWork,
    order: WorkOrder,
    operator_id: UUID,
    login: str,
    at: datetime,
    result: str,
    score: int | None = None,
    result_note: str | None = None,
) -> None:
    """Enter what came of it. A transfer is followed by a return visit; a visit that ends badly by an urgent one.

    Raises:
        WorkOrderTaken: it is not this operator's, or it is over.
        UnknownWord: no such result for this kind.
    """
    if order.status is not WorkOrderStatus.TAKEN or order.operator_id != operator_id:
        raise WorkOrderTaken(f"{order.number} is {order.status} by {order.operator_id}")
    if result not in RESULTS[order.kind]:
        raise UnknownWord("result")
    with audit.recorded(uow, order, login, f"{order.kind}.finished", order.number, at):
        order.status, order.closed_at = WorkOrderStatus.DONE, at
        order.result, order.score, order.result_note = result, score, result_note
    if order.kind is WorkOrderKind.TRANSFER:
        _follow(uow, order, "transfer_done", at, urgent=False)
    if order.kind is WorkOrderKind.RETURN_VISIT and order.reason != "still_dissatisfied":
        bad = result == "unsolved" or (score is not None and score <= DISSATISFIED)
        if bad:
            _follow(uow, order, "still_dissatisfied", at, urgent=True)


def cancel(uow: UnitOfWork, order: WorkOrder, actor: str, at: datetime) -> None:
    """There is no more reason for it.

    Raises:
        WorkOrderTaken: it is over.
    """
    if not order.live:
        raise WorkOrderTaken(f"{order.number} is {order.status}")
    with audit.recorded(uow, order, actor, f"{order.kind}.cancelled", order.number, at):
        order.status, order.closed_at = WorkOrderStatus.CANCELLED, at


def escalate_overdue(uow: UnitOfWork, at: datetime, count: int = 100) -> list[WorkOrder]:
    """Mark what is late, once each, for the supervisor; those that were marked now."""
    late = uow.work_orders.to_escalate(at, count)
    for order in late:
        with audit.recorded(uow, order, audit.SYSTEM, f"{order.kind}.escalated", order.number, at):
            order.escalated_at = at
    return late


def _follow(uow: UnitOfWork, order: WorkOrder, reason: str, at: datetime, urgent: bool) -> None:
    open_order(
        uow,
        WorkOrderKind.RETURN_VISIT,
        reason,
        order.number,
        f"{order.number}:{reason}",
        audit.SYSTEM,
        at,
        region=order.region,
        urgent=urgent,
        conversation_id=order.conversation_id,
        phone=order.phone,
        unsafe_to_call=order.unsafe_to_call,
    )
