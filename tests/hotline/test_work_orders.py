"""Call-backs, transfers and return visits, with their time limits."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from hotline import operators, ratings, service_time_limits, work_orders
from hotline.conversations import Conversation
from hotline.errors import AlreadyRated, UnknownWord, WorkOrderTaken
from hotline.work_orders import WorkOrder, WorkOrderKind, WorkOrderStatus
from store.unit_of_work import OpenUow
from tests.conftest import Clock


@pytest.fixture
def staff(open_uow: OpenUow, clock: Clock) -> tuple[UUID, UUID]:
    with open_uow() as uow:
        first, second = (operators.enrol(uow, login, "哈希", login, clock()).id for login in ("zhang", "li"))
    return first, second


def begin(open_uow: OpenUow, clock: Clock, kind: WorkOrderKind, reason: str = "requested", **more: Any) -> WorkOrder:
    with open_uow() as uow:
        key = more.pop("key", f"{kind}:1")
        return work_orders.open_order(uow, kind, reason, "ZX20261123000001", key, "zhang", clock(), **more)


def live(open_uow: OpenUow) -> list[WorkOrder]:
    with open_uow() as uow:
        return uow.work_orders.live(100)


def finish(open_uow: OpenUow, clock: Clock, order: WorkOrder, operator: UUID, result: str, **more: Any) -> None:
    with open_uow() as uow:
        kept = uow.work_orders.get_locked(order.id)
        work_orders.take(uow, kept, operator, "zhang", clock())
        work_orders.finish(uow, kept, operator, "zhang", clock(), result, **more)


@pytest.mark.parametrize(
    ("what", "begun", "due"),
    [
        ("call_back", datetime(2026, 11, 23, 1, tzinfo=UTC), datetime(2026, 11, 24, 16, tzinfo=UTC)),
        ("call_back", datetime(2026, 11, 27, 1, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ("call_back", datetime(2026, 9, 30, 1, tzinfo=UTC), datetime(2026, 10, 8, 16, tzinfo=UTC)),
        ("feedback", datetime(2026, 11, 23, 1, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ("urgent", datetime(2026, 11, 28, 1, tzinfo=UTC), datetime(2026, 11, 28, 2, tzinfo=UTC)),
        ("message", datetime(2026, 11, 28, 1, tzinfo=UTC), datetime(2026, 11, 29, 1, tzinfo=UTC)),
    ],
    ids=["周一", "周五过周末", "国庆前一天", "五个工作日", "周末的急事也是一小时", "留言二十四小时"],
)
def test_时限到哪一刻为止(what: str, begun: datetime, due: datetime) -> None:
    assert service_time_limits.due_after(what, "340104", begun) == due


def test_没有当期的时限就报错_不猜() -> None:
    with pytest.raises(LookupError, match=r"service_time_limits\.yaml"):
        service_time_limits.limit_for("call_back", None, date(2020, 1, 1))


def test_同一个键只有一张单(open_uow: OpenUow, clock: Clock) -> None:
    first, again = (begin(open_uow, clock, WorkOrderKind.CALL_BACK, phone="13800000001") for _ in range(2))
    assert first.id == again.id and len(live(open_uow)) == 1


def test_先取得的人办_别人取不走也办不了(open_uow: OpenUow, clock: Clock, staff: tuple[UUID, UUID]) -> None:
    order = begin(open_uow, clock, WorkOrderKind.CALL_BACK, phone="13800000001")
    with open_uow() as uow:
        work_orders.take(uow, uow.work_orders.get_locked(order.id), staff[0], "zhang", clock())
    with pytest.raises(WorkOrderTaken), open_uow() as uow:
        work_orders.take(uow, uow.work_orders.get_locked(order.id), staff[1], "li", clock())
    with pytest.raises(WorkOrderTaken), open_uow() as uow:
        work_orders.finish(uow, uow.work_orders.get_locked(order.id), staff[1], "li", clock(), "reached")
    finish(open_uow, clock, order, staff[0], "reached", result_note="已答复")
    assert live(open_uow) == []
    with pytest.raises(WorkOrderTaken), open_uow() as uow:
        work_orders.cancel(uow, uow.work_orders.get_locked(order.id), "zhang", clock())


def test_结果要在可选范围里(open_uow: OpenUow, clock: Clock, staff: tuple[UUID, UUID]) -> None:
    order = begin(open_uow, clock, WorkOrderKind.CALL_BACK)
    with pytest.raises(UnknownWord):
        finish(open_uow, clock, order, staff[0], "solved")


def test_转办办结以后要回访(open_uow: OpenUow, clock: Clock, staff: tuple[UUID, UUID]) -> None:
    order = begin(
        open_uow, clock, WorkOrderKind.TRANSFER, "not_ours", transferred_to="某区劳动监察大队", phone="13800000001"
    )
    finish(open_uow, clock, order, staff[0], "accepted")
    (visit,) = live(open_uow)
    assert (visit.kind, visit.reason, visit.about) == (WorkOrderKind.RETURN_VISIT, "transfer_done", order.number)
    assert visit.phone == "13800000001"


@pytest.mark.parametrize(
    ("result", "score", "again"),
    [("unsolved", None, True), ("solved", 2, True), ("solved", 3, False), ("declined", None, False)],
)
def test_回访仍不满意_升级为急件_只升一次(
    open_uow: OpenUow, clock: Clock, staff: tuple[UUID, UUID], result: str, score: int | None, again: bool
) -> None:
    visit = begin(open_uow, clock, WorkOrderKind.RETURN_VISIT, "service_done")
    finish(open_uow, clock, visit, staff[0], result, score=score)
    assert [(one.reason, one.urgent) for one in live(open_uow)] == ([("still_dissatisfied", True)] if again else [])
    for one in live(open_uow):
        finish(open_uow, clock, one, staff[1], "unsolved", score=1)
    assert live(open_uow) == []


def test_到时没办_升级一次_记录在案(open_uow: OpenUow, clock: Clock) -> None:
    order = begin(open_uow, clock, WorkOrderKind.CALL_BACK)
    clock.at = order.due_at
    for expected in ([order.number], []):
        with open_uow() as uow:
            assert [one.number for one in work_orders.escalate_overdue(uow, clock())] == expected
    with open_uow() as uow:
        acts = [one.act for one in uow.audit.about(order.number)]
    assert acts == ["call_back.opened", "call_back.escalated"]


def test_急件排前面_其余按到期先后(open_uow: OpenUow, clock: Clock) -> None:
    for place, (kind, urgent) in enumerate(
        [(WorkOrderKind.RETURN_VISIT, False), (WorkOrderKind.CALL_BACK, False), (WorkOrderKind.RETURN_VISIT, True)]
    ):
        begin(open_uow, clock, kind, urgent=urgent, key=f"{place}")
    assert [(one.kind, one.urgent) for one in live(open_uow)] == [
        (WorkOrderKind.RETURN_VISIT, True),
        (WorkOrderKind.CALL_BACK, False),
        (WorkOrderKind.RETURN_VISIT, False),
    ]


def rate(open_uow: OpenUow, conversation: Conversation, clock: Clock, score: int, key: str, service: str = "") -> None:
    with open_uow() as uow:
        ratings.rate(uow, conversation.id, score, "等得太久", key, clock(), service)


def test_评价一次_再评被拒_第一次的不变(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    rate(open_uow, conversation, clock, 2, "1")
    with pytest.raises(AlreadyRated):
        rate(open_uow, conversation, clock, 5, "2")
    with open_uow() as uow:
        kept = uow.ratings.for_service(conversation.id, ratings.TALK)
        assert kept is not None and (kept.score, kept.comment) == (2, "等得太久")


def test_同一条消息重放_还是那一次评价(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    for _ in range(2):
        rate(open_uow, conversation, clock, 1, "3:rating")
    assert [one.reason for one in live(open_uow)] == ["low_rating"]


def test_会话和预约各评一次(open_uow: OpenUow, conversation: Conversation, clock: Clock) -> None:
    rate(open_uow, conversation, clock, 5, "1")
    rate(open_uow, conversation, clock, 4, "2", "AP202611229198L")
    with pytest.raises(AlreadyRated):
        rate(open_uow, conversation, clock, 4, "3", "AP202611229198L")


@pytest.mark.parametrize(("score", "visits"), [(1, 1), (2, 1), (3, 0)])
def test_一二分自动建回访(open_uow: OpenUow, conversation: Conversation, clock: Clock, score: int, visits: int) -> None:
    rate(open_uow, conversation, clock, score, "1")
    assert [one.status for one in live(open_uow)] == [WorkOrderStatus.OPEN] * visits
