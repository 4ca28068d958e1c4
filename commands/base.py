"""What several commands need: speaking, the day, a file's lines, the database of the settings."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hotline.clock import SHANGHAI
from settings import settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from hotline.tables import Remark
    from store.unit_of_work import OpenUow


def say(words: str) -> None:
    typer.echo(words)


def today() -> date:
    from datetime import datetime

    return datetime.now(SHANGHAI).date()


def day_of(on: str) -> date:
    try:
        return date.fromisoformat(on) if on else today()
    except ValueError:
        say(f"{on} 不是日期，要写成 2025-08-01 这样")
        raise typer.Exit(2) from None


def lines_of(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        say(f"读不了 {file}：{error}")
        raise typer.Exit(2) from None


def open_database() -> "OpenUow":
    from store.encryption import use_key
    from store.unit_of_work import connect, unit_of_work_factory

    use_key(*settings().encryption_keys)
    return unit_of_work_factory(connect(settings().database_url))[0]


def database() -> "Engine":
    """The database of the settings, with the keys to read it."""
    from store.encryption import use_key
    from store.unit_of_work import connect

    use_key(*settings().encryption_keys)
    url = settings().database_url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return connect(url)


def read_table[T](read: Callable[[], T]) -> T:
    """What a table says; one that is none ends the command, saying why."""
    from hotline.tables import TableUnreadable

    try:
        return read()
    except TableUnreadable as error:
        say(str(error))
        raise typer.Exit(1) from None


def stop_at_faults(faults: "tuple[Remark, ...]") -> None:
    """Tell the faults of a table, row by row; with any of them nothing is written."""
    for fault in faults:
        say(f"错误　{fault}")
    if faults:
        say(f"{len(faults)} 处错误，什么都没有写入；改好以后再导一次")
        raise typer.Exit(1)
