"""Call-backs, transfers and return visits in the console."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field

from api.console.ledger import Phone
from api.gateway import Serving, TheGateway
from api.words import Words
from hotline import audit, work_orders
from hotline.applicants import masked_phone
from hotline.work_orders import KIND_WORDS, REASONS, WorkOrder, WorkOrderKind

router = APIRouter(prefix="/v1/console/work-orders", tags=["console"])

SHOWN = 200


class OrderOut(BaseModel):
    """What is to be done, masked."""

    id: UUID
    number: str
    kind: str
    kind_words: str
    reason: str
    reason_words: str
    about: str
    urgent: bool
    status: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    escalated_at: datetime | None
    phone: str | None
    unsafe_to_call: bool
    transferred_to: str | None
    operator_id: UUID | None
    conversation_id: UUID | None
    result: str | None
    score: int | None

    @classmethod
    def from_domain(cls, order: WorkOrder, now: datetime) -> "OrderOut":
        """The order as JSON, with the phone masked."""
        own = ("kind_words", "reason_words", "overdue", "phone")
        return cls(
            **{name: getattr(order, name) for name in cls.model_fields if name not in own},
            kind_words=KIND_WORDS[order.kind],
            reason_words=REASONS[order.reason],
            overdue=order.overdue(now),
            phone=masked_phone(order.phone) if order.phone else None,
        )


class OrderIn(BaseModel):
    """A new one."""

    model_config = ConfigDict(extra="forbid")
    kind: WorkOrderKind
    reason: str = Field(max_length=32)
    about: str = Field(max_length=64)
    region: str | None = Field(default=None, pattern=r"^\d{6}$")
    urgent: bool = False
    phone: Phone | None = None
    unsafe_to_call: bool = False
    note: Words | None = Field(default=None, max_length=500)
    transferred_to: Words | None = Field(default=None, max_length=100)


class Result(BaseModel):
    """What came of it."""

    model_config = ConfigDict(extra="forbid")
    result: str = Field(max_length=16)
    score: int | None = Field(default=None, ge=1, le=5)
    result_note: Words | None = Field(default=None, max_length=500)


class TakenOut(OrderOut):
    """The order with what its holder needs: where to ring and what was noted."""

    number_to_ring: str | None
    note: str | None


@router.get("")
def list_orders(here: TheGateway, operator: Serving) -> list[OrderOut]:
    """What is to be done: urgent first, then what is due first."""
    with here.open_reading() as uow:
        return [OrderOut.from_domain(one, here.services.now()) for one in uow.work_orders.live(SHOWN)]


@router.post("", status_code=201)
def open_order(
    here: TheGateway,
    operator: Serving,
    wanted: OrderIn,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=64)],
) -> OrderOut:
    """Begin one; the same Idempotency-Key gives the one already begun."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        told = wanted.model_dump(exclude={"kind", "reason", "about"})
        key = f"{operator.id}:{idempotency_key}"
        order = work_orders.open_order(uow, wanted.kind, wanted.reason, wanted.about, key, operator.login, now, **told)
    return OrderOut.from_domain(order, now)


@router.post("/{order_id}/take")
def take(here: TheGateway, operator: Serving, order_id: UUID) -> TakenOut:
    """Give it to the operator who asks first, with the number to ring; the reading is recorded."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        order = uow.work_orders.get_locked(order_id)
        work_orders.take(uow, order, operator.id, operator.login, now)
        audit.record(uow, operator.login, "work_order.read", order.number, now)
    shown = OrderOut.from_domain(order, now).model_dump()
    return TakenOut(**shown, number_to_ring=order.phone, note=order.note)


@router.post("/{order_id}/finish")
def finish(here: TheGateway, operator: Serving, order_id: UUID, came: Result) -> OrderOut:
    """Enter what came of it."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        order = uow.work_orders.get_locked(order_id)
        work_orders.finish(uow, order, operator.id, operator.login, now, came.result, came.score, came.result_note)
    return OrderOut.from_domain(order, now)


@router.post("/{order_id}/cancel")
def cancel(here: TheGateway, operator: Serving, order_id: UUID) -> OrderOut:
    """There is no more reason for it."""
    now = here.services.now()
    with here.services.open_uow() as uow:
        order = uow.work_orders.get_locked(order_id)
        work_orders.cancel(uow, order, operator.login, now)
    return OrderOut.from_domain(order, now)
