"""find the appointments of a day, and of a talk, without reading all of them"""

from alembic import op

revision = "index_appointments_by_day"
down_revision = "add_roles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_appointments_starts_at", "appointments", ["starts_at"])
    op.create_index("ix_appointments_conversation_id", "appointments", ["conversation_id"])


def downgrade() -> None:
    op.drop_index("ix_appointments_conversation_id", table_name="appointments")
    op.drop_index("ix_appointments_starts_at", table_name="appointments")
