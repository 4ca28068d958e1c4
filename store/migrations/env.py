"""Alembic's entry: one transaction a run, on the engine that `store.migrate` hands over."""

from typing import Any, Literal

from alembic import context

import store.unit_of_work  # noqa: F401  # every table is known once all repositories are
from store.columns import Moment, metadata
from store.encryption import BlindIndex, Encrypted


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Migrations name plain column types: they must still run when ours have changed."""
    if kind == "type" and isinstance(item, Encrypted):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, BlindIndex):
        return "sa.String(length=32)"
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


with context.config.attributes["engine"].begin() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, render_item=render_item)
    context.run_migrations()
