"""The ledger on both databases: numbers under load, searches, groups, what the reports count, what retention deletes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, inspect, text

from hotline import (
    applications,
    audit,
    complaints,
    consultations,
    operators,
    privacy,
    ratings,
    reports,
    retention,
    work_orders,
)
from hotline.application_form import Forwarded
from hotline.appointments import AppointmentChange, AppointmentStatus
from hotline.complaints import ComplaintStatus
from hotline.consultations import LedgerSearch
from hotline.gaps import Gap, Lack
from hotline.handoffs import request
from hotline.proofs import Proof, ProofKind, Scan
from hotline.work_orders import WorkOrderKind
from store.migrate import downgrade, upgrade
from store.unit_of_work import OpenUow, unit_of_work_factory
from tests.conftest import Clock, a_conversation
from tests.store.samples import application, appointment, message

NAME, PHONE = "欧阳测试", "13800000001"


@pytest.fixture
def operator(open_uow: OpenUow, clock: Clock) -> UUID:
    with open_uow() as uow:
        return operators.enrol(uow, "zhang", "哈希", "张工", clock()).id


def enter(open_uow: OpenUow, clock: Clock, operator: UUID, **known: Any) -> str:
    with open_uow() as uow:
        return consultations.enter(uow, "phone", operator, "zhang", clock(), **known).number


def found(open_uow: OpenUow, **conditions: Any) -> set[str]:
    with open_uow() as uow:
        return {row.number for row in uow.consultations.find(LedgerSearch(**conditions))}


def test_八个人同时登记_流水号不重不跳(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    start = threading.Barrier(8)

    def some(_: int) -> list[str]:
        start.wait()
        return [enter(open_uow, clock, operator) for _ in range(4)]

    with ThreadPoolExecutor(8) as threads:
        numbers = [number for some_numbers in threads.map(some, range(8)) for number in some_numbers]
    assert sorted(numbers) == [f"ZX20261123{place:06d}" for place in range(1, 33)]


def test_登记没成_号还给下一个人(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    with pytest.raises(RuntimeError), open_uow() as uow:
        consultations.enter(uow, "phone", operator, "zhang", clock())
        raise RuntimeError
    assert enter(open_uow, clock, operator) == "ZX20261123000001"


def test_同一个会话两边同时第一次记_只有一行(open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        conversation = a_conversation(uow, clock)
    start = threading.Barrier(4)

    def note(topic: str) -> str:
        start.wait()
        with open_uow() as uow:
            return consultations.note(uow, uow.conversations.get(conversation.id), clock(), topic=topic).number

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(note, ("wages", "loans", "land", "court")))) == 1


def test_每个条件都管用_合在一起也管用(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    mine = enter(
        open_uow, clock, operator, topic="wages", region="340104", matter="M05A", citizen_phone=PHONE,
        opponent="某某公司", outcome="likely", disposition="applied",
    )  # fmt: skip
    other = enter(open_uow, clock, operator, topic="divorce", region="340103", citizen_phone="13800000002")
    with open_uow() as uow:
        row = uow.consultations.find(LedgerSearch(number=other))[0]
        row.score, row.unanswered = 1, 2
        consultations.complete(uow, row, "zhang", clock(), told_right_to_apply=True)
        consultations.lock(uow, row, operator, "zhang", clock())
    for condition in (
        {"topic": "wages"}, {"region": "340104"}, {"matter": "M05A"}, {"phone": PHONE}, {"opponent": "某某公司"},
        {"outcome": "likely"}, {"disposition": "applied"}, {"locked": False}, {"unanswered": False}, {"number": mine},
    ):  # fmt: skip
        assert found(open_uow, **condition) == {mine}, condition
    for condition in ({"locked": True}, {"unanswered": True}, {"low_score": True}):
        assert found(open_uow, **condition) == {other}, condition
    assert found(open_uow, region="340100") == found(open_uow, region="340000") == {mine, other}
    assert found(open_uow, topic="wages", phone="13800000002") == set()
    assert found(open_uow, first=date(2026, 11, 24)) == found(open_uow, last=date(2026, 11, 22)) == set()


def test_报告数的在两种库上一样(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    for place in range(6):
        enter(open_uow, clock, operator, topic="wages", region="340104", groups=["migrant_worker", "elderly"])
        if place < 2:
            enter(open_uow, clock, operator, topic="divorce", region="530102", outcome="review", age_band="over_60")
    with open_uow() as uow:
        conversation = a_conversation(uow, clock)
    with open_uow() as uow:
        kept = uow.conversations.get(conversation.id)
        consultations.count_unanswered(consultations.note(uow, kept, clock(), topic="land"))
        request(uow, kept, "fallback", clock(), hold=True)
        uow.applications.add(application(conversation.id, "1"))
        complaints.file(uow, "……", "1", "zhang", clock())
        work_orders.open_order(uow, WorkOrderKind.CALL_BACK, "requested", "x", "1", "zhang", clock())
    clock.forward(minutes=10)
    with open_uow() as uow:
        consultations.note(uow, uow.conversations.get(conversation.id), clock(), topic="court")
    clock.forward(days=3)
    with open_uow() as uow:
        counted = uow.reports.figures(date(2026, 11, 1), date(2026, 11, 30), clock())
        assert uow.reports.topics(date(2026, 11, 1), date(2026, 11, 30)) == {"wages": 6, "divorce": 2, "court": 1}
    assert (counted.total, counted.with_person, counted.seconds) == (9, 8, 600)
    assert counted.topics_by_city == {("wages", "3401"): 6, ("divorce", "5301"): 2, ("court", None): 1}
    assert counted.groups == {"migrant_worker": 6, "elderly": 6}
    assert counted.days == {date(2026, 11, 23): 9}
    assert (counted.unanswered, counted.handoffs) == ({"court": 1}, {"fallback": 1})
    assert counted.complaints == {ComplaintStatus.FILED: 1}
    assert sum(counted.applications.values()) == 1
    assert counted.work_orders == {"call_back": reports.Deadlines(0, 1)}


@pytest.fixture
def everything(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    """One row of everything that the retention table deletes, all of it finished today."""
    with open_uow() as uow:
        conversation = a_conversation(uow, clock)
        conversation.slots = {"applicant_name": NAME}
    with open_uow() as uow:
        uow.events.add(message(conversation.id, 1, f"我叫{NAME}"))
        uow.events.get(conversation.id, 1)
        ratings.rate(uow, conversation.id, 5, NAME, "1", clock())
        notice = privacy.notice_on(clock().date())
        privacy.decide(uow, conversation.id, "call_back", True, notice, clock())
        uow.gaps.add(Gap(conversation.id, "没有答好的问题", Lack.NOTHING, None, clock()))
        row = consultations.enter(uow, "phone", operator, "zhang", clock(), citizen_name=NAME, citizen_phone=PHONE)
        privacy.reveal(uow, row, "call_back", NAME, operator, "zhang", clock())
        order = work_orders.open_order(
            uow, WorkOrderKind.CALL_BACK, "requested", row.number, "1", "zhang", clock(), phone=PHONE
        )
        work_orders.take(uow, order, operator, "zhang", clock())
        work_orders.finish(uow, order, operator, "zhang", clock(), "reached")
        filed = complaints.file(uow, NAME, "1", "zhang", clock(), complainant_phone=PHONE)
        complaints.advance(uow, filed, ComplaintStatus.ACCEPTED, operator, "zhang", clock())
        complaints.advance(uow, filed, ComplaintStatus.WITHDRAWN, operator, "zhang", clock())
        operators.log_in(uow, "zhang", "哈希", clock())
        booked = appointment(conversation.id, "1:book")
        booked.starts_at, booked.contact = clock(), {"name": NAME, "phone": PHONE}
        assert uow.appointments.take(booked, booked.slot, 2, AppointmentStatus.CONFIRMED, clock())
        uow.appointments.record(AppointmentChange(booked.id, "booked", clock(), "1:book", clock()))
        applications.draft(uow, application(conversation.id, "1:draft"), "zhang", clock())


def due(open_uow: OpenUow, clock: Clock) -> dict[str, int]:
    with open_uow() as uow:
        return {rule.what: retention.due(uow, rule, clock()) for rule in retention.deleting_rules()}


def test_到期前一刻一条不删_到期后都删_再跑没有可删的(open_uow: OpenUow, clock: Clock, everything: None) -> None:
    begun = clock()
    assert set(due(open_uow, clock).values()) == {0}
    for rule in retention.deleting_rules():
        idle = timedelta(
            minutes=30 if rule.what == "conversation_words" else 20 if rule.what == "operator_sessions" else 0
        )
        if rule.what == "answered_requests":
            continue
        assert rule.days is not None
        clock.at = begun + idle + timedelta(days=rule.days)
        assert due(open_uow, clock)[rule.what] == 0, rule.what
        clock.forward(seconds=1)
        assert due(open_uow, clock)[rule.what] == 1, rule.what
        with open_uow() as uow:
            assert retention.carry_out(uow, rule, clock()) == 1
        assert due(open_uow, clock)[rule.what] == 0, rule.what


def test_清理以后_人认不出来了_统计还在_记录里有(open_uow: OpenUow, clock: Clock, everything: None) -> None:
    clock.forward(days=1200)
    for rule in retention.deleting_rules():
        with open_uow() as uow:
            retention.carry_out(uow, rule, clock())
    assert found(open_uow, phone=PHONE) == set()
    with open_uow() as uow:
        (row,) = uow.consultations.find(LedgerSearch())
        assert (row.channel, row.citizen_name, row.citizen_phone) == ("phone", None, None)
        assert uow.audit.about("ledger_identity")[0].after == {"rows": 1}
        assert uow.audit.broken_at() is None


def test_草稿过期连同经过删掉_交了的和等着转交的不动_传上来的材料留给另一条(open_uow: OpenUow, clock: Clock) -> None:
    rule = next(one for one in retention.deleting_rules() if one.what == "application_drafts")
    with open_uow() as uow:
        talk = a_conversation(uow, clock).id
    with open_uow() as uow:
        old = applications.draft(uow, application(talk, "old", number="YX202611230001C"), "zhang", clock())
        proof = Proof(talk, ProofKind.CASE, "image/png", 3, "0" * 64, clock(), "p", Scan.NOT_SCANNED)
        proof.application_id = old.id
        uow.proofs.add(proof)
        sent = applications.draft(uow, application(talk, "sent", number="YX202611230002A"), "zhang", clock())
        sent.form = replace(sent.form, read_back_at=clock(), consented_at=clock())
        applications.submit_draft(uow, sent, "zhang", clock())
        waiting = application(talk, "waiting", number="YX2026112300038")
        waiting.form = replace(waiting.form, forwarded=Forwarded("看守所民警", clock()))
        applications.draft(uow, waiting, "zhang", clock())
    clock.forward(days=31)
    with open_uow() as uow:
        assert retention.due(uow, rule, clock()) == 1
        assert retention.carry_out(uow, rule, clock()) == 1
    with open_uow() as uow:
        assert uow.applications.by_key("old") is None and uow.applications.steps(old.id) == []
        assert uow.applications.by_key("sent") is not None and uow.applications.by_key("waiting") is not None
        assert uow.proofs.get(proof.id).application_id is None
        assert retention.carry_out(uow, rule, clock()) == 0


def test_每条能自动删的都有地方可删_不删的写明缘由() -> None:
    from store.retention import STORES

    assert {rule.what for rule in retention.deleting_rules()} == {*STORES, "conversation_words", "application_drafts"}
    assert all(rule.basis and rule.source and rule.then for rule in retention.rules())
    with pytest.raises(ValueError, match="audit is kept"):
        next(rule for rule in retention.rules() if rule.days is None).before(audit_day())


def audit_day() -> Any:
    from tests.conftest import MONDAY_MORNING

    return MONDAY_MORNING


def test_有数据时升级_编号补上_退回再升级_数据都在(bare_engine: Engine, clock: Clock) -> None:
    upgrade(bare_engine, "extend_appointments")
    conversation, when = "00000000000040008000000000000001", "2026-11-22 16:30:00"
    columns = "channel, token_hash, opened_at, expires_at, owner, last_seq, slots, dialogue_session, turns_in_session"
    with bare_engine.begin() as connection:
        given = {"id": conversation, "when": when, "sealed": b"\x01..."}
        connection.execute(
            text(
                f"INSERT INTO conversations (id, {columns}, fallbacks_in_a_row) "
                "VALUES (:id, 'web', 'h', :when, :when, 'bot', 0, :sealed, 1, 0, 0)"
            ),
            given,
        )
        connection.execute(
            text(
                "INSERT INTO consultations (id, conversation_id, channel, started_at, disposition, articles, "
                "told_right_to_apply, topic) VALUES (:id, :id, 'web', :when, 'answered', '[]', true, 'wages')"
            ),
            given,
        )
        connection.execute(
            text(
                "INSERT INTO complaints (id, number, conversation_id, words, filed_at, idempotency_key) "
                "VALUES (:id, 'TS2026112300017', :id, :sealed, :when, '1')"
            ),
            given,
        )
        connection.execute(
            text("INSERT INTO ratings (id, conversation_id, score, rated_at) VALUES (:id, :id, 4, :when)"), given
        )
    for _ in range(2):
        upgrade(bare_engine)
        with unit_of_work_factory(bare_engine)[1]() as uow:
            (row,) = uow.consultations.find(LedgerSearch())
            assert (row.number, row.day, row.topic, row.groups) == ("ZX20261123000001", date(2026, 11, 23), "wages", [])
            complaint = uow.complaints.by_number("TS2026112300017")
            assert complaint is not None and complaint.status is ComplaintStatus.FILED
            assert [one.score for one in uow.ratings.of_conversation(UUID(conversation))] == [4]
        with unit_of_work_factory(bare_engine)[0]() as uow:
            assert uow.consultations.next_of(date(2026, 11, 23)) == 2
            audit.record(uow, "zhang", "something", "x", clock())
        downgrade(bare_engine, "extend_appointments")
        assert "number" not in {column["name"] for column in inspect(bare_engine).get_columns("consultations")}
        with bare_engine.connect() as connection:
            assert connection.execute(text("SELECT topic FROM consultations")).scalars().all() == ["wages"]
            assert connection.execute(text("SELECT score FROM ratings")).scalars().all() == [4]
