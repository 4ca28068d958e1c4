"""A place that is given back goes to whoever has waited longest for such a one."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from hotline import appointments
from hotline import appointments_waiting as waiting
from hotline.appointments import Appointment, AppointmentStatus, Contact, Request
from hotline.appointments_slots import Kind, Part, Slot, Wish, calendar, free_slots
from hotline.clock import SHANGHAI, local
from hotline.conversations import Conversation
from hotline.errors import (
    AlreadyBooked,
    AppointmentOver,
    ContactMissing,
    KindNotOffered,
    NotAccepting,
    NotYetOver,
    SlotTaken,
)
from hotline.workstations import Confidence, Service, Station, StationType
from store.unit_of_work import OpenUow, SqlUnitOfWork
from tests.conftest import Clock, a_conversation

STATION = "340104-center"
TUESDAY = date(2026, 11, 24)
NINE = datetime.combine(TUESDAY, time(9), SHANGHAI)
SLOT = Slot(STATION, NINE, False)
AFTERNOON = Slot(STATION, NINE + timedelta(hours=5.5), False)
SEATS = calendar().kinds[Kind.WINDOW].seats


def person(open_uow: OpenUow, clock: Clock, name: str) -> UUID:
    with open_uow() as uow:
        return a_conversation(uow, clock, name * 64).id


def book(open_uow: OpenUow, who: UUID, clock: Clock, slot: Slot = SLOT) -> None:
    with open_uow() as uow:
        appointments.book(uow, who, Request(slot), f"{who}:{slot.id}", clock())


def full(open_uow: OpenUow, clock: Clock, slot: Slot = SLOT) -> list[UUID]:
    """Everybody who has a place in the slot, which is full then."""
    people = [person(open_uow, clock, f"{slot.starts_at.hour}{place}"[:1] + str(place)) for place in range(SEATS)]
    for one in people:
        book(open_uow, one, clock, slot)
    return people


def join(open_uow: OpenUow, who: UUID, clock: Clock, part: Part | None = None) -> None:
    with open_uow() as uow:
        waiting.join(uow, who, STATION, Wish(TUESDAY, TUESDAY, part), clock())
    clock.forward(seconds=1)


def give_back(open_uow: OpenUow, who: UUID, clock: Clock) -> None:
    with open_uow() as uow:
        appointments.cancel(uow, own(uow, who), f"{who}:cancel", clock())
    hand_on(open_uow, clock)


def hand_on(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        appointments.release_expired(uow, clock())
    offered = True
    while offered:
        with open_uow() as uow:
            offered = waiting.offer_next(uow, clock())


def own(uow: SqlUnitOfWork, who: UUID) -> Appointment:
    found = uow.appointments.live_for(who)
    assert found is not None
    return found


def holder(open_uow: OpenUow, who: UUID) -> AppointmentStatus | None:
    with open_uow() as uow:
        found = uow.appointments.live_for(who)
        return found.status if found else None


def told(open_uow: OpenUow, who: UUID, clock: Clock) -> list[str]:
    """The offers made to somebody."""
    found = []
    with open_uow() as uow:
        while (message := uow.outbox.claim_due(clock())) is not None:
            message.due_at += timedelta(days=30)
            uow.outbox.add(message)
            if message.conversation_id == who and message.kind == "appointment_offer":
                found.append(str(message.blocks[0]["text"]))
    return found


def test_等得最久的先得到(open_uow: OpenUow, clock: Clock) -> None:
    holders = full(open_uow, clock)
    first, second = person(open_uow, clock, "a"), person(open_uow, clock, "b")
    join(open_uow, first, clock)
    join(open_uow, second, clock)
    give_back(open_uow, holders[0], clock)
    assert (holder(open_uow, first), holder(open_uow, second)) == (AppointmentStatus.HELD, None)
    assert told(open_uow, first, clock) == [
        "有空位了：11月24日（周二）上午9:00，合肥市蜀山区法律援助中心。给您留到11:00，请在这之前告诉我要不要。"
    ]


def test_不合心意的不给(open_uow: OpenUow, clock: Clock) -> None:
    holders = full(open_uow, clock)
    afternoon, morning = person(open_uow, clock, "a"), person(open_uow, clock, "b")
    join(open_uow, afternoon, clock, Part.AFTERNOON)
    join(open_uow, morning, clock, Part.MORNING)
    give_back(open_uow, holders[0], clock)
    assert (holder(open_uow, afternoon), holder(open_uow, morning)) == (None, AppointmentStatus.HELD)


def test_没有在两小时内要_给下一个(open_uow: OpenUow, clock: Clock) -> None:
    holders = full(open_uow, clock)
    first, second = person(open_uow, clock, "a"), person(open_uow, clock, "b")
    join(open_uow, first, clock)
    join(open_uow, second, clock)
    give_back(open_uow, holders[0], clock)
    clock.forward(hours=2, seconds=1)
    hand_on(open_uow, clock)
    assert (holder(open_uow, first), holder(open_uow, second)) == (None, AppointmentStatus.HELD)


def test_改期腾出来的也给(open_uow: OpenUow, clock: Clock) -> None:
    holders = full(open_uow, clock)
    first = person(open_uow, clock, "a")
    join(open_uow, first, clock)
    with open_uow() as uow:
        appointments.change(uow, own(uow, holders[0]), AFTERNOON, "change", clock())
    hand_on(open_uow, clock)
    assert holder(open_uow, first) is AppointmentStatus.HELD


def test_已有预约的人等更早的_只告诉他_不多占一个(open_uow: OpenUow, clock: Clock) -> None:
    holders = full(open_uow, clock)
    first, other = person(open_uow, clock, "a"), person(open_uow, clock, "b")
    book(open_uow, first, clock, AFTERNOON)
    join(open_uow, first, clock, Part.MORNING)
    give_back(open_uow, holders[0], clock)
    assert "要改到这个时间" in told(open_uow, first, clock)[0]
    book(open_uow, other, clock)
    with open_uow() as uow:
        assert own(uow, first).starts_at == AFTERNOON.starts_at


def test_不等了就不再给(open_uow: OpenUow, clock: Clock) -> None:
    holders = full(open_uow, clock)
    first = person(open_uow, clock, "a")
    join(open_uow, first, clock)
    with open_uow() as uow:
        assert waiting.leave(uow, first)
        assert not waiting.leave(uow, first)
    give_back(open_uow, holders[0], clock)
    assert holder(open_uow, first) is None


def test_再说一次想等_换心愿_不换位置(open_uow: OpenUow, clock: Clock) -> None:
    holders = full(open_uow, clock)
    first, second = person(open_uow, clock, "a"), person(open_uow, clock, "b")
    join(open_uow, first, clock, Part.AFTERNOON)
    join(open_uow, second, clock, Part.MORNING)
    join(open_uow, first, clock, Part.MORNING)
    give_back(open_uow, holders[0], clock)
    assert (holder(open_uow, first), holder(open_uow, second)) == (AppointmentStatus.HELD, None)


def test_来不及去的空位不给(open_uow: OpenUow, clock: Clock) -> None:
    holders = full(open_uow, clock)
    first = person(open_uow, clock, "a")
    join(open_uow, first, clock)
    clock.at = NINE - timedelta(minutes=30)
    give_back(open_uow, holders[0], clock)
    assert holder(open_uow, first) is None


# Kinds, holds and what is over

VISITING = Station(
    STATION, StationType.CENTER, "样例中心", "340104", (Service.CONSULT, Service.APPLY, Service.VISIT), Confidence.VERIFIED, "样例",
    extended_until=time(19),
)  # fmt: skip
AT_HOME = Contact(phone="13800000001", address="样例路1号", reason="八十二岁，下不了楼")


def test_延时从下班接到写明的时间_上门要写明能上门(open_uow: OpenUow, clock: Clock) -> None:
    wish = Wish(TUESDAY, TUESDAY)
    with open_uow() as uow:
        assert free_slots(uow, STATION, wish, clock(), kind=Kind.EXTENDED) == []
        assert free_slots(uow, STATION, wish, clock(), kind=Kind.VISIT) == []
    with open_uow() as uow:
        uow.workstations.put([VISITING], clock())
    with open_uow() as uow:
        late = free_slots(uow, STATION, wish, clock(), kind=Kind.EXTENDED)
        assert [f"{local(one.starts_at):%H:%M}" for one in late] == ["17:00", "17:30", "18:00", "18:30"]
        assert len(free_slots(uow, STATION, wish, clock(), kind=Kind.VISIT)) == 2


def test_上门要留电话和住址_没开通的约不了(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    visit = Slot(STATION, NINE, False, Kind.VISIT)
    with pytest.raises(KindNotOffered, match="visit"), open_uow() as uow:
        appointments.book(uow, conversation.id, Request(visit, contact=AT_HOME), "1", clock())
    with open_uow() as uow:
        uow.workstations.put([VISITING], clock())
    for contact, wanted in ((None, "电话号码"), (Contact(phone="13800000001"), "住址")):
        with pytest.raises(ContactMissing) as refused, open_uow() as uow:
            appointments.book(uow, conversation.id, Request(visit, contact=contact), "1", clock())
        assert wanted in refused.value.sentence
    with open_uow() as uow:
        made = appointments.book(uow, conversation.id, Request(visit, contact=AT_HOME), "1", clock())
        assert made.kind is Kind.VISIT and made.contact is not None and made.contact["reason"] == "八十二岁，下不了楼"


def test_每种方式各有名额(open_uow: OpenUow, clock: Clock) -> None:
    full(open_uow, clock)
    phone = Slot(STATION, NINE, False, Kind.PHONE)
    with open_uow() as uow:
        who = a_conversation(uow, clock, "p" * 64).id
        appointments.book(uow, who, Request(phone, contact=Contact(phone="13800000001")), "p", clock())


def test_不受理申请的站不约申请(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    slot = Slot("530303-public_center", NINE, False)
    with pytest.raises(NotAccepting), open_uow() as uow:
        appointments.book(uow, conversation.id, Request(slot, "apply"), "1", clock())
    with open_uow() as uow:
        assert appointments.book(uow, conversation.id, Request(slot, "consult"), "1", clock()).live


def test_占着的不能超过名额_过了十分钟就放开(open_uow: OpenUow, clock: Clock) -> None:
    for place in range(SEATS):
        with open_uow() as uow:
            who = a_conversation(uow, clock, str(place)).id
            appointments.hold(uow, who, Request(SLOT), f"h{place}", clock())
    late = person(open_uow, clock, "x")
    with pytest.raises(SlotTaken):
        book(open_uow, late, clock)
    with open_uow() as uow:
        assert free_slots(uow, STATION, Wish(TUESDAY, TUESDAY), clock(), 1)[0].starts_at > NINE
    clock.forward(minutes=10)
    with open_uow() as uow:
        assert free_slots(uow, STATION, Wish(TUESDAY, TUESDAY), clock(), 1)[0].starts_at == NINE
    book(open_uow, late, clock)


def test_被别人占去的_不能再确认(open_uow: OpenUow, clock: Clock) -> None:
    who = person(open_uow, clock, "h")
    with open_uow() as uow:
        appointments.hold(uow, who, Request(SLOT), "h", clock())
    clock.forward(minutes=10)
    full(open_uow, clock)
    with pytest.raises(SlotTaken), open_uow() as uow:
        (mine,) = uow.appointments.live_or_made_by(who, "h")
        appointments.confirm(uow, mine, "c", clock())


def test_上次的已经过去_可以再约_过去的不能改不能取消(
    open_uow: OpenUow, conversation: Conversation, clock: Clock
) -> None:
    book(open_uow, conversation.id, clock)
    with pytest.raises(AlreadyBooked):
        book(open_uow, conversation.id, clock, AFTERNOON)
    clock.at = NINE + timedelta(minutes=1)
    for act in ("cancel", "change"):
        with pytest.raises(AppointmentOver), open_uow() as uow:
            mine = own(uow, conversation.id)
            if act == "cancel":
                appointments.cancel(uow, mine, act, clock())
            else:
                appointments.change(uow, mine, AFTERNOON, act, clock())
    book(open_uow, conversation.id, clock, AFTERNOON)
    with open_uow() as uow:
        assert own(uow, conversation.id).starts_at == AFTERNOON.starts_at


def test_没来_到了时间才能记_取消过的不能记(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    book(open_uow, conversation.id, clock)
    with pytest.raises(NotYetOver), open_uow() as uow:
        appointments.miss(uow, own(uow, conversation.id), "m", clock(), "demo")
    with open_uow() as uow:
        mine = own(uow, conversation.id)
        appointments.cancel(uow, mine, "c", clock())
    with pytest.raises(AppointmentOver), open_uow() as uow:
        appointments.miss(uow, appointments.of_caller(uow, conversation.id, mine.number), "m", clock(), "demo")
