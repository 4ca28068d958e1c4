"""Applications, the ledger, ratings, complaints, staff and the audit trail in the database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from hotline.application_states import ApplicationStatus
from hotline.complaints import Complaint
from hotline.consultations import Consultation
from hotline.errors import NotFound
from hotline.operators import Operator, OperatorSession
from hotline.permissions import Role
from hotline.ratings import TALK, Rating
from store.unit_of_work import OpenUow, SqlUnitOfWork
from tests.conftest import Clock, a_conversation
from tests.store.samples import NOW, application


def row(number: str, **more: Any) -> Consultation:
    """A ledger row of Monday."""
    return Consultation(number, "web", NOW, NOW.date(), NOW, **more)


@pytest.fixture
def person(open_uow: OpenUow, clock: Clock) -> UUID:
    with open_uow() as uow:
        return a_conversation(uow, clock).id


def test_申请写进去什么_读出来就是什么(open_uow: OpenUow, person: UUID) -> None:
    with open_uow() as uow:
        written = application(person, "1:apply")
        uow.applications.add(written)
    with open_uow() as uow:
        read = uow.applications.by_number(written.number)
        assert read is not None and read is not written
        assert (read.applicant_name, read.applicant_phone, read.phone_tail) == ("申请人甲", "13800000000", "0000")
        assert read.facts == {"matter": "M05A", "migrant_worker": True}
        assert (read.submitted_at, read.status, read.form.wishes.sex) == (NOW, ApplicationStatus.SUBMITTED, None)
        assert uow.applications.by_key("1:apply") is read
        assert uow.applications.by_number("YX202611230000D") is None and uow.applications.by_key("没有") is None


@pytest.mark.parametrize("same", ["编号", "键"])
def test_申请的编号和键都不能重(open_uow: OpenUow, person: UUID, same: str) -> None:
    with open_uow() as uow:
        uow.applications.add(application(person, "1:apply", number="YX202611230001C"))
    key, number = ("2:apply", "YX202611230001C") if same == "编号" else ("1:apply", "YX202611230002A")
    with pytest.raises(IntegrityError), open_uow() as uow:
        uow.applications.add(application(person, key, number=number))


def test_台账一个会话一行(open_uow: OpenUow, person: UUID) -> None:
    with open_uow() as uow:
        assert uow.consultations.for_conversation(person) is None
        uow.consultations.add(row("ZX20261123000001", conversation_id=person, articles=["劳动合同法第八十五条"]))
    with open_uow() as uow:
        kept = uow.consultations.for_conversation(person)
        assert kept is not None
        assert (kept.articles, kept.disposition, kept.told_right_to_apply) == (
            ["劳动合同法第八十五条"],
            "answered",
            False,
        )
        uow.consultations.add(row("ZX20261123000002"))  # 电话来询没有会话
        uow.consultations.add(row("ZX20261123000003"))
    for again in (row("ZX20261123000004", conversation_id=person), row("ZX20261123000001")):
        with pytest.raises(IntegrityError), open_uow() as uow:
            uow.consultations.add(again)


def test_一次服务只评价一次(open_uow: OpenUow, person: UUID) -> None:
    with open_uow() as uow:
        uow.ratings.add(Rating(person, 2, "等得太久", NOW, "1"))
        uow.ratings.add(Rating(person, 5, None, NOW, "2", service="AP2026112300010"))
    with open_uow() as uow:
        found = uow.ratings.for_service(person, TALK)
        assert found is not None and (found.score, found.comment) == (2, "等得太久")
        assert uow.ratings.for_service(uuid4(), TALK) is None
    with pytest.raises(IntegrityError), open_uow() as uow:
        uow.ratings.add(Rating(person, 5, None, NOW, "3"))


def test_投诉按键和编号都查得到_都不能重(open_uow: OpenUow, person: UUID) -> None:
    def complaint(key: str, number: str) -> Complaint:
        return Complaint(number, "没有人回电话", NOW, NOW, key, person)

    with open_uow() as uow:
        uow.complaints.add(complaint("1:complaint", "TS2026112300017"))
    with open_uow() as uow:
        found = uow.complaints.by_key("1:complaint")
        assert found is not None and found.words == "没有人回电话"
        assert uow.complaints.by_number("TS2026112300017") is found
        assert uow.complaints.by_number("TS2026112300025") is None
    for key, number in (("1:complaint", "TS2026112300025"), ("2:complaint", "TS2026112300017")):
        with pytest.raises(IntegrityError), open_uow() as uow:
            uow.complaints.add(complaint(key, number))


def test_值班员和登录会话(open_uow: OpenUow) -> None:
    with open_uow() as uow:
        operator = Operator("zhang", "哈希", "张工", NOW)
        uow.operators.add(operator)
    with open_uow() as uow:
        found = uow.operators.by_login("zhang")
        assert found is not None and uow.operators.get(operator.id) is found
        assert uow.operators.by_login("li") is None
        with pytest.raises(NotFound):
            uow.operators.get(uuid4())
        found.role, found.closed_at = Role.REVIEWER, NOW
        uow.operators.add_session(OperatorSession("h" * 64, operator.id, NOW, NOW + timedelta(minutes=20)))
        uow.operators.add_session(OperatorSession("i" * 64, operator.id, NOW, NOW + timedelta(minutes=20)))
    with open_uow() as uow:
        (one,) = uow.operators.all()
        assert (one.role, one.closed_at) == (Role.REVIEWER, NOW)
        session = uow.operators.session("h" * 64)
        assert session is not None and session.expires_at == NOW + timedelta(minutes=20)
        uow.operators.end_session("h" * 64)
        uow.operators.end_session("没有这个会话")
    with open_uow() as uow:
        assert uow.operators.session("h" * 64) is None and uow.operators.session("i" * 64) is not None
        uow.operators.end_sessions_of(operator.id)
        assert uow.operators.session("i" * 64) is None
    with pytest.raises(IntegrityError), open_uow() as uow:
        uow.operators.add(Operator("zhang", "哈希", "另一个张工", NOW))


@pytest.mark.parametrize(
    "orphan",
    [
        lambda uow: uow.applications.add(application(uuid4(), "1:apply")),
        lambda uow: uow.ratings.add(Rating(uuid4(), 5, None, NOW, "1")),
        lambda uow: uow.operators.add_session(OperatorSession("h" * 64, uuid4(), NOW, NOW)),
    ],
    ids=["申请", "评价", "登录会话"],
)
def test_没有主人的行写不进去(open_uow: OpenUow, orphan: Callable[[SqlUnitOfWork], None]) -> None:
    with pytest.raises(IntegrityError), open_uow() as uow:
        orphan(uow)
