"""give each login a role, and let logins be shut"""

import sqlalchemy as sa
from alembic import op

revision = "add_roles"
down_revision = "add_statutes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever had a login so far could do everything, and still can; `yuanxian users role` takes it away.
    op.add_column("operators", sa.Column("role", sa.String(length=16), nullable=False, server_default="supervisor"))
    op.add_column("operators", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("operators", "closed_at")
    op.drop_column("operators", "role")
