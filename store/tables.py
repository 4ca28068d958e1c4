"""The columns. Words of citizens, names and phones are `Encrypted`; what must be unique is unique here, not in code."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import Boolean, TypeDecorator

from hotline.applications import ApplicationStatus
from hotline.appointments import AppointmentStatus
from hotline.conversations import Owner, Progress, Speaker
from hotline.handoffs import HandoffStatus
from store.encryption import Encrypted

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


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


def _word(kind: type[StrEnum]) -> Enum:
    return Enum(kind, native_enum=False, length=16, values_callable=lambda words: [word.value for word in words])


def _id() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def _conversation_id(**options: bool) -> Column[object]:
    return Column("conversation_id", Uuid, ForeignKey("conversations.id"), nullable=False, **options)  # type: ignore[arg-type]


conversations = Table(
    "conversations",
    metadata,
    _id(),
    Column("channel", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("opened_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("owner", _word(Owner), nullable=False),
    Column("operator_id", Uuid, ForeignKey("operators.id")),
    Column("last_seq", Integer, nullable=False),
    Column("slots", Encrypted("conversations.slots"), nullable=False),
    Column("dialogue_session", Integer, nullable=False),
    Column("turns_in_session", Integer, nullable=False),
    Column("fallbacks_in_a_row", Integer, nullable=False),
)

events = Table(
    "events",
    metadata,
    _conversation_id(primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("type", String(16), nullable=False),
    Column("speaker", _word(Speaker), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("blocks", Encrypted("events.blocks"), nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("client_msg_id", String(64)),
    Column("progress", _word(Progress), nullable=False),
    Column("claimed_at", Moment),
    Column("payload", String(500)),
    Column("understood", Encrypted("events.understood"), nullable=False),
    UniqueConstraint("conversation_id", "client_msg_id"),
    Index(
        "ix_events_unfinished",
        "progress",
        sqlite_where=text("progress <> 'done'"),
        postgresql_where=text("progress <> 'done'"),
    ),
)

buttons = Table(
    "buttons",
    metadata,
    Column("action_id", String(32), primary_key=True),
    _conversation_id(index=True),
    Column("label", String(200), nullable=False),
    Column("payload", String(500), nullable=False),
)

_waiting = text("status <> 'closed'")
handoffs = Table(
    "handoffs",
    metadata,
    _id(),
    _conversation_id(),
    Column("reason", String(32), nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("status", _word(HandoffStatus), nullable=False),
    Column("operator_id", Uuid, ForeignKey("operators.id")),
    Column("accepted_at", Moment),
    Column("closed_at", Moment),
    Index("uq_handoffs_live", "conversation_id", unique=True, sqlite_where=_waiting, postgresql_where=_waiting),
)

_holds_place = text("status = 'confirmed'")
appointments = Table(
    "appointments",
    metadata,
    _id(),
    Column("number", String(16), nullable=False, unique=True),
    _conversation_id(),
    Column("station_id", String(64), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("status", _word(AppointmentStatus), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("matter", String(8)),
    Column("created_at", Moment, nullable=False),
    Column("idempotency_key", String(120), nullable=False, unique=True),
    # No place twice, and one live appointment a conversation: the database decides, not a check before the insert.
    Index(
        "uq_appointments_place",
        "station_id",
        "starts_at",
        "seat",
        unique=True,
        sqlite_where=_holds_place,
        postgresql_where=_holds_place,
    ),
    Index(
        "uq_appointments_live", "conversation_id", unique=True, sqlite_where=_holds_place, postgresql_where=_holds_place
    ),
)

appointment_changes = Table(
    "appointment_changes",
    metadata,
    _id(),
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), nullable=False, index=True),
    Column("act", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("idempotency_key", String(120), nullable=False, unique=True),
)

applications = Table(
    "applications",
    metadata,
    _id(),
    Column("number", String(16), nullable=False, unique=True),
    _conversation_id(index=True),
    Column("agency", String(100), nullable=False),
    Column("region", String(6)),
    Column("matter", String(8), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("facts", Encrypted("applications.facts"), nullable=False),
    Column("applicant_name", Encrypted("applications.applicant_name"), nullable=False),
    Column("applicant_phone", Encrypted("applications.applicant_phone"), nullable=False),
    Column("phone_tail", Encrypted("applications.phone_tail"), nullable=False),
    Column("wants_woman_lawyer", Boolean),
    Column("status", _word(ApplicationStatus), nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("wrong_tails", Integer, nullable=False),
    Column("wrong_tails_on", Date),
    Column("idempotency_key", String(120), nullable=False, unique=True),
)

consultations = Table(
    "consultations",
    metadata,
    _id(),
    _conversation_id(unique=True),
    Column("channel", String(16), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("topic", String(32)),
    Column("region", String(6)),
    Column("matter", String(8)),
    Column("outcome", String(16)),
    Column("disposition", String(16), nullable=False),
    Column("articles", JSON, nullable=False),
    Column("told_right_to_apply", Boolean, nullable=False),
    Column("claim_yuan", String(20)),
)

ratings = Table(
    "ratings",
    metadata,
    _id(),
    _conversation_id(unique=True),
    Column("score", Integer, nullable=False),
    Column("comment", Encrypted("ratings.comment")),
    Column("rated_at", Moment, nullable=False),
)

complaints = Table(
    "complaints",
    metadata,
    _id(),
    Column("number", String(16), nullable=False, unique=True),
    _conversation_id(index=True),
    Column("words", Encrypted("complaints.words"), nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("idempotency_key", String(120), nullable=False, unique=True),
)

operators = Table(
    "operators",
    metadata,
    _id(),
    Column("login", String(64), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("display_name", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("failed_logins", Integer, nullable=False),
    Column("locked_until", Moment),
)

operator_sessions = Table(
    "operator_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("operator_id", Uuid, ForeignKey("operators.id"), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", String(64), nullable=False),
    Column("act", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
)
