"""Which times can be booked: a station's duty roster, or the calendar where it keeps none; holidays; places left."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import yaml

from hotline import working_days, workstations
from hotline.clock import SHANGHAI, day_in_words, local
from hotline.errors import (
    DayOff,
    KindNotOffered,
    KindUnknown,
    OutsideHours,
    PastTime,
    SlotUnknown,
    TooFarAhead,
)
from hotline.rosters import Shift
from hotline.storage import UnitOfWork
from hotline.workstations import Service, Station


class Kind(StrEnum):
    """How the citizen is served (云南 2019 三(三)4: 延时、预约、上门、网上; 窗口 and 电话 beside them)."""

    WINDOW = "window"
    EXTENDED = "extended"
    VISIT = "visit"
    PHONE = "phone"
    ONLINE = "online"

    @property
    def words(self) -> str:
        """窗口、延时、上门、电话、网上"""
        return KIND_WORDS[self]


KIND_WORDS = {
    Kind.WINDOW: "窗口",
    Kind.EXTENDED: "延时",
    Kind.VISIT: "上门",
    Kind.PHONE: "电话",
    Kind.ONLINE: "网上",
}


def kind_named(word: str) -> Kind:
    """The kind by its code or its Chinese word.

    Raises:
        KindUnknown
    """
    try:
        return next(kind for kind in Kind if word.strip() in (kind.value, kind.words))
    except StopIteration:
        raise KindUnknown(word) from None


class Part(StrEnum):
    """The half of the day a citizen asks for."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True)
class Wish:
    """When the citizen would like to come: a range of days, perhaps a half of the day or a clock time."""

    first: date
    last: date
    part: Part | None = None
    clock: time | None = None


@dataclass(frozen=True)
class Slot:
    """A stretch of time at a station that can be booked."""

    station_id: str
    starts_at: datetime
    provisional: bool
    """The State Council has not yet announced that year's holidays."""
    kind: Kind = Kind.WINDOW

    @property
    def id(self) -> str:
        """Names the slot in the API."""
        return f"{self.station_id}@{self.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}@{self.kind}"


@dataclass(frozen=True)
class Offer:
    """A slot as the roster or the calendar gives it."""

    starts_at: datetime
    length: timedelta
    seats: int


@dataclass(frozen=True)
class Hours:
    """The calendar's bookable day for one kind."""

    slot: timedelta
    seats: int
    sessions: tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class Calendar:
    """What `calendar.yaml` says."""

    notice: timedelta
    days_ahead: int
    hold: timedelta
    offer: timedelta
    rating_after: timedelta
    evening_before: tuple[int, time]
    shortly_before: timedelta
    kinds: dict[Kind, Hours]


