"""number and chain the audit entries, and let nobody change them"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "chain_audit"
down_revision = "add_outbox"
branch_labels = None
depends_on = None

REFUSAL = "audit is append-only"


def upgrade() -> None:
    old = entries("at, actor, act, subject", "at")
    op.drop_index("ix_audit_at", "audit")
    op.drop_table("audit")
    audit = op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_subject", "audit", ["subject"])
    if old:
        op.bulk_insert(audit, list(chained(old)))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )
    else:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )


def downgrade() -> None:
    kept = entries("at, actor, act, subject", "seq")
    op.drop_index("ix_audit_subject", "audit")
    op.drop_index("ix_audit_at", "audit")
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
    audit = op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    if kept:
        op.bulk_insert(audit, [{**entry, "id": uuid4()} for entry in kept])


def entries(columns: str, order: str) -> list[dict[str, Any]]:
    """The rows of the table as it is, oldest first."""
    found = op.get_bind().execute(sa.text(f"SELECT {columns} FROM audit ORDER BY {order}")).mappings()
    return [{**row, "at": moment(row["at"])} for row in found]


def moment(value: datetime | str) -> datetime:
    """A stored moment in UTC; SQLite keeps text without a zone."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def chained(old: list[dict[str, Any]]) -> Any:
    """The entries with number and hash, as hotline/audit.py made them when this migration was written."""
    previous = "0" * 64
    for seq, entry in enumerate(old, 1):
        told = [seq, entry["at"].isoformat(), entry["actor"], entry["act"], entry["subject"], None, None]
        written = json.dumps(told, ensure_ascii=False, sort_keys=True)
        previous = hashlib.sha256(f"{previous}{written}".encode()).hexdigest()
        yield {**entry, "seq": seq, "before": None, "after": None, "hash": previous}
