"""Kinds of column that the tables share, and the registry that ties the service's dataclasses to them."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Column, DateTime, Enum, ForeignKey, MetaData, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from store.encryption import Mappings

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
mappings = Mappings(metadata=metadata)
"""Ties a dataclass of `hotline` to its table, so that a thing has one shape from rule to row (docs/adr/0004)."""


class Moment(TypeDecorator[datetime]):
    """A point in time: UTC in, UTC out, also on SQLite, which knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(kind: type[StrEnum]) -> Enum:
    """A word of a fixed list, kept as text: a new word needs no change of the database."""
    return Enum(kind, native_enum=False, length=16, values_callable=lambda words: [word.value for word in words])


def identity() -> Column[object]:
    """The id of a row, made by the service."""
    return Column("id", Uuid, primary_key=True)


def of_conversation(**options: bool) -> Column[object]:
    """The conversation that a row belongs to."""
    conversation = ForeignKey("conversations.id")
    return Column("conversation_id", Uuid, conversation, nullable=False, **options)  # type: ignore[arg-type]
