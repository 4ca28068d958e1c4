"""Rewrites what former keys sealed, so that they can be thrown away."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, select, update

import store.unit_of_work  # noqa: F401  # every table is known once all repositories are
from store.columns import metadata
from store.encryption import BlindIndex, Encrypted, blind, is_current, row_name, seal, unseal

ROWS_A_TRANSACTION = 500


def rotate(engine: Engine) -> dict[str, int]:
    """Seal every value with the current key, while the service runs; how many rows of each table were rewritten.

    What was written meanwhile is left alone: it has the current key already.

    Raises:
        InvalidTag: a value's key is not among the former keys.
    """
    return {table.name: _rotate(engine, table) for table in metadata.sorted_tables if _sealed(table)}


def _rotate(engine: Engine, table: Table) -> int:
    rewritten = 0
    for keys in batched(_rows_of(engine, table), ROWS_A_TRANSACTION):
        with engine.begin() as connection:
            rewritten += sum(_rewrite(connection, table, key) for key in keys)
    return rewritten


def _rows_of(engine: Engine, table: Table) -> Iterator[tuple[Any, ...]]:
    with engine.connect() as connection:
        keys = connection.execute(select(*table.primary_key.columns)).all()
    yield from map(tuple, keys)


def _rewrite(connection: Connection, table: Table, key: tuple[Any, ...]) -> bool:
    columns = _sealed(table)
    here = [column == value for column, value in zip(table.primary_key.columns, key, strict=True)]
    row = connection.execute(select(*columns).where(*here)).mappings().first()
    if row is None:
        return False
    old = {name: value for name, value in row.items() if value is not None and not is_current(value)}
    if not old:
        return False
    values: dict[str, Any] = {}
    for name, sealed in old.items():
        place, row_id = table.columns[name].type.place, row_name(key)
        plain = unseal(place, row_id, sealed)
        values[name] = seal(place, row_id, plain)
        values |= {
            c.name: blind(plain)[0] for c in table.columns if isinstance(c.type, BlindIndex) and c.type.of == name
        }
    unchanged: list[ColumnElement[bool]] = [table.columns[name] == sealed for name, sealed in old.items()]
    return connection.execute(update(table).where(*here, *unchanged).values(values)).rowcount == 1


def _sealed(table: Table) -> list[Any]:
    return [column for column in table.columns if isinstance(column.type, Encrypted)]
