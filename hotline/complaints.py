"""Complaints and suggestions, with an entrance of their own and a state that can be asked for.

《法律援助投诉处理办法》 (司法部令第149号, 2025-06-15). Its time limits could not be read in the original, so the limits of
service_time_limits.yaml stand, which call themselves our own.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID, uuid4

from hotline import audit, outbox, service_time_limits, work_orders
from hotline.clock import local
from hotline.errors import ComplaintState, DayInFuture
from hotline.reference_numbers import COMPLAINT, SUGGESTION, unused_number
from hotline.storage import UnitOfWork
from hotline.work_orders import WorkOrderKind


class ComplaintKind(StrEnum):
    """投诉 or 建议."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"


class About(StrEnum):
    """Whom or what it is about."""

    HOTLINE = "hotline"
    PROVIDER = "provider"
    AGENCY = "agency"
    CHARGED_FEE = "charged_fee"
    OTHER = "other"


class ComplaintStatus(StrEnum):
    """FILED until the agency has looked at it; ANSWERED until the citizen has had the time to object."""

    FILED = "filed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TRANSFERRED = "transferred"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


STATUS_WORDS = {
    ComplaintStatus.FILED: "已登记，等待受理",
    ComplaintStatus.ACCEPTED: "已受理，正在核查",
    ComplaintStatus.REFUSED: "不予受理，理由已告知",
    ComplaintStatus.TRANSFERRED: "已转送有权处理的机关",
    ComplaintStatus.ANSWERED: "已答复；不满意可以要求再处理",
    ComplaintStatus.CLOSED: "已办结",
    ComplaintStatus.WITHDRAWN: "已撤回",
}
NEXT: dict[ComplaintStatus, frozenset[ComplaintStatus]] = {
    ComplaintStatus.FILED: frozenset(
        {
            ComplaintStatus.ACCEPTED,
            ComplaintStatus.REFUSED,
            ComplaintStatus.TRANSFERRED,
            ComplaintStatus.WITHDRAWN,
        }
    ),
    ComplaintStatus.ACCEPTED: frozenset(
        {ComplaintStatus.TRANSFERRED, ComplaintStatus.ANSWERED, ComplaintStatus.WITHDRAWN}
    ),
    ComplaintStatus.TRANSFERRED: frozenset({ComplaintStatus.ANSWERED, ComplaintStatus.WITHDRAWN}),
    ComplaintStatus.ANSWERED: frozenset({ComplaintStatus.CLOSED, ComplaintStatus.ACCEPTED}),
    ComplaintStatus.REFUSED: frozenset({ComplaintStatus.ACCEPTED}),
    ComplaintStatus.CLOSED: frozenset(),
    ComplaintStatus.WITHDRAWN: frozenset(),
}
TOLD = frozenset({ComplaintStatus.REFUSED, ComplaintStatus.TRANSFERRED, ComplaintStatus.ANSWERED})
"""Steps of which the citizen is told, with the reason or the answer."""
FEE = re.compile(
    "收(了|过)?(我|我们|家里|他|她)?.{0,4}(钱|费|红包)|要(我|我们)?(交|给).{0,4}(钱|费)|私下收|乱收费|好处费"
)
"""法律援助法 第二十条: no fees. Whoever tells of one is heard first (SR-144)."""


@dataclass(eq=False)
class Complaint:
    """The citizen's own words, with a number to ask by."""

    AUDITED: ClassVar[tuple[str, ...]] = (
        "kind", "about", "status", "due_at", "handler_id", "transferred_to", "answered_at", "closed_at",
    )  # fmt: skip
    UNRECORDED: ClassVar[tuple[str, ...]] = ()

    number: str
    words: str
    filed_at: datetime
    due_at: datetime
    """When the next step is late."""
    idempotency_key: str
    conversation_id: UUID | None = None
    """None for what came by phone, letter or at a window."""
    kind: ComplaintKind = ComplaintKind.COMPLAINT
    about: About = About.OTHER
    region: str | None = None
    against: str | None = None
    """被投诉人."""
    happened_on: date | None = None
    wish: str | None = None
    """诉求: what the citizen wants done."""
    complainant_name: str | None = None
    complainant_phone: str | None = None
    status: ComplaintStatus = ComplaintStatus.FILED
    handler_id: UUID | None = None
    transferred_to: str | None = None
    answer: str | None = None
    """What the citizen was told last."""
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def live(self) -> bool:
        """Not at its end."""
        return bool(NEXT[self.status]) and self.status is not ComplaintStatus.REFUSED


