"""The ledger, its numbers, and what looks like a group of people in it."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    TextClause,
    Uuid,
    and_,
    func,
    select,
    text,
    tuple_,
)

from hotline.clock import midnight
from hotline.consultations import Consultation, LedgerSearch
from hotline.errors import NotFound
from hotline.group_incidents import GroupHint
from store.columns import Moment, identity, mappings, metadata
from store.encryption import BlindIndex, Encrypted, blind
from store.repository import Repository

NUMBERS_SHOWN = 20

consultations = Table(
    "consultations",
    metadata,
    identity(),
    Column("number", String(16), nullable=False, unique=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), unique=True),
    Column("channel", String(16), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("day", Date, nullable=False),
    Column("ended_at", Moment, nullable=False),
    Column("operator_id", Uuid, ForeignKey("operators.id")),
    Column("waited_seconds", Integer),
    Column("topic", String(32)),
    Column("region", String(6)),
    Column("matter", String(8)),
    Column("outcome", String(16)),
    Column("disposition", String(16), nullable=False),
    Column("articles", JSON, nullable=False),
    Column("referred_to", JSON, nullable=False),
    Column("told_right_to_apply", Boolean, nullable=False),
    Column("claim_yuan", String(20)),
    Column("groups", JSON, nullable=False),
    Column("gender", String(8)),
    Column("age_band", String(8)),
    Column("group_related", Boolean, nullable=False),
    Column("sensitive", Boolean, nullable=False),
    Column("unanswered", Integer, nullable=False),
    Column("score", Integer),
    Column("citizen_name", Encrypted("consultations.citizen_name")),
    Column("name_refused", Boolean, nullable=False),
    Column("citizen_phone", Encrypted("consultations.citizen_phone")),
    Column("phone_index", BlindIndex("citizen_phone")),
    Column("unsafe_to_call", Boolean, nullable=False),
    Column("opponent", Encrypted("consultations.opponent")),
    Column("opponent_index", BlindIndex("opponent")),
    Column("summary", Encrypted("consultations.summary")),
    Column("remarks", Encrypted("consultations.remarks")),
    Column("locked_at", Moment),
    Column("locked_by", Uuid, ForeignKey("operators.id")),
    # Every search is a page of the newest; the three conditions that are used most get an order of their own.
    Index("ix_consultations_newest", "started_at", "id"),
    Index("ix_consultations_day", "day", "topic", "region"),
    Index("ix_consultations_topic", "topic", "started_at", "id"),
    Index("ix_consultations_region", "region", "started_at", "id"),
    *(
        Index(
            f"ix_consultations_{name}",
            *columns,
            sqlite_where=text(condition),
            postgresql_where=text(condition),
        )
        for name, columns, condition in (
            ("unlocked", ("started_at", "id"), "locked_at IS NULL"),
            ("unanswered", ("started_at", "id"), "unanswered > 0"),
            ("group_related", ("started_at", "id"), "group_related"),
            ("low_score", ("started_at", "id"), "score <= 2"),
            ("phone_index", ("phone_index",), "phone_index IS NOT NULL"),
            ("opponent_index", ("opponent_index", "day"), "opponent_index IS NOT NULL"),
        )
    ),
)
mappings.map_imperatively(Consultation, consultations)

ledger_days = Table(
    "ledger_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)
"""How many ledger rows each day has; its row lock makes the numbers follow each other."""


class Consultations(Repository[Consultation]):
    """Fulfils `hotline.storage.Consultations`."""

    def next_of(self, day: date) -> int:
        """The day's next number, from 1; the other rows of the day wait until this unit of work ends."""
        counted = text(
            "INSERT INTO ledger_days (day, last) VALUES (:day, 1) "
            "ON CONFLICT (day) DO UPDATE SET last = ledger_days.last + 1 RETURNING last"
        ).bindparams(day=day)
        return int(self._session.execute(counted.columns(ledger_days.c.last)).scalar_one())

    def for_conversation(self, conversation_id: UUID) -> Consultation | None:
        """The ledger row of this conversation."""
        return self._session.scalar(select(Consultation).where(consultations.c.conversation_id == conversation_id))

    def get_locked(self, consultation_id: UUID) -> Consultation:
        """The row, held until this unit of work ends.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Consultation, consultation_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound
        return found

    def find(self, search: LedgerSearch) -> list[Consultation]:
        """One page of the newest rows that meet every condition."""
        c = consultations.c
        found = select(Consultation).where(*_conditions(search)).order_by(c.started_at.desc(), c.id.desc())
        return list(self._session.scalars(found.limit(search.limit)))

    def same_opponent(self, since: date, people: int) -> list[GroupHint]:
        """Whom so many people ask about."""
        c = consultations.c
        groups = (
            select(c.opponent_index, func.count(), func.max(c.region), func.max(c.matter))
            .where(c.opponent_index.is_not(None), c.day >= since)
            .group_by(c.opponent_index)
            .having(func.count() >= people)
        )
        return [
            self._hint("same_opponent", region, matter, count, c.opponent_index == opponent, c.day >= since)
            for opponent, count, region, matter in self._session.execute(groups).all()
        ]

    def same_matter(self, since: date, people: int) -> list[GroupHint]:
        """Where so many people ask about one matter."""
        c = consultations.c
        groups = (
            select(c.region, c.matter, func.count())
            .where(c.day >= since, c.region.is_not(None), c.region.not_like("%00"), c.matter.is_not(None))
            .group_by(c.region, c.matter)
            .having(func.count() >= people)
        )
        return [
            self._hint("same_matter", region, matter, count, c.region == region, c.matter == matter, c.day >= since)
            for region, matter, count in self._session.execute(groups).all()
        ]

    def told_group(self, since: date) -> list[GroupHint]:
        """Where somebody said that there are many of them."""
        c = consultations.c
        told = (text("group_related"), c.day >= since)
        groups = select(c.region, c.matter, func.count()).where(*told).group_by(c.region, c.matter)
        return [
            self._hint("told", region, matter, count, c.region.is_not_distinct_from(region),
                       c.matter.is_not_distinct_from(matter), text("group_related"), c.day >= since)
            for region, matter, count in self._session.execute(groups).all()
        ]  # fmt: skip

    def _hint(self, why: str, region: str | None, matter: str | None, people: int, *conditions: object) -> GroupHint:
        c = consultations.c
        numbers = select(c.number).where(*conditions).order_by(c.started_at.desc()).limit(NUMBERS_SHOWN)  # type: ignore[arg-type]
        return GroupHint(why, region, matter, people, tuple(self._session.scalars(numbers)))


def in_region(column: Column[str], region: str) -> ColumnElement[bool]:
    """Within a county, a city (…00) or a province (…0000); as a range, which an index can serve in any collation."""
    if not region.endswith("00"):
        return column == region
    step = 10_000 if region.endswith("0000") else 100
    return and_(column >= region, column < f"{int(region) + step:06d}")


def _conditions(search: LedgerSearch) -> list[ColumnElement[bool] | TextClause]:
    c = consultations.c
    equal = ("channel", "topic", "matter", "outcome", "disposition", "operator_id", "number")
    found: list[ColumnElement[bool] | TextClause] = [
        c[name] == getattr(search, name) for name in equal if getattr(search, name) is not None
    ]
    if search.region is not None:
        found.append(in_region(c.region, search.region))
    if search.first is not None:  # by the moment, not by the day: it is what every index of a search goes on with
        found.append(c.started_at >= midnight(search.first))
    if search.last is not None:
        found.append(c.started_at < midnight(search.last + timedelta(days=1)))
    if search.phone is not None:
        found.append(c.phone_index.in_(blind(search.phone)))
    if search.opponent is not None:
        found.append(c.opponent_index.in_(blind(search.opponent)))
    if search.locked is not None:
        found.append(c.locked_at.is_not(None) if search.locked else c.locked_at.is_(None))
    if search.unanswered is not None:
        found.append(text("unanswered > 0") if search.unanswered else c.unanswered == 0)
    if search.low_score:
        found.append(text("score <= 2"))
    if search.before is not None:
        found.append(tuple_(c.started_at, c.id) < tuple_(*search.before))
    return found
