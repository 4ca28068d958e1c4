"""The schema goes up and down on both databases, and is the one that the tables describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select

from store.columns import metadata
from store.conversations import conversations
from store.migrate import configuration, downgrade, upgrade
from store.unit_of_work import unit_of_work_factory
from tests.conftest import Clock, a_conversation


def present(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_升级_降级_再升级(bare_engine: Engine) -> None:
    upgrade(bare_engine)
    assert present(bare_engine) == set(metadata.tables)
    downgrade(bare_engine)
    assert present(bare_engine) == set()
    upgrade(bare_engine)
    assert present(bare_engine) == set(metadata.tables)


def test_每一步都能单独退回(bare_engine: Engine) -> None:
    steps = [one.revision for one in ScriptDirectory.from_config(configuration(bare_engine)).walk_revisions()][::-1]
    for step in steps:
        upgrade(bare_engine, step)
        downgrade(bare_engine, "-1")
        upgrade(bare_engine, step)
    assert present(bare_engine) == set(metadata.tables)


def test_已有数据的库再升级_数据都在_退回后也能再升级(bare_engine: Engine, clock: Clock) -> None:
    upgrade(bare_engine)
    open_uow, open_reading = unit_of_work_factory(bare_engine)
    with open_uow() as uow:
        conversation = a_conversation(uow, clock)
        conversation.slots = {"region": "340104"}
    upgrade(bare_engine)
    with open_reading() as uow:
        assert uow.conversations.get(conversation.id).slots == {"region": "340104"}
    downgrade(bare_engine)
    upgrade(bare_engine)
    with bare_engine.connect() as connection:
        assert connection.execute(select(conversations)).all() == []


def test_迁移得到的结构就是表定义的结构(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
