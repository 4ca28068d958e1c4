"""What the gateway does by itself: late work is passed up, and at night what was kept long enough goes."""

from datetime import UTC, datetime, timedelta

import pytest

from actions.base import Services
from api.housekeeping import Housekeeping
from eligibility import Law
from hotline import consultations, operators, work_orders
from hotline.consultations import LedgerSearch
from hotline.work_orders import WorkOrderKind
from knowledge.search import AnswerIndex
from store.unit_of_work import OpenUow
from tests.conftest import Clock


@pytest.fixture
def services(open_sqlite: OpenUow, answer_index: AnswerIndex, clock: Clock) -> Services:
    return Services(open_sqlite, Law.load(), answer_index, clock)


def test_超时的工单升级_夜里才清理_一夜一次(services: Services, open_sqlite: OpenUow, clock: Clock) -> None:
    with open_sqlite() as uow:
        operator = operators.enrol(uow, "zhang", "哈希", "张工", clock())
        consultations.enter(uow, "phone", operator.id, "zhang", clock(), citizen_phone="13800000001")
        order = work_orders.open_order(uow, WorkOrderKind.CALL_BACK, "requested", "x", "1", "zhang", clock())
    housekeeping = Housekeeping(services)

    def phones_left() -> int:
        with open_sqlite() as uow:
            return len(uow.consultations.find(LedgerSearch(phone="13800000001")))

    clock.at = datetime(2027, 11, 24, 17, 59, tzinfo=UTC)  # 上海凌晨 1:59，已满三百六十五天
    housekeeping.once()
    with open_sqlite() as uow:
        assert uow.work_orders.get_locked(order.id).escalated_at == clock()
    assert phones_left() == 1
    clock.forward(minutes=1)
    housekeeping.once()
    assert phones_left() == 0
    with open_sqlite() as uow:
        acts = [one.act for one in uow.audit.about("ledger_identity")]
    clock.at += timedelta(minutes=1)
    housekeeping.once()
    assert acts == ["retention.carried_out"]
