"""Booked times and their history, the waiting list, and places given back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Uuid, func, or_, select, text
from sqlalchemy.exc import IntegrityError

from hotline.appointments import Appointment, AppointmentChange, AppointmentStatus
from hotline.appointments_slots import Kind, Part, Slot
from hotline.appointments_waiting import FreedPlace, Waiting, WaitingStatus
from hotline.errors import NotFound, NumberTaken
from store.columns import Moment, identity, mappings, metadata, of_conversation, word
from store.encryption import Encrypted
from store.repository import Repository

LONGEST_LIST = 50
"""How many of those who wait are looked at for one freed place."""

_holds_place = text("status IN ('held', 'confirmed')")
_held = text("status = 'held'")
_waiting = text("status = 'waiting'")
appointments = Table(
    "appointments",
    metadata,
    identity(),
    Column("number", String(16), nullable=False, unique=True),
    of_conversation(index=True),
    Column("station_id", String(64), nullable=False),
    Column("kind", word(Kind), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("status", word(AppointmentStatus), nullable=False),
    Column("held_until", Moment),
    Column("purpose", String(16), nullable=False),
    Column("matter", String(8)),
    Column("contact", Encrypted("appointments.contact")),
    Column("created_at", Moment, nullable=False),
    Column("idempotency_key", String(120), nullable=False, unique=True),
    # No place twice, and one live appointment a conversation: the database decides, not a check before the insert.
    Index(
        "uq_appointments_place",
        "station_id",
        "kind",
        "starts_at",
        "seat",
        unique=True,
        sqlite_where=_holds_place,
        postgresql_where=_holds_place,
    ),
    Index(
        "uq_appointments_live", "conversation_id", unique=True, sqlite_where=_holds_place, postgresql_where=_holds_place
    ),
    Index("ix_appointments_starts_at", "starts_at"),
    Index("ix_appointments_held_until", "held_until", sqlite_where=_held, postgresql_where=_held),
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

waiting_list = Table(
    "waiting_list",
    metadata,
    identity(),
    of_conversation(),
    Column("station_id", String(64), nullable=False),
    Column("kind", word(Kind), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("part", word(Part)),
    Column("purpose", String(16), nullable=False),
    Column("matter", String(8)),
    Column("created_at", Moment, nullable=False),
    Column("status", word(WaitingStatus), nullable=False),
    Index("uq_waiting_list_live", "conversation_id", unique=True, sqlite_where=_waiting, postgresql_where=_waiting),
    Index(
        "ix_waiting_list_order",
        "station_id",
        "kind",
        "created_at",
        sqlite_where=_waiting,
        postgresql_where=_waiting,
    ),
)

freed_places = Table(
    "freed_places",
    metadata,
    identity(),
    Column("station_id", String(64), nullable=False),
    Column("kind", word(Kind), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("freed_at", Moment, nullable=False, index=True),
)
mappings.map_imperatively(Appointment, appointments)
mappings.map_imperatively(AppointmentChange, appointment_changes)
mappings.map_imperatively(Waiting, waiting_list)
mappings.map_imperatively(FreedPlace, freed_places)


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

    def refresh(self, appointment: Appointment) -> None:
        """See what others wrote, and keep it from changing until this unit of work ends."""
        self._session.flush()
        self._session.refresh(appointment, with_for_update=True)

    def take(self, appointment: Appointment, slot: Slot, seats: int, status: AppointmentStatus, at: datetime) -> bool:
        """Sit the appointment on a free seat of a slot; False if there is none, and it stays where it was.

        Holds of this slot that have run out are released first. The unique index decides: check-then-insert gave 49 of
        50 slots away twice under 16 threads.

        Raises:
            NumberTaken: another appointment has its reference number.
        """
        for seat in self._free_seats(slot, seats, at):
            try:
                with self._session.begin_nested():  # writes what is pending first, so the new place is set inside
                    appointment.station_id, appointment.kind = slot.station_id, slot.kind
                    appointment.starts_at, appointment.seat, appointment.status = slot.starts_at, seat, status
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

    def _free_seats(self, slot: Slot, seats: int, at: datetime) -> list[int]:
        c = appointments.c
        here = (c.station_id == slot.station_id, c.kind == slot.kind, c.starts_at == slot.starts_at)
        live = self._session.execute(select(c.seat, c.held_until).where(*here, _holds_place)).all()
        if any(held_until is not None and held_until <= at for _, held_until in live):
            self._release(slot, at)
            live = self._session.execute(select(c.seat, c.held_until).where(*here, _holds_place)).all()
        taken = {seat for seat, _ in live}
        return [seat for seat in range(1, seats + 1) if seat not in taken]

    def _release(self, slot: Slot, at: datetime) -> None:
        c = appointments.c
        here = (c.station_id == slot.station_id, c.kind == slot.kind, c.starts_at == slot.starts_at)
        over = select(Appointment).where(*here, _held, c.held_until <= at).with_for_update()
        for one in self._session.scalars(over):
            one.status = AppointmentStatus.EXPIRED
            key = f"{one.id}:expired:{one.held_until}"
            self.record(AppointmentChange(one.id, "expired", at, key, one.starts_at))
            self.free(slot, at)

    def free(self, slot: Slot, at: datetime) -> None:
        """Note that a place in a slot was given back."""
        self._session.add(FreedPlace(slot.station_id, slot.kind, slot.starts_at, at))

    def live_or_made_by(self, conversation_id: UUID, key: str) -> list[Appointment]:
        """Of one conversation: the appointment that holds a place, and the one that this key already made."""
        c = appointments.c
        either = or_(_holds_place, c.idempotency_key == key)
        return list(self._session.scalars(select(Appointment).where(c.conversation_id == conversation_id, either)))

    def change_by_key(self, idempotency_key: str) -> AppointmentChange | None:
        """The act that this key already did."""
        c = appointment_changes.c
        return self._session.scalar(select(AppointmentChange).where(c.idempotency_key == idempotency_key))

    def record(self, change: AppointmentChange) -> None:
        """Add to the history."""
        self._session.add(change)

    def history(self, appointment_id: UUID) -> list[AppointmentChange]:
        """All acts on an appointment, the first one first."""
        c = appointment_changes.c
        return list(
            self._session.scalars(
                select(AppointmentChange).where(c.appointment_id == appointment_id).order_by(c.at, c.id)
            )
        )

    def live_for(self, conversation_id: UUID) -> Appointment | None:
        """The appointment of this conversation that holds a place."""
        c = appointments.c
        return self._session.scalar(select(Appointment).where(c.conversation_id == conversation_id, _holds_place))

    def by_number(self, number: str) -> Appointment | None:
        """The appointment with this number."""
        return self._session.scalar(select(Appointment).where(appointments.c.number == number))

    def taken(self, station_id: str, kind: Kind, start: datetime, end: datetime, now: datetime) -> dict[datetime, int]:
        """How many places are taken at each start between two moments; a hold that has run out takes none."""
        c = appointments.c
        counts = or_(c.status == AppointmentStatus.CONFIRMED, c.held_until > now)
        rows = self._session.execute(
            select(c.starts_at, func.count())
            .where(c.station_id == station_id, c.kind == kind, c.starts_at.between(start, end), _holds_place, counts)
            .group_by(c.starts_at)
        )
        return {row[0]: row[1] for row in rows}

    def expired_holds(self, at: datetime, limit: int = 100) -> list[Appointment]:
        """Holds that have run out and that nobody else is releasing."""
        c = appointments.c
        over = select(Appointment).where(_held, c.held_until <= at).order_by(c.held_until).limit(limit)
        return list(self._session.scalars(over.with_for_update(skip_locked=True)))

    def of_conversation(self, conversation_id: UUID) -> list[Appointment]:
        """All that one talk has booked, the first one first."""
        c = appointments.c
        found = select(Appointment).where(c.conversation_id == conversation_id).order_by(c.created_at)
        return list(self._session.scalars(found))

    def expected(self, start: datetime, end: datetime, station_id: str | None) -> list[Appointment]:
        """What is confirmed, kept or missed between two moments, in the order of time; of one station or of all."""
        c = appointments.c
        there = (AppointmentStatus.CONFIRMED, AppointmentStatus.KEPT, AppointmentStatus.NO_SHOW)
        found = select(Appointment).where(c.starts_at >= start, c.starts_at < end, c.status.in_(there))
        if station_id is not None:
            found = found.where(c.station_id == station_id)
        return list(self._session.scalars(found.order_by(c.starts_at, c.station_id, c.seat)))


class WaitingList(Repository[Waiting]):
    """Fulfils `hotline.storage.WaitingList`."""

    def live_for(self, conversation_id: UUID) -> Waiting | None:
        """What this conversation waits for."""
        c = waiting_list.c
        return self._session.scalar(select(Waiting).where(c.conversation_id == conversation_id, _waiting))

    def longest_for(self, station_id: str, kind: Kind, day: date) -> list[Waiting]:
        """Who waits for this day, the longest first, without those whom somebody else is seeing to."""
        c = waiting_list.c
        wanted = select(Waiting).where(c.station_id == station_id, c.kind == kind, c.first <= day, c.last >= day)
        order = wanted.where(_waiting).order_by(c.created_at).limit(LONGEST_LIST)
        return list(self._session.scalars(order.with_for_update(skip_locked=True)))

    def claim_freed(self) -> FreedPlace | None:
        """The place given back first that nobody else is offering."""
        oldest = select(FreedPlace).order_by(freed_places.c.freed_at).limit(1)
        return self._session.scalar(oldest.with_for_update(skip_locked=True))

    def remove(self, place: FreedPlace) -> None:
        """It has been offered, or nobody wants it."""
        self._session.delete(place)
