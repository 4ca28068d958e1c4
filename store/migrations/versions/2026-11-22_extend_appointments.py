"""hold appointments before they are confirmed, in several kinds; waiting list, stations, rosters, repeated requests"""

import sqlalchemy as sa
from alembic import op

revision = "extend_appointments"
down_revision = "add_application_casework"
branch_labels = None
depends_on = None

HOLDS_PLACE = sa.text("status IN ('held', 'confirmed')")
CONFIRMED = sa.text("status = 'confirmed'")
HELD = sa.text("status = 'held'")
WAITING = sa.text("status = 'waiting'")
KINDS = ("window", "extended", "visit", "phone", "online")


def upgrade() -> None:
    # No batch: it would copy the table under the history that refers to it. SQLite adds a column in place, and needs a
    # default for one that may not be empty.
    op.drop_index("uq_appointments_live", table_name="appointments")
    op.drop_index("uq_appointments_place", table_name="appointments")
    op.add_column("appointments", sa.Column("kind", sa.String(length=16), nullable=False, server_default="window"))
    op.add_column("appointments", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("appointments", sa.Column("contact", sa.LargeBinary(), nullable=True))
    place = ["station_id", "kind", "starts_at", "seat"]
    _unique("uq_appointments_place", "appointments", place, HOLDS_PLACE)
    _unique("uq_appointments_live", "appointments", ["conversation_id"], HOLDS_PLACE)
    op.create_index(
        "ix_appointments_held_until", "appointments", ["held_until"], sqlite_where=HELD, postgresql_where=HELD
    )
    op.create_table(
        "waiting_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("kind", _word(*KINDS, name="kind"), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("part", _word("morning", "afternoon", name="part"), nullable=True),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("matter", sa.String(length=8), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", _word("waiting", "offered", "left", name="waitingstatus"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_waiting_list_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list")),
    )
    _unique("uq_waiting_list_live", "waiting_list", ["conversation_id"], WAITING)
    op.create_index(
        "ix_waiting_list_order",
        "waiting_list",
        ["station_id", "kind", "created_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "freed_places",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("kind", _word(*KINDS, name="kind"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("freed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freed_places")),
    )
    op.create_index(op.f("ix_freed_places_freed_at"), "freed_places", ["freed_at"])
    op.create_table(
        "workstations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("division_code", sa.String(length=6), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lng", sa.Float(), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workstations")),
    )
    op.create_index(op.f("ix_workstations_division_code"), "workstations", ["division_code"])
    op.create_index(op.f("ix_workstations_lat"), "workstations", ["lat"])
    op.create_table(
        "duty_shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("kind", _word(*KINDS, name="kind"), nullable=False),
        sa.Column("lawyer", sa.String(length=100), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shifts")),
        sa.UniqueConstraint(
            "station_id", "day", "kind", "opens", name=op.f("uq_duty_shifts_station_id_day_kind_opens")
        ),
    )
    op.create_table(
        "answered_requests",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_answered_requests_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "key", name=op.f("pk_answered_requests")),
    )
    op.create_index(op.f("ix_answered_requests_answered_at"), "answered_requests", ["answered_at"])


def downgrade() -> None:
    for table in ("answered_requests", "duty_shifts", "workstations", "freed_places", "waiting_list"):
        op.drop_table(table)
    for index in ("ix_appointments_held_until", "uq_appointments_live", "uq_appointments_place"):
        op.drop_index(index, table_name="appointments")
    # The older schema knows windows only, and places that are confirmed or cancelled.
    op.execute("UPDATE appointments SET status = 'cancelled' WHERE kind <> 'window' OR status <> 'confirmed'")
    for column in ("contact", "held_until", "kind"):
        op.drop_column("appointments", column)
    _unique("uq_appointments_place", "appointments", ["station_id", "starts_at", "seat"], CONFIRMED)
    _unique("uq_appointments_live", "appointments", ["conversation_id"], CONFIRMED)


def _unique(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def _word(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=16)
