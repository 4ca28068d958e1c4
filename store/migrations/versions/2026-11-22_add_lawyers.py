"""the register of lawyers, and the mark 重大疑难 on an application"""

import sqlalchemy as sa
from alembic import op

revision = "add_lawyers"
down_revision = "add_gaps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lawyers",
        sa.Column("licence_number", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("firm", sa.String(length=100), nullable=False),
        sa.Column("sex", sa.String(length=16), nullable=False),
        sa.Column("practising_since", sa.Date(), nullable=False),
        sa.Column("conduct_clear", sa.Boolean(), nullable=False),
        sa.Column("open_to_choice", sa.Boolean(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("specialities", sa.JSON(), nullable=False),
        sa.Column("stations", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("licence_number", name=op.f("pk_lawyers")),
    )
    with op.batch_alter_table("applications") as batch_op:
        batch_op.add_column(sa.Column("difficult", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("applications") as batch_op:  # the default was for the rows that were there
        batch_op.alter_column("difficult", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("applications") as batch_op:
        batch_op.drop_column("difficult")
    op.drop_table("lawyers")
