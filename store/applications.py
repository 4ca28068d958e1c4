"""Applications for legal aid, their history, their clocks, and who failed to look one up."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Uuid, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite

from hotline.application_states import ApplicationStatus, Lane
from hotline.application_time_limits import LimitKind, TimeLimit
from hotline.applications import Application, Step
from hotline.errors import NotFound
from store.columns import Moment, identity, mappings, metadata, word
from store.encryption import BlindIndex, Encrypted, blind
from store.repository import Repository

_running = text("met_at IS NULL")
applications = Table(
    "applications",
    metadata,
    identity(),
    Column("number", String(16), nullable=False, unique=True),
    Column("conversation_id", Uuid, ForeignKey("conversations.id"), index=True),
    Column("agency", String(100), nullable=False),
    Column("region", String(6)),
    Column("matter", String(8), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("facts", Encrypted("applications.facts"), nullable=False),
    Column("applicant_name", Encrypted("applications.applicant_name"), nullable=False),
    Column("applicant_phone", Encrypted("applications.applicant_phone"), nullable=False),
    Column("phone_index", BlindIndex("applicant_phone"), index=True),
    Column("phone_tail", Encrypted("applications.phone_tail"), nullable=False),
    Column("identity_number", Encrypted("applications.identity_number")),
    Column("identity_index", BlindIndex("identity_number"), index=True),
    Column("form_data", Encrypted("applications.form_data")),
    Column("channel", String(16), nullable=False),
    Column("lane", word(Lane), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("difficult", Boolean, nullable=False),
    Column("needs_confirmation", Boolean, nullable=False),
    Column("supplement", Encrypted("applications.supplement")),
    Column("status", word(ApplicationStatus), nullable=False),
    Column("drafted_at", Moment),
    Column("submitted_at", Moment),
    Column("last_step", Integer, nullable=False),
    Column("wrong_tails", Integer, nullable=False),
    Column("wrong_tails_on", Date),
    Column("idempotency_key", String(120), nullable=False, unique=True),
    Index("ix_applications_queue", "status", "submitted_at"),
)
application_steps = Table(
    "application_steps",
    metadata,
    identity(),
    Column("application_id", Uuid, ForeignKey("applications.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("act", String(40), nullable=False),
    Column("before", word(ApplicationStatus)),
    Column("after", word(ApplicationStatus), nullable=False),
    Column("details", Encrypted("application_steps.details"), nullable=False),
    Index("uq_application_steps_seq", "application_id", "seq", unique=True),
)
application_time_limits = Table(
    "application_time_limits",
    metadata,
    identity(),
    Column("application_id", Uuid, ForeignKey("applications.id"), nullable=False, index=True),
    Column("kind", word(LimitKind), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("warn_at", Moment, nullable=False),
    Column("met_at", Moment),
    Column("warned_at", Moment),
    Column("escalated_at", Moment),
    Index("ix_application_time_limits_running", "due_at", sqlite_where=_running, postgresql_where=_running),
)
failed_lookups = Table(
    "failed_lookups",
    metadata,
    Column("caller", String(64), primary_key=True),
    Column("on", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)
mappings.map_imperatively(Application, applications)
mappings.map_imperatively(Step, application_steps)
mappings.map_imperatively(TimeLimit, application_time_limits)


class Applications(Repository[Application]):
    """Fulfils `hotline.storage.Applications`."""

    def add(self, entity: Application) -> None:
        """Keep it, at once: its history and its clocks refer to the row."""
        self._session.add(entity)
        self._session.flush()

    def get(self, application_id: UUID) -> Application:
        """The application, to read.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Application, application_id)
        if found is None:
            raise NotFound
        return found

    def get_locked(self, application_id: UUID) -> Application:
        """The application, held against a second reviewer until this unit of work ends.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Application, application_id, with_for_update=True)
        if found is None:
            raise NotFound
        return found

    def by_key(self, idempotency_key: str) -> Application | None:
        """The application that this key already made."""
        return self._session.scalar(select(Application).where(applications.c.idempotency_key == idempotency_key))

    def by_number(self, number: str) -> Application | None:
        """The application with this number, held while its wrong tries are counted."""
        return self._session.scalar(select(Application).where(applications.c.number == number).with_for_update())

    def of_conversation(self, conversation_id: UUID) -> list[Application]:
        """What one talk has led to, the newest first."""
        c = applications.c
        found = select(Application).where(c.conversation_id == conversation_id).order_by(c.submitted_at.desc())
        return list(self._session.scalars(found))

    def with_phone(self, phone: str) -> list[Application]:
        """Applications that give this phone."""
        return list(self._session.scalars(select(Application).where(applications.c.phone_index.in_(blind(phone)))))

    def with_identity(self, number: str) -> list[Application]:
        """Applications of the person with this document."""
        return list(self._session.scalars(select(Application).where(applications.c.identity_index.in_(blind(number)))))

    def listed(
        self, statuses: list[ApplicationStatus], count: int, before: datetime | None, difficult: bool = False
    ) -> list[Application]:
        """The newest in these states, sent or drafted before a moment, or the 重大疑难 of them; for the console's pages."""
        c = applications.c
        sent = select(Application).where(c.status.in_(statuses))
        if difficult:
            sent = sent.where(c.difficult)
        if before is not None:
            sent = sent.where(c.submitted_at < before)
        return list(self._session.scalars(sent.order_by(c.submitted_at.desc()).limit(count)))

    def add_step(self, step: Step) -> None:
        """Write a line of the history; there is no way to change one."""
        self._session.add(step)

    def steps(self, application_id: UUID) -> list[Step]:
        """The history, in order."""
        c = application_steps.c
        return list(self._session.scalars(select(Step).where(c.application_id == application_id).order_by(c.seq)))

    def add_limit(self, limit: TimeLimit) -> None:
        """Let a clock run."""
        self._session.add(limit)

    def limits(self, application_id: UUID) -> list[TimeLimit]:
        """All clocks of one application as they stand in the database now, in the order they began."""
        c = application_time_limits.c
        found = select(TimeLimit).where(c.application_id == application_id).order_by(c.started_at)
        self._session.flush()
        return list(self._session.scalars(found.execution_options(populate_existing=True)))

    def with_limits_to_tell(self, at: datetime, count: int) -> list[UUID]:
        """Applications with a clock that is near its end and unwarned, or past it and not escalated; in one order for all."""
        c = application_time_limits.c
        near = (c.warn_at <= at) & c.warned_at.is_(None)
        past = (c.due_at <= at) & c.escalated_at.is_(None)
        found = select(c.application_id).where(_running, near | past).distinct().order_by(c.application_id).limit(count)
        return list(self._session.scalars(found))

    def limits_running_out(self, at: datetime, count: int) -> list[tuple[TimeLimit, Application]]:
        """What the console lists: warned or escalated clocks that still run, the longest overdue first."""
        c = application_time_limits.c
        found = (
            select(TimeLimit, Application)
            .join(Application, applications.c.id == c.application_id)
            .where(_running, c.warn_at <= at)
            .order_by(c.due_at)
            .limit(count)
        )
        return [(limit, application) for limit, application in self._session.execute(found)]

    def failed_lookups(self, caller: str, on: date) -> int:
        """How often a caller has failed on a day."""
        c = failed_lookups.c
        return self._session.scalar(select(c.count).where(c.caller == caller, c.on == on)) or 0

    def count_failed_lookup(self, caller: str, on: date) -> None:
        """One failure more; two at once are both counted."""
        insert = postgresql.insert if self._session.get_bind().dialect.name == "postgresql" else sqlite.insert
        first = insert(failed_lookups).values(caller=caller, on=on, count=1)
        more = {"count": failed_lookups.c.count + 1}
        self._session.execute(first.on_conflict_do_update(index_elements=["caller", "on"], set_=more))

    def forget_failed_lookups(self, before: date) -> None:
        """Delete the counts of earlier days: they have done their work."""
        self._session.execute(delete(failed_lookups).where(failed_lookups.c.on < before))
