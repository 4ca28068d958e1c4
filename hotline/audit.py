"""The record of every human and automatic act (全过程记录): who, when, on what, before and after. Only ever added to.

No personal data gets in: of an entity's fields only those it names in AUDITED are shown with their values, of the others
merely that they changed. Each entry carries a hash over itself and the entry before it, so that a later change shows.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from hotline.storage import UnitOfWork

BOT, CITIZEN, SYSTEM = "bot", "citizen", "system"
"""Actors that are no operators; an operator goes by the login."""
START = "0" * 64
"""What stands before the first entry."""


@dataclass(eq=False)
class AuditEntry:
    """Who did what to what, and when."""

    at: datetime
    actor: str
    act: str
    subject: str
    """The number or id of what it was done to."""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    seq: int = 0
    """Place in the chain, from 1 without gaps; given when the unit of work ends."""
    hash: str = ""

    def chained(self, previous: str) -> str:
        """The hash over this entry and the one before it."""
        told = [self.seq, self.at.astimezone(UTC).isoformat(), self.actor, self.act, self.subject]
        written = json.dumps([*told, self.before, self.after], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(f"{previous}{written}".encode()).hexdigest()


@dataclass(frozen=True)
class AuditSearch:
    """Which acts; None is no condition."""

    after: int = 0
    """Only those with a higher number: where the page before ended."""
    subject: str | None = None
    actor: str | None = None
    act: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is too late."""
    limit: int = 100


class Audited(Protocol):
    """An entity whose acts are recorded."""

    AUDITED: ClassVar[tuple[str, ...]]
    """Fields whose values may be read by whoever reads the record: codes, times, ids; never people's words."""
    UNRECORDED: ClassVar[tuple[str, ...]]
    """Fields that change all the time and mean nothing by themselves."""


@contextmanager
def recorded(uow: UnitOfWork, entity: Any, actor: str, act: str, subject: str, at: datetime) -> Iterator[None]:
    """Record what the block changes on the entity; nothing if it changes nothing."""
    before = _state(entity)
    yield
    after = _state(entity)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        uow.audit.add(
            AuditEntry(at, actor, act, subject, _shown(entity, before, changed), _shown(entity, after, changed))
        )


def record(uow: UnitOfWork, actor: str, act: str, subject: str, at: datetime, **after: Any) -> None:
    """Record an act that is no change of an entity, or its making."""
    uow.audit.add(
        AuditEntry(at, actor, act, subject, None, {name: plain(value) for name, value in after.items()} or None)
    )


def plain(value: Any) -> Any:
    """The value as JSON keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID | date):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _state(entity: Any) -> dict[str, Any]:
    return {one.name: getattr(entity, one.name) for one in fields(entity) if one.name not in entity.UNRECORDED}


def _shown(entity: Any, state: dict[str, Any], changed: list[str]) -> dict[str, Any]:
    return {name: plain(state[name]) if name in entity.AUDITED else state[name] and "（不记内容）" for name in changed}
