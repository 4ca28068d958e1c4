"""The append-only record of acts. Triggers in the database refuse to change or delete it."""

from sqlalchemy import JSON, BigInteger, Column, String, Table, desc, func, select
from sqlalchemy.orm import Session

from hotline.audit import START, AuditEntry, AuditSearch
from store.columns import Moment, mappings, metadata

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", String(64), nullable=False),
    Column("act", String(64), nullable=False),
    Column("subject", String(64), nullable=False, index=True),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("hash", String(64), nullable=False),
)
mappings.map_imperatively(AuditEntry, audit)
ENTRIES_AT_ONCE = 5_000
CHAIN = 12348
"""The lock that PostgreSQL knows the end of the chain by."""


class Audit:
    """Fulfils `hotline.storage.Audit`. Entries are written by `write`, when all else in the unit of work is."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._new: list[AuditEntry] = []

    def add(self, entry: AuditEntry) -> None:
        """Keep it; written when the unit of work commits."""
        self._new.append(entry)

    def write(self) -> None:
        """Chain and write the new entries. The chain is the last thing a unit of work locks, so none waits in a circle."""
        if not self._new:
            return
        self._session.flush()
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(select(func.pg_advisory_xact_lock(CHAIN)))  # a table lock would fight with vacuum
        last = self._session.execute(select(audit.c.seq, audit.c.hash).order_by(desc(audit.c.seq)).limit(1)).first()
        ahead, previous = (last.seq, last.hash) if last else (0, START)
        for entry in self._new:
            entry.seq = ahead = ahead + 1
            entry.hash = previous = entry.chained(previous)
        self._session.add_all(self._new)
        self._new = []

    def about(self, subject: str, limit: int = 200) -> list[AuditEntry]:
        """What was done to something, oldest first."""
        found = select(AuditEntry).where(audit.c.subject == subject).order_by(audit.c.seq).limit(limit)
        return list(self._session.scalars(found))

    def find(self, search: AuditSearch) -> list[AuditEntry]:
        """The acts that fit, oldest first."""
        c, found = audit.c, select(AuditEntry).where(audit.c.seq > search.after)
        for column, value in ((c.subject, search.subject), (c.actor, search.actor), (c.act, search.act)):
            if value is not None:
                found = found.where(column == value)
        if search.since is not None:
            found = found.where(c.at >= search.since)
        if search.until is not None:
            found = found.where(c.at < search.until)
        return list(self._session.scalars(found.order_by(c.seq).limit(search.limit)))

    def broken_at(self) -> int | None:
        """The first place where the record was changed, cut or put together anew; None if it is whole."""
        seq, previous = 0, START
        while True:
            some = select(AuditEntry).where(audit.c.seq > seq).order_by(audit.c.seq).limit(ENTRIES_AT_ONCE)
            entries = list(self._session.scalars(some))
            for entry in entries:
                if entry.seq != seq + 1 or entry.hash != entry.chained(previous):
                    return seq + 1
                seq, previous = entry.seq, entry.hash
            if not entries:
                return None
            self._session.expunge_all()
