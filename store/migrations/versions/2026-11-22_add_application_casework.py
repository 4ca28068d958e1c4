"""add application casework"""

import sqlalchemy as sa
from alembic import op

revision = "add_application_casework"
down_revision = "chain_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("applications") as batch_op:
        batch_op.alter_column("conversation_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.alter_column("submitted_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch_op.drop_column("wants_woman_lawyer")
        batch_op.add_column(sa.Column("phone_index", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("identity_number", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("identity_index", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("form_data", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("channel", sa.String(length=16), nullable=False, server_default="web"))
        batch_op.add_column(sa.Column("lane", sa.String(length=16), nullable=False, server_default="ordinary"))
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("needs_confirmation", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("supplement", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("last_step", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("applications") as batch_op:  # the defaults were for the rows that were there
        for name in ("channel", "lane", "urgent", "needs_confirmation", "last_step"):
            batch_op.alter_column(name, server_default=None)
        batch_op.create_index(batch_op.f("ix_applications_phone_index"), ["phone_index"])
        batch_op.create_index(batch_op.f("ix_applications_identity_index"), ["identity_index"])
        batch_op.create_index("ix_applications_queue", ["status", "submitted_at"])

    op.create_table(
        "application_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=True),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name="fk_application_steps_application_id"),
        sa.PrimaryKeyConstraint("id", name="pk_application_steps"),
    )
    op.create_index("uq_application_steps_seq", "application_steps", ["application_id", "seq"], unique=True)
    op.create_table(
        "application_time_limits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_application_time_limits_application_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_application_time_limits"),
    )
    op.create_index("ix_application_time_limits_application_id", "application_time_limits", ["application_id"])
    running = sa.text("met_at IS NULL")
    op.create_index(
        "ix_application_time_limits_running",
        "application_time_limits",
        ["due_at"],
        sqlite_where=running,
        postgresql_where=running,
    )
    op.create_table(
        "failed_lookups",
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "on", name="pk_failed_lookups"),
    )


def downgrade() -> None:
    op.drop_table("failed_lookups")
    op.drop_table("application_time_limits")
    op.drop_table("application_steps")
    # What the older shape cannot hold goes: drafts, and what came without a conversation.
    op.execute("DELETE FROM applications WHERE conversation_id IS NULL OR submitted_at IS NULL")
    with op.batch_alter_table("applications") as batch_op:
        batch_op.drop_index("ix_applications_queue")
        batch_op.drop_index(batch_op.f("ix_applications_identity_index"))
        batch_op.drop_index(batch_op.f("ix_applications_phone_index"))
        for name in (
            "last_step",
            "drafted_at",
            "supplement",
            "needs_confirmation",
            "urgent",
            "lane",
            "channel",
            "form_data",
            "identity_index",
            "identity_number",
            "phone_index",
        ):
            batch_op.drop_column(name)
        batch_op.add_column(sa.Column("wants_woman_lawyer", sa.Boolean(), nullable=True))
        batch_op.alter_column("submitted_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column("conversation_id", existing_type=sa.Uuid(), nullable=False)
