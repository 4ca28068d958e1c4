"""The record of acts: only ever added to, chained, and refused to whoever wants to change it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import DBAPIError

from hotline import audit as acts
from hotline.audit import AuditEntry, AuditSearch
from store.audit import audit
from store.migrate import downgrade, upgrade
from store.unit_of_work import OpenUow, unit_of_work_factory
from tests.store.samples import NOW


def write(open_uow: OpenUow, *names: str) -> None:
    for name in names:
        with open_uow() as uow:
            uow.audit.add(AuditEntry(NOW, "zhang", name, "AP2026112300010", {"status": "held"}, {"status": name}))


def broken_at(open_uow: OpenUow) -> int | None:
    with open_uow() as uow:
        return uow.audit.broken_at()


def past_the_trigger(engine: Engine, sql: str) -> None:
    """Somebody with the rights of the database's owner."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("DROP TRIGGER audit_no_delete"))
        connection.execute(text(sql))


def test_谁_什么时候_对什么_前后各是什么(open_uow: OpenUow) -> None:
    write(open_uow, "confirmed")
    with open_uow() as uow:
        (entry,) = uow.audit.about("AP2026112300010")
    assert (entry.seq, entry.at, entry.actor, entry.act) == (1, NOW, "zhang", "confirmed")
    assert (entry.before, entry.after) == ({"status": "held"}, {"status": "confirmed"})


def test_按人_按事_按时间查得到_一页一页翻(open_uow: OpenUow) -> None:
    write(open_uow, "held", "confirmed", "cancelled")
    with open_uow() as uow:
        uow.audit.add(AuditEntry(NOW + timedelta(days=1), "li", "record.read", ""))
    conditions: dict[str, list[int]] = {}
    with open_uow() as uow:
        for name, search in {
            "全部": AuditSearch(),
            "第二页": AuditSearch(after=2, limit=1),
            "这个编号": AuditSearch(subject="AP2026112300010"),
            "这个人": AuditSearch(actor="li"),
            "这件事": AuditSearch(act="confirmed", actor="zhang"),
            "第二天起": AuditSearch(since=NOW + timedelta(days=1)),
            "第二天以前": AuditSearch(until=NOW + timedelta(days=1)),
            "没有的": AuditSearch(subject="' OR 1=1"),
        }.items():
            conditions[name] = [one.seq for one in uow.audit.find(search)]
    assert conditions == {
        "全部": [1, 2, 3, 4],
        "第二页": [3],
        "这个编号": [1, 2, 3],
        "这个人": [4],
        "这件事": [2],
        "第二天起": [4],
        "第二天以前": [1, 2, 3],
        "没有的": [],
    }


@pytest.mark.parametrize("sql", ["UPDATE audit SET actor = 'li'", "DELETE FROM audit", "UPDATE audit SET at = at"])
def test_改和删_库都拒绝(engine: Engine, open_uow: OpenUow, sql: str) -> None:
    write(open_uow, "confirmed")
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(sql))
    assert broken_at(open_uow) is None


@pytest.mark.parametrize("engine", ["PostgreSQL"], indirect=True)
def test_清空_库也拒绝(engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("TRUNCATE audit"))


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("UPDATE audit SET actor = 'li' WHERE seq = 2", 2),
        ("UPDATE audit SET after = NULL WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 3", 3),
    ],
    ids=["换人", "抹掉内容", "删开头", "删中间"],
)
def test_绕过去改了_链上看得出在哪里(engine: Engine, sql: str, place: int) -> None:
    open_uow, _ = unit_of_work_factory(engine)
    write(open_uow, "held", "confirmed", "changed", "cancelled")
    assert broken_at(open_uow) is None
    past_the_trigger(engine, sql)
    assert broken_at(open_uow) == place


def test_八个人同时写_链不断_一条不少(open_uow: OpenUow) -> None:
    start = threading.Barrier(8)

    def some(writer: int) -> None:
        start.wait()
        write(open_uow, *(f"act.{writer}.{one}" for one in range(5)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(some, range(8)))
    assert broken_at(open_uow) is None
    with open_uow() as uow:
        assert len(uow.audit.about("AP2026112300010")) == 40


def test_工作没提交_记录也没有(open_uow: OpenUow) -> None:
    with pytest.raises(RuntimeError), open_uow() as uow:
        acts.record(uow, "zhang", "something", "x", NOW)
        raise RuntimeError
    with open_uow() as uow:
        assert uow.audit.about("x") == []


def test_升级前的记录_升级后编了号_连成链_退回来还在(bare_engine: Engine) -> None:
    upgrade(bare_engine, "add_outbox")
    old = "INSERT INTO audit (id, at, actor, act, subject) VALUES (:id, :at, 'zhang', :act, 'x')"
    with bare_engine.begin() as connection:
        for place, act in enumerate(("first", "second"), 1):
            row = {"id": f"0000000000004000800000000000000{place}", "at": f"2026-11-2{place} 01:00:00", "act": act}
            connection.execute(text(old), row)
    upgrade(bare_engine, "chain_audit")
    with bare_engine.connect() as connection:
        rows = connection.execute(select(audit.c.seq, audit.c.act, audit.c.at).order_by(audit.c.seq)).all()
    assert [(row.seq, row.act, row.at.day) for row in rows] == [(1, "first", 21), (2, "second", 22)]
    assert broken_at(unit_of_work_factory(bare_engine)[0]) is None
    downgrade(bare_engine, "add_outbox")
    with bare_engine.connect() as connection:
        assert connection.execute(text("SELECT act FROM audit ORDER BY at")).scalars().all() == ["first", "second"]
    upgrade(bare_engine, "chain_audit")
    with bare_engine.begin() as connection:
        connection.execute(insert(audit).values(seq=3, at=NOW, actor="zhang", act="forged", subject="x", hash="0" * 64))
    assert broken_at(unit_of_work_factory(bare_engine)[0]) == 3
