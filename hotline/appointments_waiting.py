"""The waiting list: whoever found everything full is offered a place that becomes free, in the order of asking."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from hotline import appointments, outbox, workstations
from hotline.appointments import Appointment, Request
from hotline.appointments_slots import Kind, Part, Slot, Wish, calendar, fits
from hotline.audit import SYSTEM
from hotline.clock import SHANGHAI, in_words, local
from hotline.errors import AlreadyBooked, NotBookable, PastTime, SlotTaken
from hotline.storage import UnitOfWork


class WaitingStatus(StrEnum):
    """WAITING until a place was offered, the last wished day is over, or the citizen has left the list."""

    WAITING = "waiting"
    OFFERED = "offered"
    LEFT = "left"


@dataclass(eq=False)
class Waiting:
    """Somebody's place in the list of a station."""

    conversation_id: UUID
    station_id: str
    kind: Kind
    first: date
    last: date
    created_at: datetime
    part: Part | None = None
    purpose: str = "consult"
    matter: str | None = None
    status: WaitingStatus = WaitingStatus.WAITING
    id: UUID = field(default_factory=uuid4)


@dataclass(eq=False)
class FreedPlace:
    """A place that was given back and has not been offered yet."""

    station_id: str
    kind: Kind
    starts_at: datetime
    freed_at: datetime
    id: UUID = field(default_factory=uuid4)


def join(
    uow: UnitOfWork,
    conversation_id: UUID,
    station_id: str,
    wish: Wish,
    at: datetime,
    kind: Kind = Kind.WINDOW,
    purpose: str = "consult",
    matter: str | None = None,
) -> Waiting:
    """Wait for a place in the wished days; asking again changes the wish, not the place in the list.

    Raises:
        PastTime: the days are over, or end before they begin.
    """
    if wish.last < max(wish.first, local(at).date()):
        raise PastTime(f"{wish.first} to {wish.last}")
    uow.conversations.get_locked(conversation_id)
    workstations.station(uow, station_id)
    waiting = uow.waiting.live_for(conversation_id)
    if waiting is None:
        waiting = Waiting(conversation_id, station_id, kind, wish.first, wish.last, at, wish.part, purpose, matter)
        uow.waiting.add(waiting)
    else:
        waiting.station_id, waiting.kind, waiting.purpose, waiting.matter = station_id, kind, purpose, matter
        waiting.first, waiting.last, waiting.part = wish.first, wish.last, wish.part
    return waiting


def leave(uow: UnitOfWork, conversation_id: UUID) -> bool:
    """Wait no longer; False if nobody waited."""
    uow.conversations.get_locked(conversation_id)
    waiting = uow.waiting.live_for(conversation_id)
    if waiting is None:
        return False
    waiting.status = WaitingStatus.LEFT
    return True


def offer_next(uow: UnitOfWork, at: datetime) -> bool:
    """Offer one freed place to whoever has waited longest for such a one; False if no place is left to offer.

    Whoever has no appointment gets the place held for two hours; whoever has one (and waits for an earlier time) is only
    told, because one conversation holds one place. Called by the worker, in a unit of work of its own: it locks another
    citizen's conversation, which no citizen's own act may do.
    """
    place = uow.waiting.claim_freed()
    if place is None:
        return False
    slot = Slot(place.station_id, place.starts_at, False, place.kind)
    waiting = None
    if place.starts_at >= at + calendar().notice:
        day = local(place.starts_at).date()
        found = uow.waiting.longest_for(place.station_id, place.kind, day)
        waiting = next((one for one in found if fits(place.starts_at, Wish(one.first, one.last, one.part))), None)
    if waiting is not None:
        _offer(uow, waiting, slot, place, at)
    uow.waiting.remove(place)
    return True


def _offer(uow: UnitOfWork, waiting: Waiting, slot: Slot, place: FreedPlace, at: datetime) -> None:
    key = f"offer:{place.id}"
    request = Request(slot, waiting.purpose, waiting.matter)
    until = min(at + calendar().offer, slot.starts_at - calendar().notice / 2)
    held: Appointment | None = None
    if uow.appointments.live_for(waiting.conversation_id) is None:
        try:
            held = appointments.hold(uow, waiting.conversation_id, request, key, at, SYSTEM, until - at)
        except (AlreadyBooked, SlotTaken, NotBookable):
            return  # somebody was faster, or the time may no longer be booked: the list stays as it is
    waiting.status = WaitingStatus.OFFERED
    name = workstations.station(uow, slot.station_id).name
    start = slot.starts_at.astimezone(SHANGHAI).isoformat()
    press = f'{{"slot_start": "{start}"}}'
    if held is not None:
        text = f"有空位了：{in_words(slot.starts_at)}，{name}。给您留到{local(until):%H:%M}，请在这之前告诉我要不要。"
        yes = ("要这个时间", f"/book_appointment{press}")
    else:
        text = f"有空位了：{in_words(slot.starts_at)}，{name}。要改到这个时间，请尽快告诉我，先到先得。"
        yes = ("改到这个时间", f"/change_appointment{press}")
    outbox.post(
        uow,
        waiting.conversation_id,
        "appointment_offer",
        held.number if held else str(waiting.id),
        key,
        text,
        at,
        buttons=[yes, ("不要了", "/cancel_appointment") if held else ("转人工", "/request_human")],
    )
