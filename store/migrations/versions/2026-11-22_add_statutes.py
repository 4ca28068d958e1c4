"""Statutes by edition and article, and the bank of questions whose right articles are known."""

import sqlalchemy as sa
from alembic import op

revision = "add_statutes"
down_revision = "add_proofs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statute_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("law", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("adopted", sa.Date(), nullable=False),
        sa.Column("named_start", sa.Date(), nullable=True),
        sa.Column("repeals", sa.JSON(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statute_editions")),
        sa.UniqueConstraint("law", "adopted", name=op.f("uq_statute_editions_law_adopted")),
    )
    op.create_table(
        "statute_articles",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["statute_editions.id"], name=op.f("fk_statute_articles_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "position", name=op.f("pk_statute_articles")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_statute_articles_edition_id_number")),
    )
    op.create_table(
        "banked_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=500), nullable=False),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(length=64), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_banked_questions")),
        sa.UniqueConstraint("question", name=op.f("uq_banked_questions_question")),
    )
    op.create_table(
        "knowledge_revisions",
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_knowledge_revisions")),
    )


def downgrade() -> None:
    op.drop_table("knowledge_revisions")
    op.drop_table("banked_questions")
    op.drop_table("statute_articles")
    op.drop_table("statute_editions")
