"""Applications: sent once, told only to who knows the phone's last digits."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from hotline import applications
from hotline.application_states import STATUS_WORDS, ApplicationStatus
from hotline.applications import TRIES_PER_APPLICATION, Application
from hotline.conversations import Conversation
from hotline.errors import LookupLocked
from store.unit_of_work import OpenUow
from tests.conftest import Clock

PHONE = "13800001234"


@pytest.fixture
def sent(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> Application:
    """An application about wages."""
    return submit(open_uow, conversation, clock, "1:apply")


def submit(open_uow: OpenUow, conversation: Conversation, clock: Clock, key: str) -> Application:
    with open_uow() as uow:
        number = applications.number_for(uow, clock())
        return applications.submit(
            uow,
            Application(
                number,
                conversation.id,
                "合肥市蜀山区法律援助中心",
                "340104",
                "M05A",
                "likely",
                {},
                "申请人甲",
                PHONE,
                PHONE[-4:],
                clock(),
                key,
            ),
        )


@pytest.fixture
def track(open_uow: OpenUow, sent: Application, clock: Clock) -> Callable[[str], Application | None]:
    """Looks the application up, as a citizen who knows its number."""

    def by_tail(tail: str) -> Application | None:
        with open_uow() as uow:
            return applications.track(uow, sent.number, tail, clock())

    return by_tail


def test_同一个键只有一份申请(open_uow: OpenUow, conversation: Conversation, clock: Clock, sent: Application) -> None:
    assert submit(open_uow, conversation, clock, "1:apply").number == sent.number
    assert submit(open_uow, conversation, clock, "2:apply").number != sent.number


@pytest.mark.parametrize(
    ("moment", "decide_by"),
    [
        (datetime(2026, 11, 23, 1, 0, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 28, 1, 0, tzinfo=UTC), date(2027, 1, 4)),
    ],
    ids=["上午", "北京时间当天最后一分钟", "北京时间次日零点", "跨年"],
)
def test_七日从收到之日的次日数起(
    open_uow: OpenUow, conversation: Conversation, clock: Clock, moment: datetime, decide_by: date
) -> None:
    clock.at = moment
    assert submit(open_uow, conversation, clock, "1:apply").decide_by == decide_by


def test_后四位对了才看得到(track: Callable[[str], Application | None], sent: Application) -> None:
    found = track("1234")
    assert found is not None and found.number == sent.number
    assert track("1235") is None
    assert track("") is None
    assert track("１２３４") is None


def test_编号小写带空格也找得到(open_uow: OpenUow, sent: Application, clock: Clock) -> None:
    with open_uow() as uow:
        assert applications.track(uow, f" {sent.number.lower()} ", "1234", clock()) is not None


def test_没有的编号和写错的编号都说没有(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        unused = applications.number_for(uow, clock())
    for number in (unused, unused[:-1] + ("A" if unused[-1] != "A" else "B"), "", "YX", "' OR 1=1 --"):
        with open_uow() as uow:
            assert applications.track(uow, number, "1234", clock()) is None


def test_错五次当天锁住_对的也不给看_第二天再试(track: Callable[[str], Application | None], clock: Clock) -> None:
    for _ in range(TRIES_PER_APPLICATION):
        assert track("0000") is None
    with pytest.raises(LookupLocked):
        track("1234")
    clock.forward(hours=14)  # still the same day in Shanghai
    with pytest.raises(LookupLocked):
        track("1234")
    clock.forward(hours=1)  # midnight in Shanghai
    assert track("1234") is not None


def test_对的一次不清掉当天的错(track: Callable[[str], Application | None]) -> None:
    for _ in range(TRIES_PER_APPLICATION - 1):
        assert track("0000") is None
    assert track("1234") is not None
    assert track("0000") is None
    with pytest.raises(LookupLocked):
        track("1234")


def test_每个状态都有给来询人看的话() -> None:
    assert STATUS_WORDS.keys() == set(ApplicationStatus)
