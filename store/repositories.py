"""Each aggregate's questions to the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.applications import Application
from hotline.appointments import Appointment, AppointmentChange
from hotline.complaints import Complaint
from hotline.consultations import Consultation
from hotline.conversations import Button, Conversation, Event, Progress, Speaker
from hotline.errors import NotFound, NumberTaken
from hotline.handoffs import URGENT_REASONS, Handoff, HandoffStatus
from hotline.operators import AuditEntry, Operator, OperatorSession
from hotline.ratings import Rating
from store import mapping as _mapping  # noqa: F401  # ties the classes below to their tables
from store import tables as t


class Repository[T]:
    """What every aggregate can do: be added."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entity: T) -> None:
        """Keep it; written at the latest when the unit of work commits."""
        self._session.add(entity)


class Conversations(Repository[Conversation]):
    """Fulfils `hotline.storage.Conversations`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._locked: set[UUID] = set()

    def get(self, conversation_id: UUID) -> Conversation:
        """The conversation.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Conversation, conversation_id)
        if found is None:
            raise NotFound
        return found

    def by_token(self, token_hash: str) -> Conversation | None:
        """The conversation that this token opens."""
        return self._session.scalar(select(Conversation).where(t.conversations.c.token_hash == token_hash))

    def lock(self, conversation: Conversation) -> None:
        """Wait until nobody else writes to this conversation, and see what they wrote; held until this work ends."""
        if conversation.id not in self._locked:
            self._session.flush()
            self._session.refresh(conversation, with_for_update=True)
            self._locked.add(conversation.id)

    def next_seq(self, conversation: Conversation) -> int:
        """The next line number. The row lock makes lines appear in the order of their numbers."""
        self.lock(conversation)
        conversation.last_seq += 1
        return conversation.last_seq


class Events(Repository[Event]):
    """Fulfils `hotline.storage.Events`."""

    def get(self, conversation_id: UUID, seq: int) -> Event:
        """One line.

        Raises:
            NotFound: no such line.
        """
        found = self._session.get(Event, (conversation_id, seq))
        if found is None:
            raise NotFound
        return found

    def by_client_msg_id(self, conversation_id: UUID, client_msg_id: str) -> Event | None:
        """The message that the client already sent under this id."""
        c = t.events.c
        return self._session.scalar(
            select(Event).where(c.conversation_id == conversation_id, c.client_msg_id == client_msg_id)
        )

    def count_from_citizen(self, conversation_id: UUID, since: datetime) -> int:
        """How many messages the citizen sent since then."""
        c = t.events.c
        return (
            self._session.scalar(
                select(func.count())
                .select_from(t.events)
                .where(c.conversation_id == conversation_id, c.speaker == Speaker.CITIZEN, c.created_at > since)
            )
            or 0
        )

    def after(self, conversation_id: UUID, seq: int) -> list[Event]:
        """The lines after `seq`, in order."""
        c = t.events.c
        return list(
            self._session.scalars(
                select(Event).where(c.conversation_id == conversation_id, c.seq > seq).order_by(c.seq)
            )
        )

    def latest(self, conversation_id: UUID, count: int) -> list[Event]:
        """The last lines, in order."""
        c = t.events.c
        newest = select(Event).where(c.conversation_id == conversation_id).order_by(c.seq.desc()).limit(count)
        return list(self._session.scalars(newest))[::-1]

    def claim_next(self, conversation_id: UUID, at: datetime) -> Event | None:
        """Take the oldest unanswered message, unless one of this conversation is being answered: one turn at a time."""
        c = t.events.c
        self._session.execute(
            select(t.conversations.c.id).where(t.conversations.c.id == conversation_id).with_for_update()
        )
        unfinished = list(
            self._session.scalars(
                select(Event)
                .where(c.conversation_id == conversation_id, c.progress.in_([Progress.PENDING, Progress.RUNNING]))
                .order_by(c.seq)
            )
        )
        if not unfinished or any(event.progress is Progress.RUNNING for event in unfinished):
            return None
        unfinished[0].progress, unfinished[0].claimed_at = Progress.RUNNING, at
        return unfinished[0]

    def release_stale(self, before: datetime) -> list[UUID]:
        """Put back messages whose turn began before then and never ended (the process died); their conversations."""
        c = t.events.c
        stale = (c.progress == Progress.RUNNING) & (c.claimed_at < before)
        conversations = list(self._session.scalars(select(c.conversation_id).where(stale).distinct()))
        self._session.execute(update(t.events).where(stale).values(progress=Progress.PENDING, claimed_at=None))
        return conversations

    def waiting(self) -> list[UUID]:
        """Conversations with an unanswered message that nobody is answering."""
        c = t.events.c
        return list(self._session.scalars(select(c.conversation_id).where(c.progress == Progress.PENDING).distinct()))

    def erase(self, conversation_id: UUID) -> None:
        """Delete every line of the conversation."""
        self._session.execute(delete(t.events).where(t.events.c.conversation_id == conversation_id))


class Buttons(Repository[Button]):
    """Fulfils `hotline.storage.Buttons`."""

    def erase(self, conversation_id: UUID) -> None:
        """Delete the quick replies issued in the conversation."""
        self._session.execute(delete(t.buttons).where(t.buttons.c.conversation_id == conversation_id))

    def get(self, action_id: str) -> Button | None:
        """The issued button, if there was one."""
        return self._session.get(Button, action_id)


