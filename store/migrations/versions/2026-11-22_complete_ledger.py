"""the whole ledger row, work orders, complaints with states, ratings of single services"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "complete_ledger"
down_revision = "extend_appointments"
branch_labels = None
depends_on = None

LEDGER_REQUIRED = (
    ("number", sa.String(length=16), None),
    ("day", sa.Date(), None),
    ("ended_at", sa.DateTime(timezone=True), "started_at"),
    ("referred_to", sa.JSON(), "'[]'"),
    ("groups", sa.JSON(), "'[]'"),
    ("group_related", sa.Boolean(), "false"),
    ("sensitive", sa.Boolean(), "false"),
    ("unanswered", sa.Integer(), "0"),
    ("name_refused", sa.Boolean(), "false"),
    ("unsafe_to_call", sa.Boolean(), "false"),
)
LEDGER_OPTIONAL = (
    ("operator_id", sa.Uuid()),
    ("waited_seconds", sa.Integer()),
    ("gender", sa.String(length=8)),
    ("age_band", sa.String(length=8)),
    ("score", sa.Integer()),
    ("citizen_name", sa.LargeBinary()),
    ("citizen_phone", sa.LargeBinary()),
    ("phone_index", sa.String(length=32)),
    ("opponent", sa.LargeBinary()),
    ("opponent_index", sa.String(length=32)),
    ("summary", sa.LargeBinary()),
    ("remarks", sa.LargeBinary()),
    ("locked_at", sa.DateTime(timezone=True)),
    ("locked_by", sa.Uuid()),
)
LEDGER_INDEXES = (
    ("newest", ("started_at", "id"), None),
    ("day", ("day", "topic", "region"), None),
    ("topic", ("topic", "started_at", "id"), None),
    ("region", ("region", "started_at", "id"), None),
    ("unlocked", ("started_at", "id"), "locked_at IS NULL"),
    ("unanswered", ("started_at", "id"), "unanswered > 0"),
    ("group_related", ("started_at", "id"), "group_related"),
    ("low_score", ("started_at", "id"), "score <= 2"),
    ("phone_index", ("phone_index",), "phone_index IS NOT NULL"),
    ("opponent_index", ("opponent_index", "day"), "opponent_index IS NOT NULL"),
)
COMPLAINT_REQUIRED = (
    ("due_at", sa.DateTime(timezone=True), "filed_at"),
    ("kind", sa.String(length=16), "'complaint'"),
    ("about", sa.String(length=16), "'other'"),
    ("status", sa.String(length=16), "'filed'"),
)
COMPLAINT_OPTIONAL = (
    ("region", sa.String(length=6)),
    ("against", sa.LargeBinary()),
    ("happened_on", sa.Date()),
    ("wish", sa.LargeBinary()),
    ("complainant_name", sa.LargeBinary()),
    ("complainant_phone", sa.LargeBinary()),
    ("phone_index", sa.String(length=32)),
    ("handler_id", sa.Uuid()),
    ("transferred_to", sa.String(length=100)),
    ("answer", sa.LargeBinary()),
    ("answered_at", sa.DateTime(timezone=True)),
    ("closed_at", sa.DateTime(timezone=True)),
)
LIVE_COMPLAINT = "status NOT IN ('closed', 'withdrawn', 'refused')"
LIVE_ORDER = "status IN ('open', 'taken')"
SHANGHAI = timezone(timedelta(hours=8))


def upgrade() -> None:
    complete_consultations()
    complete_complaints()
    make_work_orders()
    rate_single_services()


def downgrade() -> None:
    with op.batch_alter_table("ratings") as table:
        table.drop_index("ix_ratings_rated_at")
        table.drop_constraint("uq_ratings_conversation_id_service", type_="unique")
    op.execute("DELETE FROM ratings WHERE service <> ''")  # the old table knows one rating a talk
    with op.batch_alter_table("ratings") as table:
        table.drop_column("service")
        table.drop_column("idempotency_key")
        table.create_unique_constraint("uq_ratings_conversation_id", ["conversation_id"])
    op.drop_table("work_orders")
    for name in ("ix_complaints_filed_at", "ix_complaints_phone_index", "ix_complaints_due"):
        op.drop_index(name, "complaints")
    op.execute("DELETE FROM complaints WHERE conversation_id IS NULL")  # it knows only what was said in a talk
    with op.batch_alter_table("complaints") as table:
        table.drop_constraint("fk_complaints_handler_id", type_="foreignkey")
        for name, *_ in (*COMPLAINT_REQUIRED, *COMPLAINT_OPTIONAL):
            table.drop_column(name)
        table.alter_column("conversation_id", existing_type=sa.Uuid(), nullable=False)
    for name, *_ in LEDGER_INDEXES:
        op.drop_index(f"ix_consultations_{name}", "consultations")
    op.execute("DELETE FROM consultations WHERE conversation_id IS NULL")
    with op.batch_alter_table("consultations") as table:
        table.drop_constraint("uq_consultations_number", type_="unique")
        for name in ("operator_id", "locked_by"):
            table.drop_constraint(f"fk_consultations_{name}", type_="foreignkey")
        for name, *_ in (*LEDGER_REQUIRED, *LEDGER_OPTIONAL):
            table.drop_column(name)
        table.alter_column("conversation_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_table("ledger_days")


def complete_consultations() -> None:
    add("consultations", LEDGER_REQUIRED, LEDGER_OPTIONAL)
    days = op.create_table(
        "ledger_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ledger_days")),
    )
    if counted := number_rows():
        op.bulk_insert(days, [{"day": day, "last": last} for day, last in counted.items()])
    with op.batch_alter_table("consultations") as table:
        for name, type_, _ in LEDGER_REQUIRED:
            table.alter_column(name, existing_type=type_, nullable=False)
        table.alter_column("conversation_id", existing_type=sa.Uuid(), nullable=True)
        table.create_unique_constraint("uq_consultations_number", ["number"])
        for name in ("operator_id", "locked_by"):
            table.create_foreign_key(f"fk_consultations_{name}", "operators", [name], ["id"])
    for name, columns, condition in LEDGER_INDEXES:
        where = sa.text(condition) if condition else None
        op.create_index(
            f"ix_consultations_{name}", "consultations", list(columns), sqlite_where=where, postgresql_where=where
        )


def number_rows() -> dict[Any, int]:
    """Give the rows there are their day and number; how many each day has."""
    connection = op.get_bind()
    table = sa.table(
        "consultations",
        sa.column("id", sa.Uuid()),
        sa.column("started_at", sa.DateTime(timezone=True)),
        sa.column("day", sa.Date()),
        sa.column("number", sa.String()),
    )
    counted: dict[Any, int] = {}
    rows = connection.execute(sa.select(table.c.id, table.c.started_at).order_by(table.c.started_at)).all()
    for row in rows:
        started: datetime = row.started_at
        day = (started.replace(tzinfo=UTC) if started.tzinfo is None else started).astimezone(SHANGHAI).date()
        counted[day] = counted.get(day, 0) + 1
        number = f"ZX{day:%Y%m%d}{counted[day]:06d}"
        connection.execute(sa.update(table).where(table.c.id == row.id).values(day=day, number=number))
    return counted


def complete_complaints() -> None:
    add("complaints", COMPLAINT_REQUIRED, COMPLAINT_OPTIONAL)
    with op.batch_alter_table("complaints") as table:
        for name, type_, _ in COMPLAINT_REQUIRED:
            table.alter_column(name, existing_type=type_, nullable=False)
        table.alter_column("conversation_id", existing_type=sa.Uuid(), nullable=True)
        table.create_foreign_key("fk_complaints_handler_id", "operators", ["handler_id"], ["id"])
    op.create_index("ix_complaints_filed_at", "complaints", ["filed_at"])
    op.create_index("ix_complaints_phone_index", "complaints", ["phone_index"])
    live = sa.text(LIVE_COMPLAINT)
    op.create_index("ix_complaints_due", "complaints", ["due_at"], sqlite_where=live, postgresql_where=live)


def make_work_orders() -> None:
    op.create_table(
        "work_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("unsafe_to_call", sa.Boolean(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("transferred_to", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("result_note", sa.LargeBinary(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_work_orders_conversation_id")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_work_orders_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_work_orders_number")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_work_orders_idempotency_key")),
    )
    for name in ("about", "conversation_id", "opened_at"):
        op.create_index(f"ix_work_orders_{name}", "work_orders", [name])
    live = sa.text(LIVE_ORDER)
    op.create_index("ix_work_orders_due", "work_orders", ["due_at"], sqlite_where=live, postgresql_where=live)


def rate_single_services() -> None:
    with op.batch_alter_table("ratings") as table:
        table.add_column(sa.Column("service", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("idempotency_key", sa.String(length=120), nullable=True))
    op.execute("UPDATE ratings SET service = '', idempotency_key = CAST(id AS VARCHAR(120))")
    with op.batch_alter_table("ratings") as table:
        table.alter_column("service", existing_type=sa.String(length=16), nullable=False)
        table.alter_column("idempotency_key", existing_type=sa.String(length=120), nullable=False)
        table.drop_constraint("uq_ratings_conversation_id", type_="unique")
        table.create_unique_constraint("uq_ratings_conversation_id_service", ["conversation_id", "service"])
    op.create_index("ix_ratings_rated_at", "ratings", ["rated_at"])


def add(name: str, required: Any, optional: Any) -> None:
    """Add columns and fill those that must have a value."""
    with op.batch_alter_table(name) as table:
        for column, type_, *_ in (*required, *optional):
            table.add_column(sa.Column(column, type_, nullable=True))
    for column, _, value in required:
        if value is not None:
            op.execute(f"UPDATE {name} SET {column} = {value}")
