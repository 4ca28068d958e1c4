"""add proofs"""

import sqlalchemy as sa
from alembic import op

revision = "add_proofs"
down_revision = "add_consents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proofs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("scan", sa.String(length=16), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name="fk_proofs_application_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_proofs_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_proofs"),
        sa.UniqueConstraint("idempotency_key", name="uq_proofs_idempotency_key"),
    )
    op.create_index("ix_proofs_conversation_id", "proofs", ["conversation_id"])
    op.create_index("ix_proofs_application_id", "proofs", ["application_id"])


def downgrade() -> None:
    op.drop_table("proofs")