def file(
    uow: UnitOfWork,
    words: str,
    key: str,
    actor: str,
    at: datetime,
    conversation_id: UUID | None = None,
    kind: ComplaintKind = ComplaintKind.COMPLAINT,
    about: About | None = None,
    region: str | None = None,
    against: str | None = None,
    happened_on: date | None = None,
    wish: str | None = None,
    complainant_name: str | None = None,
    complainant_phone: str | None = None,
) -> Complaint:
    """Keep the complaint; the same key gives the one already kept. Who tells of a fee is marked so.

    Raises:
        DayInFuture: it has not happened yet.
    """
    known = uow.complaints.by_key(key)
    if known is not None:
        return known
    if happened_on is not None and happened_on > local(at).date():
        raise DayInFuture
    prefix = COMPLAINT if kind is ComplaintKind.COMPLAINT else SUGGESTION
    complaint = Complaint(
        unused_number(prefix, local(at).date(), uow.complaints.by_number),
        words,
        at,
        service_time_limits.due_after("transfer", region, at),
        key,
        conversation_id,
        kind,
        about or (About.CHARGED_FEE if FEE.search(words) else About.OTHER),
        region,
        against,
        happened_on,
        wish,
        complainant_name,
        complainant_phone,
    )
    uow.complaints.add(complaint)
    told = {"kind": complaint.kind, "about": complaint.about, "due_at": complaint.due_at}
    audit.record(uow, actor, "complaint.filed", complaint.number, at, **told)
    return complaint


def advance(
    uow: UnitOfWork,
    complaint: Complaint,
    to: ComplaintStatus,
    handler_id: UUID,
    login: str,
    at: datetime,
    answer: str | None = None,
    transferred_to: str | None = None,
) -> None:
    """Take the next step; the citizen is told of those that matter, and visited again after the last.

    Raises:
        ComplaintState: this step does not follow, or lacks its reason, answer or addressee.
    """
    if to not in NEXT[complaint.status]:
        raise ComplaintState(f"{complaint.number}: {complaint.status} → {to}")
    if (to in TOLD and not answer) or (to is ComplaintStatus.TRANSFERRED and not transferred_to):
        raise ComplaintState(f"{complaint.number}: {to} needs its reason or answer")
    with audit.recorded(uow, complaint, login, f"complaint.{to}", complaint.number, at):
        complaint.status, complaint.handler_id = to, handler_id
        complaint.answer, complaint.transferred_to = (
            answer or complaint.answer,
            transferred_to or complaint.transferred_to,
        )
        if to is ComplaintStatus.ANSWERED:
            complaint.answered_at = at
        if complaint.live:
            complaint.due_at = service_time_limits.due_after("feedback", complaint.region, at)
        else:
            complaint.closed_at = at
    if to in TOLD and complaint.conversation_id is not None:
        words = f"您的{'投诉' if complaint.kind is ComplaintKind.COMPLAINT else '建议'} {complaint.number}：{answer}"
        key = f"{complaint.number}:{to}:{at.isoformat()}"
        outbox.post(uow, complaint.conversation_id, "complaint_answered", complaint.number, key, words, at)
    if to is ComplaintStatus.CLOSED:
        _visit_again(uow, complaint, at)


def _visit_again(uow: UnitOfWork, complaint: Complaint, at: datetime) -> None:
    work_orders.open_order(
        uow,
        WorkOrderKind.RETURN_VISIT,
        "complaint_closed",
        complaint.number,
        f"{complaint.number}:closed",
        audit.SYSTEM,
        at,
        region=complaint.region,
        conversation_id=complaint.conversation_id,
        phone=complaint.complainant_phone,
    )
