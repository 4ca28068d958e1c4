"""add assessments"""

import sqlalchemy as sa
from alembic import op

revision = "add_assessments"
down_revision = "complete_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_day"), "assessments", ["day"])


def downgrade() -> None:
    op.drop_index(op.f("ix_assessments_day"), table_name="assessments")
    op.drop_table("assessments")