@cache
def calendar() -> Calendar:
    """The agency's calendar."""
    raw = yaml.safe_load((Path(__file__).parent / "calendar.yaml").read_text(encoding="utf-8"))
    evening, shortly = raw["reminders"]
    return Calendar(
        notice=timedelta(minutes=raw["first_bookable_after_minutes"]),
        days_ahead=raw["bookable_days_ahead"],
        hold=timedelta(minutes=raw["hold_minutes"]),
        offer=timedelta(minutes=raw["offer_minutes"]),
        rating_after=timedelta(minutes=raw["rating_after_minutes"]),
        evening_before=(evening["days_before"], time.fromisoformat(evening["clock"])),
        shortly_before=timedelta(minutes=shortly["minutes_before"]),
        kinds={
            Kind(kind): Hours(
                slot=timedelta(minutes=hours["slot_minutes"]),
                seats=hours["seats"],
                sessions=tuple(
                    (time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"])) for one in hours["sessions"]
                ),
            )
            for kind, hours in raw["kinds"].items()
        },
    )


def offered_kinds(station: Station) -> tuple[Kind, ...]:
    """The kinds a station offers without a roster: home visits and late hours only where it says so."""
    kinds = [Kind.WINDOW, Kind.PHONE, Kind.ONLINE]
    if station.extended_until is not None:
        kinds.insert(1, Kind.EXTENDED)
    if Service.VISIT in station.accepts:
        kinds.append(Kind.VISIT)
    return tuple(kinds)


def offers_kind(uow: UnitOfWork, station_id: str, kind: Kind) -> bool:
    """Whether a station serves people in this way at all; with a roster the days tell.

    Raises:
        StationUnknown
    """
    return uow.rosters.kept_by(station_id) or kind in offered_kinds(workstations.station(uow, station_id))


def offers_on(
    uow: UnitOfWork, station: Station, kind: Kind, first: date, last: date
) -> Iterator[tuple[date, Sequence[Offer]]]:
    """What a station offers on each day, taken or not, in the order of time; worked out as far as it is asked for.

    A roster, where there is one, is all that counts: a day without a shift has no slots. On a day off only late hours
    (延时) are served, and only from a roster.
    """
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    if not uow.rosters.kept_by(station.id):
        offered = kind in offered_kinds(station)
        yield from ((day, _by_calendar(kind, day, station.extended_until) if offered else ()) for day in days)
        return
    shifts: dict[date, list[Shift]] = defaultdict(list)
    for shift in uow.rosters.shifts(station.id, first, last):
        shifts[shift.day].append(shift)
    yield from ((day, _by_roster(kind, day, shifts[day])) for day in days)


def _by_roster(kind: Kind, day: date, shifts: Iterable[Shift]) -> list[Offer]:
    if kind is not Kind.EXTENDED and not working_days.is_working_day(day).is_working:
        return []
    length = calendar().kinds[kind].slot
    offers = [
        offer
        for shift in shifts
        if shift.kind is kind
        for offer in _cut(day, shift.opens, shift.closes, length, shift.seats)
    ]
    return sorted(offers, key=lambda offer: offer.starts_at)


@lru_cache(maxsize=4096)
def _by_calendar(kind: Kind, day: date, extended_until: time | None) -> tuple[Offer, ...]:
    if not working_days.is_working_day(day).is_working:
        return ()
    hours = calendar().kinds[kind]
    sessions = hours.sessions
    if kind is Kind.EXTENDED and extended_until is not None:
        sessions = ((max(closes for _, closes in calendar().kinds[Kind.WINDOW].sessions), extended_until),)
    return tuple(offer for opens, closes in sessions for offer in _cut(day, opens, closes, hours.slot, hours.seats))


def _cut(day: date, opens: time, closes: time, length: timedelta, seats: int) -> Iterator[Offer]:
    start, end = datetime.combine(day, opens, SHANGHAI), datetime.combine(day, closes, SHANGHAI)
    while start + length <= end:
        yield Offer(start, length, seats)
        start += length


def free_slots(
    uow: UnitOfWork, station_id: str, wish: Wish, now: datetime, limit: int = 6, kind: Kind = Kind.WINDOW
) -> list[Slot]:
    """The first slots with a place left that fit the wish, best fit first: the asked clock time, then the order of time.

    Raises:
        StationUnknown
    """
    station = workstations.station(uow, station_id)
    first = max(wish.first, local(now).date())
    last = min(wish.last, local(now).date() + timedelta(days=calendar().days_ahead))
    if last < first:
        return []
    taken = uow.appointments.taken(
        station.id,
        kind,
        datetime.combine(first, time.min, SHANGHAI),
        datetime.combine(last, time.max, SHANGHAI),
        now,
    )
    found: list[Slot] = []
    for day, offers in offers_on(uow, station, kind, first, last):
        provisional = working_days.is_working_day(day).provisional
        free = [
            Slot(station.id, offer.starts_at, provisional, kind)
            for offer in offers
            if offer.starts_at >= now + calendar().notice
            and fits(offer.starts_at, wish)
            and taken.get(offer.starts_at, 0) < offer.seats
        ]
        if wish.clock is not None:
            asked = _minutes(wish.clock)
            free.sort(key=lambda slot: abs(_minutes(slot.starts_at.time()) - asked))
        found += free
        if len(found) >= limit:
            break
    return found[:limit]


def next_free_slots(
    uow: UnitOfWork, station_id: str, wish: Wish, now: datetime, limit: int = 3, kind: Kind = Kind.WINDOW
) -> list[Slot]:
    """What to offer when the wish cannot be met: the same half of the day on the following working days."""
    later = Wish(max(wish.first, local(now).date()), wish.last + timedelta(days=14), wish.part)
    return free_slots(uow, station_id, later, now, limit, kind)


def serves_on(uow: UnitOfWork, station_id: str, wish: Wish, now: datetime, kind: Kind = Kind.WINDOW) -> bool:
    """Whether the station serves people at all when the wish says, taken or not: waiting for a place makes sense."""
    first, last = max(wish.first, local(now).date()), wish.last
    if last < first or last > local(now).date() + timedelta(days=calendar().days_ahead):
        return False
    station = workstations.station(uow, station_id)
    return any(
        fits(offer.starts_at, wish) and offer.starts_at >= now + calendar().notice
        for _, offers in offers_on(uow, station, kind, first, last)
        for offer in offers
    )


def require_offer(uow: UnitOfWork, station: Station, slot: Slot, at: datetime) -> Offer:
    """The offer behind a slot that somebody asks for.

    Raises:
        PastTime, TooFarAhead, KindNotOffered, DayOff, OutsideHours: why it cannot be booked.
    """
    day = local(slot.starts_at).date()
    if slot.starts_at < at:
        raise PastTime(slot.id)
    if day > local(at).date() + timedelta(days=calendar().days_ahead):
        raise TooFarAhead(slot.id, calendar().days_ahead)
    ((_, offers),) = offers_on(uow, station, slot.kind, day, day)
    for offer in offers:
        if offer.starts_at == slot.starts_at:
            return offer
    if not working_days.is_working_day(day).is_working and slot.kind is not Kind.EXTENDED:
        raise DayOff(slot.id, day_in_words(day), day_in_words(working_days.next_working_day(day)[0]))
    if not offers and not uow.rosters.kept_by(station.id) and slot.kind not in offered_kinds(station):
        raise KindNotOffered(slot.id, slot.kind.words)
    raise OutsideHours(slot.id, "、".join(f"{local(offer.starts_at):%H:%M}" for offer in offers))


def slot_named(slot_id: str) -> Slot:
    """The slot behind an id of the API; whether it can be booked is judged when it is taken.

    Raises:
        SlotUnknown: not an id that this service gives.
        KindUnknown
    """
    station_id, _, rest = slot_id.partition("@")
    moment, _, kind = rest.partition("@")
    try:
        start = datetime.strptime(moment, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        raise SlotUnknown(slot_id) from None
    day = local(start).date()
    return Slot(station_id, start, working_days.is_working_day(day).provisional, kind_named(kind or Kind.WINDOW))


def fits(start: datetime, wish: Wish) -> bool:
    """Whether a start lies in the days and the half of the day that are wished for."""
    there = local(start)
    if not wish.first <= there.date() <= wish.last:
        return False
    return wish.part is None or (there.hour < 12) is (wish.part is Part.MORNING)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
