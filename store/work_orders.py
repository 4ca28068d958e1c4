"""Call-backs, transfers and return visits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Uuid, select, text

from hotline.errors import NotFound
from hotline.work_orders import WorkOrder, WorkOrderKind, WorkOrderStatus
from store.columns import Moment, identity, mappings, metadata, word
from store.encryption import Encrypted
from store.repository import Repository

_live = text("status IN ('open', 'taken')")
work_orders = Table(
    "work_orders",
    metadata,
    identity(),
    Column("number", String(16), nullable=False, unique=True),
    Column("kind", word(WorkOrderKind), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("about", String(64), nullable=False, index=True),
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("idempotency_key", String(120), nullable=False, unique=True),
    Column("urgent", Boolean, nullable=False),
    Column("region", String(6)),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), index=True),
    Column("phone", Encrypted("work_orders.phone")),
    Column("unsafe_to_call", Boolean, nullable=False),
    Column("note", Encrypted("work_orders.note")),
    Column("transferred_to", String(100)),
    Column("status", word(WorkOrderStatus), nullable=False),
    Column("operator_id", Uuid, ForeignKey("operators.id")),
    Column("taken_at", Moment),
    Column("closed_at", Moment),
    Column("result", String(16)),
    Column("score", Integer),
    Column("result_note", Encrypted("work_orders.result_note")),
    Column("escalated_at", Moment),
    Index("ix_work_orders_due", "due_at", sqlite_where=_live, postgresql_where=_live),
    Index("ix_work_orders_opened_at", "opened_at"),
)
mappings.map_imperatively(WorkOrder, work_orders)


class WorkOrders(Repository[WorkOrder]):
    """Fulfils `hotline.storage.WorkOrders`."""

    def by_key(self, idempotency_key: str) -> WorkOrder | None:
        """The work order that this key already began."""
        return self._session.scalar(select(WorkOrder).where(work_orders.c.idempotency_key == idempotency_key))

    def by_number(self, number: str) -> WorkOrder | None:
        """The work order with this number."""
        return self._session.scalar(select(WorkOrder).where(work_orders.c.number == number))

    def get_locked(self, order_id: UUID) -> WorkOrder:
        """The work order, held against a second operator until this unit of work ends.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(WorkOrder, order_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound
        return found

    def live(self, limit: int) -> list[WorkOrder]:
        """What is to be done: urgent first, then what is due first."""
        c = work_orders.c
        found = select(WorkOrder).where(_live).order_by(c.urgent.desc(), c.due_at, c.id).limit(limit)
        return list(self._session.scalars(found))

    def to_escalate(self, at: datetime, count: int) -> list[WorkOrder]:
        """What is late and has not been passed up, held until this unit of work ends."""
        c = work_orders.c
        late = select(WorkOrder).where(_live, c.due_at <= at, c.escalated_at.is_(None)).order_by(c.due_at).limit(count)
        return list(self._session.scalars(late.with_for_update(skip_locked=True)))

    def of_conversation(self, conversation_id: UUID) -> list[WorkOrder]:
        """What follows from a talk, oldest first."""
        c = work_orders.c
        return list(
            self._session.scalars(select(WorkOrder).where(c.conversation_id == conversation_id).order_by(c.opened_at))
        )
