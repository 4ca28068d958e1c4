"""Applications with their history and clocks, failed look-ups and proofs, in both databases; two reviewers at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from hotline import application_review as review
from hotline import applications
from hotline.application_form import Form, LawyerWishes, Sex
from hotline.application_states import ApplicationStatus
from hotline.application_time_limits import LimitKind, TimeLimit
from hotline.applications import Application, Step
from hotline.errors import ApplicationMoved, NotFound
from hotline.proofs import Proof, ProofKind, Scan
from store.unit_of_work import OpenUow, SqlUnitOfWork
from tests.conftest import Clock, a_conversation
from tests.store.samples import NOW, application

S = ApplicationStatus
TODAY = date(2026, 11, 23)


@pytest.fixture
def person(open_uow: OpenUow, clock: Clock) -> UUID:
    with open_uow() as uow:
        return a_conversation(uow, clock).id


@pytest.fixture
def sent(open_uow: OpenUow, person: UUID) -> Application:
    one = application(person, "1:apply")
    one.identity_number = "34010419900101001X"
    one.form = Form(wishes=LawyerWishes(sex=Sex.FEMALE), summary="工地欠薪四个月")
    with open_uow() as uow:
        return applications.submit(uow, one)


def test_申请表写进去什么_读出来就是什么(open_uow: OpenUow, sent: Application) -> None:
    with open_uow() as uow:
        read = uow.applications.get_locked(sent.id)
        assert read is not sent and read.form == sent.form
        assert (read.identity_number, read.lane, read.urgent, read.needs_confirmation) == (
            "34010419900101001X",
            "ordinary",
            False,
            False,
        )
        with pytest.raises(NotFound):
            uow.applications.get_locked(uuid4())


def test_按手机号和证件找得到_库里看不到明文(open_uow: OpenUow, engine: Engine, sent: Application) -> None:
    with open_uow() as uow:
        assert [one.id for one in uow.applications.with_phone("13800000000")] == [sent.id]
        assert [one.id for one in uow.applications.with_identity("34010419900101001X")] == [sent.id]
        assert uow.applications.with_phone("13800000001") == uow.applications.with_identity("") == []
    with engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM applications")).all()
    kept = str([bytes(one) if isinstance(one, memoryview) else one for one in row])
    for secret in ("13800000000", "34010419900101001X", "工地欠薪", "申请人甲"):
        assert secret not in kept and repr(secret.encode())[2:-1] not in kept


def test_改了手机号_索引跟着改(open_uow: OpenUow, sent: Application) -> None:
    with open_uow() as uow:
        one = uow.applications.get_locked(sent.id)
        applications.amend(uow, one, one.form, "zhang", NOW, applicant_phone="13900005678")
    with open_uow() as uow:
        assert uow.applications.with_phone("13800000000") == []
        (found,) = uow.applications.with_phone("13900005678")
        assert found.phone_tail == "5678"


def test_历史只增不改_序号不重(open_uow: OpenUow, sent: Application) -> None:
    with open_uow() as uow:
        assert [one.seq for one in uow.applications.steps(sent.id)] == [1]
        assert not {name for name in dir(uow.applications) if "step" in name} - {"add_step", "steps"}
    with pytest.raises(IntegrityError), open_uow() as uow:
        uow.applications.add_step(Step(sent.id, 1, NOW, "zhang", "application.accepted", None, S.ACCEPTED))


def test_没有主人的历史_时限_材料都写不进去(open_uow: OpenUow, person: UUID) -> None:
    orphans: list[Callable[[SqlUnitOfWork], None]] = [
        lambda uow: uow.applications.add_step(Step(uuid4(), 1, NOW, "zhang", "x", None, S.ACCEPTED)),
        lambda uow: uow.applications.add_limit(TimeLimit(uuid4(), LimitKind.DECISION, NOW, NOW, NOW)),
        lambda uow: uow.proofs.add(a_proof(uuid4(), "1")),
        lambda uow: uow.proofs.add(a_proof(person, "1", application_id=uuid4())),
    ]
    for orphan in orphans:
        with pytest.raises(IntegrityError), open_uow() as uow:
            orphan(uow)


def test_只拿出该提醒和该升级的(open_uow: OpenUow, sent: Application) -> None:
    def to_tell(at: datetime) -> bool:
        with open_uow() as uow:
            (limit,) = uow.applications.limits(sent.id)
            found = uow.applications.with_limits_to_tell(at, 10) == [sent.id]
            assert found == limit.to_tell(at), "库里挑的和规则说的一样"
            return found

    def change(**values: datetime | None) -> None:
        with open_uow() as uow:
            (limit,) = uow.applications.limits(sent.id)
            for name, value in values.items():
                setattr(limit, name, value)

    due = datetime.fromisoformat("2026-12-01T00:00:00+08:00")
    assert not to_tell(due - timedelta(hours=49))
    assert to_tell(due - timedelta(hours=48))
    change(warned_at=due - timedelta(hours=48))
    assert not to_tell(due - timedelta(seconds=1))
    assert to_tell(due)
    change(escalated_at=due)
    assert not to_tell(due + timedelta(days=30))
    with open_uow() as uow:
        ((listed, one),) = uow.applications.limits_running_out(due, 10)
        assert (listed.kind, one.id) == (LimitKind.DECISION, sent.id)
    change(met_at=due)
    with open_uow() as uow:
        assert uow.applications.limits_running_out(due, 10) == []


def test_两个人同时作相反的决定_只有一个成(open_uow: OpenUow, sent: Application) -> None:
    start = Barrier(2)

    def decide(granted: bool) -> bool:
        start.wait()
        try:
            with open_uow() as uow:
                act = review.grant if granted else review.refuse
                act(uow, uow.applications.get_locked(sent.id), "理由", f"zhang{granted}", NOW)
        except ApplicationMoved:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, (True, False))) == [False, True]
    with open_uow() as uow:
        assert [one.seq for one in uow.applications.steps(sent.id)] == [1, 2]
        assert uow.applications.get_locked(sent.id).status in (S.GRANTED, S.REFUSED)


def test_同时猜错_一次都不少数(open_uow: OpenUow, sent: Application) -> None:
    def fail(_: int) -> None:
        with open_uow() as uow:
            applications.track(uow, "YX2026112399999", "0000", NOW, "某来源")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fail, range(12)))
    with open_uow() as uow:
        assert uow.applications.failed_lookups("某来源", TODAY) == 12
        assert uow.applications.failed_lookups("别的来源", TODAY) == 0
        uow.applications.forget_failed_lookups(TODAY)
        assert uow.applications.failed_lookups("某来源", TODAY) == 12
        uow.applications.forget_failed_lookups(TODAY + timedelta(days=1))
        assert uow.applications.failed_lookups("某来源", TODAY) == 0


def test_两个值守进程同时看_每个时限只提醒一次(open_uow: OpenUow, sent: Application) -> None:
    late = datetime.fromisoformat("2026-12-02T09:00:00+08:00")
    start = Barrier(3)

    def look(_: int) -> int:
        start.wait()
        with open_uow() as uow:
            return len(review.watch(uow, late))

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(look, range(3))) == 1
    with open_uow() as uow:
        assert [one.act for one in uow.applications.steps(sent.id)] == ["application.submitted", "time_limit.passed"]


def a_proof(conversation_id: UUID, key: str, **others: object) -> Proof:
    one = Proof(conversation_id, ProofKind.CASE, "image/png", 12, "0" * 64, NOW, key, Scan.NOT_SCANNED)
    for name, value in others.items():
        setattr(one, name, value)
    return one


def test_材料(open_uow: OpenUow, person: UUID, sent: Application) -> None:
    with open_uow() as uow:
        loose = a_proof(person, "1")
        uow.proofs.add(loose)
        uow.proofs.add(a_proof(person, "2", application_id=sent.id, uploaded_at=NOW + timedelta(hours=1)))
    with open_uow() as uow:
        assert [one.idempotency_key for one in uow.proofs.of_conversation(person)] == ["1", "2"]
        assert [one.idempotency_key for one in uow.proofs.of_application(sent.id)] == ["2"]
        assert [one.id for one in uow.proofs.without_application(NOW + timedelta(seconds=1))] == [loose.id]
        assert uow.proofs.without_application(NOW) == []
        assert uow.proofs.by_key("2") is not None and uow.proofs.by_key("3") is None
        uow.proofs.delete(uow.proofs.get(loose.id))
    with open_uow() as uow, pytest.raises(NotFound):
        uow.proofs.get(loose.id)
    with pytest.raises(IntegrityError), open_uow() as uow:
        uow.proofs.add(a_proof(person, "2"))
