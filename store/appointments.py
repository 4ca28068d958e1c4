"""Booked times and their history."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Uuid, func, select, text
from sqlalchemy.exc import IntegrityError

from hotline.appointments import Appointment, AppointmentChange, AppointmentStatus
from hotline.errors import NotFound, NumberTaken
from store.columns import Moment, identity, mappings, metadata, of_conversation, word
from store.repository import Repository

_holds_place = text("status = 'confirmed'")
appointments = Table(
    "appointments",
    metadata,
    identity(),
    Column("number", String(16), nullable=False, unique=True),
    of_conversation(),
    Column("station_id", String(64), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("status", word(AppointmentStatus), nullable=False),
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
    identity(),
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), nullable=False, index=True),
    Column("act", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("idempotency_key", String(120), nullable=False, unique=True),
)
mappings.map_imperatively(Appointment, appointments)
mappings.map_imperatively(AppointmentChange, appointment_changes)


class Appointments(Repository[Appointment]):
    """Fulfils `hotline.storage.Appointments`."""

    def get(self, appointment_id: UUID) -> Appointment:
        """The appointment.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Appointment, appointment_id)
        if found is None:
            raise NotFound
        return found

    def take(self, appointment: Appointment, starts_at: datetime, seats: int) -> bool:
        """Sit the appointment on the first free seat of a slot; False if there is none, and it stays where it was.

        The unique index decides: check-then-insert gave 49 of 50 slots away twice under 16 threads.
        Raises:
            NumberTaken: another appointment has its reference number.
        """
        for seat in range(1, seats + 1):
            try:
                with self._session.begin_nested():  # writes what is pending first, so the new place is set inside
                    appointment.starts_at, appointment.seat = starts_at, seat
                    self._session.add(appointment)
                    self._session.flush()
                return True
            except IntegrityError as error:
                violated = str(error.orig)
                if "uq_appointments_number" in violated or "appointments.number" in violated:
                    raise NumberTaken from None
                if "uq_appointments_place" not in violated and "appointments.seat" not in violated:
                    raise
        return False

    def by_key(self, idempotency_key: str) -> Appointment | None:
        """The appointment that this key already made."""
        return self._session.scalar(select(Appointment).where(appointments.c.idempotency_key == idempotency_key))

    def change_by_key(self, idempotency_key: str) -> AppointmentChange | None:
        """The act that this key already did."""
        c = appointment_changes.c
        return self._session.scalar(select(AppointmentChange).where(c.idempotency_key == idempotency_key))

    def record(self, change: AppointmentChange) -> None:
        """Add to the history."""
        self._session.add(change)

    def live_for(self, conversation_id: UUID) -> Appointment | None:
        """The appointment of this conversation that holds a place."""
        c = appointments.c
        return self._session.scalar(
            select(Appointment).where(c.conversation_id == conversation_id, c.status == "confirmed")
        )

    def by_number(self, number: str) -> Appointment | None:
        """The appointment with this number."""
        return self._session.scalar(select(Appointment).where(appointments.c.number == number))

    def taken(self, station_id: str, start: datetime, end: datetime) -> dict[datetime, int]:
        """How many places are taken at each start between two moments."""
        c = appointments.c
        rows = self._session.execute(
            select(c.starts_at, func.count())
            .where(c.station_id == station_id, c.status == "confirmed", c.starts_at.between(start, end))
            .group_by(c.starts_at)
        )
        return {row[0]: row[1] for row in rows}