class Handoffs(Repository[Handoff]):
    """Fulfils `hotline.storage.Handoffs`."""

    def get_locked(self, handoff_id: UUID) -> Handoff:
        """The request, held against a second operator until this unit of work ends.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Handoff, handoff_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise NotFound
        return found

    def live(self, conversation_id: UUID) -> Handoff | None:
        """The request of this conversation that is not over."""
        c = t.handoffs.c
        return self._session.scalar(
            select(Handoff).where(c.conversation_id == conversation_id, c.status != HandoffStatus.CLOSED)
        )

    def open(self) -> list[Handoff]:
        """All that are not over: danger first, then the longest wait."""
        c = t.handoffs.c
        rows = self._session.scalars(select(Handoff).where(c.status != HandoffStatus.CLOSED).order_by(c.requested_at))
        return sorted(rows, key=lambda handoff: not handoff.urgent)

    def ahead_of(self, handoff: Handoff) -> int:
        """How many wait in front of this one, in the order of `open`."""
        c = t.handoffs.c
        earlier, urgent = c.requested_at < handoff.requested_at, c.reason.in_(URGENT_REASONS)
        in_front = earlier & urgent if handoff.urgent else earlier | urgent
        return (
            self._session.scalar(
                select(func.count())
                .select_from(t.handoffs)
                .where(c.status == HandoffStatus.WAITING, c.id != handoff.id, in_front)
            )
            or 0
        )


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
        return self._session.scalar(select(Appointment).where(t.appointments.c.idempotency_key == idempotency_key))

    def change_by_key(self, idempotency_key: str) -> AppointmentChange | None:
        """The act that this key already did."""
        c = t.appointment_changes.c
        return self._session.scalar(select(AppointmentChange).where(c.idempotency_key == idempotency_key))

    def record(self, change: AppointmentChange) -> None:
        """Add to the history."""
        self._session.add(change)

    def live_for(self, conversation_id: UUID) -> Appointment | None:
        """The appointment of this conversation that holds a place."""
        c = t.appointments.c
        return self._session.scalar(
            select(Appointment).where(c.conversation_id == conversation_id, c.status == "confirmed")
        )

    def by_number(self, number: str) -> Appointment | None:
        """The appointment with this number."""
        return self._session.scalar(select(Appointment).where(t.appointments.c.number == number))

    def taken(self, station_id: str, start: datetime, end: datetime) -> dict[datetime, int]:
        """How many places are taken at each start between two moments."""
        c = t.appointments.c
        rows = self._session.execute(
            select(c.starts_at, func.count())
            .where(c.station_id == station_id, c.status == "confirmed", c.starts_at.between(start, end))
            .group_by(c.starts_at)
        )
        return {row[0]: row[1] for row in rows}


class Applications(Repository[Application]):
    """Fulfils `hotline.storage.Applications`."""

    def by_key(self, idempotency_key: str) -> Application | None:
        """The application that this key already made."""
        return self._session.scalar(select(Application).where(t.applications.c.idempotency_key == idempotency_key))

    def by_number(self, number: str) -> Application | None:
        """The application with this number, held while its wrong tries are counted."""
        return self._session.scalar(select(Application).where(t.applications.c.number == number).with_for_update())


class Consultations(Repository[Consultation]):
    """Fulfils `hotline.storage.Consultations`."""

    def for_conversation(self, conversation_id: UUID) -> Consultation | None:
        """The ledger row of this conversation."""
        return self._session.scalar(select(Consultation).where(t.consultations.c.conversation_id == conversation_id))


class Ratings(Repository[Rating]):
    """Fulfils `hotline.storage.Ratings`."""

    def for_conversation(self, conversation_id: UUID) -> Rating | None:
        """The rating of this conversation."""
        return self._session.scalar(select(Rating).where(t.ratings.c.conversation_id == conversation_id))


class Complaints(Repository[Complaint]):
    """Fulfils `hotline.storage.Complaints`."""

    def by_key(self, idempotency_key: str) -> Complaint | None:
        """The complaint that this key already made."""
        return self._session.scalar(select(Complaint).where(t.complaints.c.idempotency_key == idempotency_key))

    def by_number(self, number: str) -> Complaint | None:
        """The complaint with this number."""
        return self._session.scalar(select(Complaint).where(t.complaints.c.number == number))


class Operators(Repository[Operator]):
    """Fulfils `hotline.storage.Operators`."""

    def get(self, operator_id: UUID) -> Operator:
        """The operator.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Operator, operator_id)
        if found is None:
            raise NotFound
        return found

    def by_login(self, login: str) -> Operator | None:
        """The operator with this login, held while failed logins are counted."""
        return self._session.scalar(select(Operator).where(t.operators.c.login == login).with_for_update())

    def add_session(self, session: OperatorSession) -> None:
        """Keep a login."""
        self._session.add(session)

    def session(self, token_hash: str) -> OperatorSession | None:
        """The login behind this token."""
        return self._session.get(OperatorSession, token_hash)

    def end_session(self, token_hash: str) -> None:
        """Forget a login."""
        found = self.session(token_hash)
        if found is not None:
            self._session.delete(found)


class Audit(Repository[AuditEntry]):
    """Fulfils `hotline.storage.Audit`."""
