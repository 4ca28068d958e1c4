"""Brings a folder of Markdown statutes into storage: what is there already is left alone, what cannot be read is told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from pathlib import Path
from typing import Protocol

from knowledge.statutes import Edition, Unreadable, editions_in, fingerprint, read_edition

TOGETHER = 40  # editions committed at once: an import that is cut short goes on from there


class Shelf(Protocol):
    """Where the editions go."""

    def fingerprints(self) -> dict[tuple[str, date], str]: ...
    def put(self, edition: Edition, fingerprint: str) -> None: ...
    def revision(self) -> str: ...
    def settle(self) -> None: ...


class WithStatutes(Protocol):
    """A unit of work that holds the statutes."""

    @property
    def statutes(self) -> Shelf: ...


@dataclass
class ImportReport:
    """What an import did."""

    stored: int = 0
    unchanged: int = 0
    articles: int = 0
    unreadable: list[tuple[Path, str]] = field(default_factory=list)


def import_statutes(
    folder: Path,
    open_uow: Callable[[], AbstractContextManager[WithStatutes]],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportReport:
    """Store every edition below a folder that is new or has changed; safe to cut short and to repeat.

    Raises:
        FileNotFoundError: there are no statutes below the folder.
    """
    editions, report = editions_in(folder), ImportReport()
    with open_uow() as uow:
        known = uow.statutes.fingerprints()
    done = 0
    for batch in batched(editions.items(), TOGETHER):
        changed: list[tuple[Edition, str]] = []
        for (law, adopted), files in batch:
            try:
                mark = fingerprint(files)
                if known.get((law, adopted)) == mark:
                    report.unchanged += 1
                else:
                    changed.append((read_edition(law, adopted, files, folder), mark))
            except (Unreadable, OSError) as error:
                report.unreadable.append((files[0], str(error)))
        if changed:
            with open_uow() as uow:
                for edition, mark in changed:
                    uow.statutes.put(edition, mark)
        report.stored += len(changed)
        report.articles += sum(len(edition.articles) for edition, _ in changed)
        done += len(batch)
        progress(done, len(editions))
    with open_uow() as uow:
        if not uow.statutes.revision():
            uow.statutes.settle()
    return report
