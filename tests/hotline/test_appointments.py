"""Half-hours at a window on working days."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from hotline import appointments
from hotline.appointments import AppointmentStatus, Request
from hotline.appointments_slots import Kind, Part, Slot, Wish, calendar, free_slots, next_free_slots, offers_on
from hotline.clock import SHANGHAI, in_words, local
from hotline.conversations import Conversation
from hotline.errors import NotBookable, SlotTaken
from hotline.workstations import derived_centre
from store.unit_of_work import OpenUow
from tests.conftest import Clock, a_conversation

STATION = "340104-center"
SEATS = calendar().kinds[Kind.WINDOW].seats
TUESDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 27)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def slot(start: datetime) -> Slot:
    return Slot(STATION, start, False)


def found(open_uow: OpenUow, clock: Clock, wish: Wish, limit: int = 6) -> list[str]:
    with open_uow() as uow:
        return [f"{local(one.starts_at):%m-%d %H:%M}" for one in free_slots(uow, STATION, wish, clock(), limit)]


def book(open_uow: OpenUow, conversation_id: UUID, start: datetime, key: str, clock: Clock) -> appointments.Appointment:
    with open_uow() as uow:
        return appointments.book(uow, conversation_id, Request(slot(start), matter="M05A"), key, clock())


def starts_on(open_uow: OpenUow, day: date) -> list[str]:
    with open_uow() as uow:
        ((_, offers),) = offers_on(uow, derived_centre("340104"), Kind.WINDOW, day, day)
    return [f"{local(one.starts_at):%H:%M}" for one in offers]


def test_一天有哪些时段_不跨午休不超下班(open_uow: OpenUow) -> None:
    starts = starts_on(open_uow, TUESDAY)
    assert starts == ["09:00", "09:30", "10:00", "10:30", "11:00", "14:30", "15:00", "15:30", "16:00", "16:30"]


@pytest.mark.parametrize(
    ("day", "works"),
    [(date(2026, 11, 22), False), (date(2026, 10, 1), False), (date(2026, 10, 10), True), (TUESDAY, True)],
    ids=["星期日", "国庆节", "调休上班的星期六", "星期二"],
)
def test_休息日没有时段_调休上班日有(open_uow: OpenUow, day: date, works: bool) -> None:
    assert bool(starts_on(open_uow, day)) is works


def test_上午下午按上海的钟(open_uow: OpenUow, clock: Clock) -> None:
    assert found(open_uow, clock, Wish(TUESDAY, TUESDAY, Part.MORNING))[0] == "11-24 09:00"
    assert found(open_uow, clock, Wish(TUESDAY, TUESDAY, Part.AFTERNOON))[0] == "11-24 14:30"


def test_说了几点_从最近的排起(open_uow: OpenUow, clock: Clock) -> None:
    wish = Wish(TUESDAY, TUESDAY, clock=time(15, 10))
    assert found(open_uow, clock, wish, 3) == ["11-24 15:00", "11-24 15:30", "11-24 14:30"]


def test_当天至少提前一小时(open_uow: OpenUow, clock: Clock) -> None:
    today = local(clock()).date()
    assert found(open_uow, clock, Wish(today, today))[0] == "11-23 10:00"


def test_过去的和三十天以后的都没有(open_uow: OpenUow, clock: Clock) -> None:
    assert found(open_uow, clock, Wish(date(2026, 11, 20), date(2026, 11, 20))) == []
    assert found(open_uow, clock, Wish(date(2026, 12, 24), date(2026, 12, 31))) == []
    assert found(open_uow, clock, Wish(date(2026, 12, 23), date(2026, 12, 23))) != []


def test_周末没有_给出接下来的工作日(open_uow: OpenUow, clock: Clock) -> None:
    saturday = Wish(date(2026, 11, 28), date(2026, 11, 28), Part.AFTERNOON)
    assert found(open_uow, clock, saturday) == []
    with open_uow() as uow:
        offers = next_free_slots(uow, STATION, saturday, clock())
    assert [in_words(one.starts_at) for one in offers] == [
        "11月30日（周一）下午2:30",
        "11月30日（周一）下午3:00",
        "11月30日（周一）下午3:30",
    ]


def test_还没公布放假安排的年份_标明待定(open_uow: OpenUow, clock: Clock) -> None:
    clock.at = datetime(2026, 12, 20, 1, 0, tzinfo=UTC)
    with open_uow() as uow:
        known = free_slots(uow, STATION, Wish(date(2026, 12, 31), date(2026, 12, 31)), clock(), 1)
        unknown = free_slots(uow, STATION, Wish(date(2027, 1, 5), date(2027, 1, 5)), clock(), 1)
    assert [one.provisional for one in (*known, *unknown)] == [False, True]


def test_满了的时段不再给(open_uow: OpenUow, clock: Clock) -> None:
    for place in range(SEATS):
        with open_uow() as uow:
            person = a_conversation(uow, clock, str(place)).id
        book(open_uow, person, at(TUESDAY, 9), f"{place}", clock)
    assert found(open_uow, clock, Wish(TUESDAY, TUESDAY))[0] == "11-24 09:30"
    with open_uow() as uow:
        late = a_conversation(uow, clock).id
    with pytest.raises(SlotTaken):
        book(open_uow, late, at(TUESDAY, 9), "来晚了", clock)


def test_约上了有号码_同一个键还是那一个(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    first = book(open_uow, conversation.id, at(TUESDAY, 9), "1:book", clock)
    again = book(open_uow, conversation.id, at(FRIDAY, 9), "1:book", clock)
    assert (again.number, again.starts_at) == (first.number, at(TUESDAY, 9))
    assert first.number.startswith("AP20261123") and first.status is AppointmentStatus.CONFIRMED


@pytest.mark.parametrize(
    "start",
    [
        at(date(2026, 11, 23), 8),
        at(TUESDAY, 12),
        at(TUESDAY, 9, 10),
        at(TUESDAY, 17),
        at(date(2026, 11, 28), 9),
        at(date(2026, 12, 24), 9),
    ],
    ids=["已经过去", "午休", "不是整半点", "下班", "星期六", "太远"],
)
def test_不能约的时间(open_uow: OpenUow, conversation: Conversation, clock: Clock, start: datetime) -> None:
    with pytest.raises(NotBookable):
        book(open_uow, conversation.id, start, "1:book", clock)


def test_改期不成_原来的还在(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    book(open_uow, conversation.id, at(TUESDAY, 9), "1:book", clock)
    with pytest.raises(NotBookable), open_uow() as uow:
        mine = uow.appointments.live_for(conversation.id)
        assert mine is not None
        appointments.change(uow, mine, slot(at(date(2026, 11, 28), 9)), "2:change", clock())
    with open_uow() as uow:
        kept = appointments.current(uow, conversation.id, clock())
        assert kept is not None and kept.starts_at == at(TUESDAY, 9)


def test_取消以后没有预约_可以再约(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    book(open_uow, conversation.id, at(TUESDAY, 9), "1:book", clock)
    with open_uow() as uow:
        mine = appointments.current(uow, conversation.id, clock())
        assert mine is not None
        appointments.cancel(uow, mine, "2:cancel", clock())
    with open_uow() as uow:
        assert appointments.current(uow, conversation.id, clock()) is None
    assert book(open_uow, conversation.id, at(FRIDAY, 9), "3:book", clock).starts_at == at(FRIDAY, 9)


def test_时段的名字在接口里不变() -> None:
    assert slot(at(TUESDAY, 9)).id == "340104-center@20261124T0100Z@window"
    assert slot(at(TUESDAY, 9)) == slot(datetime(2026, 11, 24, 1, 0, tzinfo=UTC))
    assert at(TUESDAY, 9) + timedelta(0) == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
