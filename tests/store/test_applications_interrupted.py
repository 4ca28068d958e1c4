"""Applying, deciding, withdrawing: a process that dies after any statement leaves nothing half done; the repeat succeeds."""

from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from hotline import application_requests as requests
from hotline import application_review as review
from hotline import applications, privacy
from hotline.application_form import Form
from hotline.application_states import Lane
from hotline.applications import Application
from hotline.proofs import Proof, ProofKind, Scan
from store.columns import metadata
from store.unit_of_work import OpenUow, SqlUnitOfWork
from tests.conftest import Clock, a_conversation
from tests.store.interruptions import kill_at_every_statement
from tests.store.samples import NOW, application


def person_with_a_proof(open_uow: OpenUow, clock: Clock) -> UUID:
    with open_uow() as uow:
        talk = a_conversation(uow, clock)
    with open_uow() as uow:
        uow.proofs.add(Proof(talk.id, ProofKind.CASE, "image/png", 12, "0" * 64, NOW, "1", Scan.NOT_SCANNED))
    return talk.id


def written(who: UUID) -> Application:
    one = application(who, "1:apply")
    one.lane, one.identity_number, one.form = Lane.FAST, "34010419900101001X", Form(summary="工地欠薪四个月")
    return one


def applied(uow: SqlUnitOfWork, who: UUID) -> Application:
    """What one request does: the application, its clocks, its proofs, and what was agreed to."""
    sent = applications.submit(uow, written(who))
    for purpose in ("application", "identity_document"):
        privacy.decide(uow, who, purpose, True, privacy.notice_on(NOW.date()), NOW)
    return sent


def rows(engine: Engine, table: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(metadata.tables[table])).mappings())


def sent(open_uow: OpenUow, clock: Clock) -> UUID:
    who = person_with_a_proof(open_uow, clock)
    with open_uow() as uow:
        return applied(uow, who).id


def test_申请到一半断了_什么都没留下_再发一次是完整的一份(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    who = person_with_a_proof(open_uow, clock)
    assert kill_at_every_statement(engine, open_uow, lambda uow: applied(uow, who)) > 8
    with open_uow() as uow:
        again = applied(uow, who)
    (kept,) = rows(engine, "applications")
    assert (kept["id"], kept["number"]) == (again.id, again.number), "the answer was lost: the repeat tells the same"
    assert [one["act"] for one in rows(engine, "application_steps")] == ["application.submitted"]
    assert {one["kind"] for one in rows(engine, "application_time_limits")} == {"decision", "fast_lane"}
    assert [one["application_id"] for one in rows(engine, "proofs")] == [kept["id"]]
    assert {one["purpose"] for one in rows(engine, "consents")} == {"application", "identity_document"}
    assert [one["act"] for one in rows(engine, "audit")].count("application.submitted") == 1


def test_代填后提交到一半断了(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    with open_uow() as uow:
        one = written(a_conversation(uow, clock).id)
        one.conversation_id, one.submitted_at, one.form = None, None, Form(consented_at=NOW, read_back_at=NOW)
        drafted = applications.draft(uow, one, "zhang", NOW).id

    def submit(uow: SqlUnitOfWork) -> None:
        applications.submit_draft(uow, uow.applications.get_locked(drafted), "zhang", NOW)

    assert kill_at_every_statement(engine, open_uow, submit) > 3
    with open_uow() as uow:
        assert [step.act for step in uow.applications.steps(drafted)] == [
            "application.drafted",
            "application.submitted",
        ]


def test_作决定到一半断了_钟没停也没多走_来询人没听到半句(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    application_id = sent(open_uow, clock)

    def grant(uow: SqlUnitOfWork) -> None:
        review.grant(uow, uow.applications.get_locked(application_id), "第四十二条第三项", "zhang", NOW)

    assert kill_at_every_statement(engine, open_uow, grant) > 5
    with open_uow() as uow:
        limits = {one.kind.value: one.met_at for one in uow.applications.limits(application_id)}
    assert limits["decision"] == NOW and limits["assignment"] is None and len(limits) == 3
    assert len(rows(engine, "outbox")) == 1


def test_自己撤回_提异议_到一半断了_再来一次成(engine: Engine, open_uow: OpenUow, clock: Clock) -> None:
    application_id = sent(open_uow, clock)
    with open_uow() as uow:
        review.refuse(uow, uow.applications.get_locked(application_id), "不在事项内", "zhang", NOW)

    def object_to(uow: SqlUnitOfWork) -> None:
        requests.object_to(uow, uow.applications.get_locked(application_id), "不服", NOW)

    assert kill_at_every_statement(engine, open_uow, object_to) > 3
    with open_uow() as uow:
        object_to(uow)
        review.settle_objection(uow, uow.applications.get_locked(application_id), False, "改正", "li", NOW)

    def withdraw(uow: SqlUnitOfWork) -> None:
        requests.withdraw(uow, uow.applications.get_locked(application_id), None, True, NOW)

    assert kill_at_every_statement(engine, open_uow, withdraw) > 3
    with open_uow() as uow:
        withdraw(uow)
        acts = [step.act for step in uow.applications.steps(application_id)]
        assert acts.count("application.objected") == acts.count("application.withdrawn") == 1
        assert all(one.met_at for one in uow.applications.limits(application_id))
