"""questions that met with no good answer, kept with consent"""

import sqlalchemy as sa
from alembic import op

revision = "add_gaps"
down_revision = "index_appointments_by_day"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("lack", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_gaps_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_index("ix_gaps_at", "gaps", ["at"])
    op.create_index("ix_gaps_conversation_id", "gaps", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("gaps")
