"""Processes that die: after each statement of an act in turn, and before its commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, select

from store.columns import metadata
from store.unit_of_work import OpenUow, SqlUnitOfWork


class Killed(Exception):
    """The process dies here."""


@contextmanager
def killed_after(engine: Engine, statement: int) -> Iterator[None]:
    """Die after so many statements, or before the commit if there are none left."""
    left = statement

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    def last_chance(_: Any) -> None:
        if left == 1:
            raise Killed

    event.listen(engine, "after_cursor_execute", count)
    event.listen(engine, "commit", last_chance)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", count)
        event.remove(engine, "commit", last_chance)


def everything(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(select(metadata.tables[name])))) for name in metadata.tables}


def kill_at_every_statement(engine: Engine, open_uow: OpenUow, act: Callable[[SqlUnitOfWork], object]) -> int:
    """Let the act die after its 1st, 2nd, … statement until it survives; what stood before stands after each death."""
    before, deaths = everything(engine), 0
    while True:
        try:
            with killed_after(engine, deaths + 1), open_uow() as uow:
                act(uow)
        except Killed:
            deaths += 1
            assert everything(engine) == before, f"died after statement {deaths}: something was left"
        else:
            return deaths
