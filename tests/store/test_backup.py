"""A backup is whole, unreadable without the key, and fills an empty database of either kind."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from store.backup import BackupUnusable, back_up, restore
from store.columns import metadata
from store.encryption import use_key
from store.migrate import upgrade
from store.unit_of_work import OpenUow, connect, unit_of_work_factory
from tests.conftest import ENCRYPTION_KEY, Clock
from tests.store.test_encryption import GRIEVANCE, NAME, PHONE, WORDS, in_clear, planted

__all__ = ["planted"]
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        counted = {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in metadata.sorted_tables}
    return counted


@pytest.fixture
def saved(engine: Engine, planted: None, open_uow: OpenUow, clock: Clock, tmp_path: Path) -> Path:
    file = tmp_path / "nightly.backup"
    written = back_up(engine, file)
    assert written == counts(engine) and written["applications"] == written["complaints"] == 1
    return file


@pytest.fixture(params=["进SQLite", "进PostgreSQL"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    if request.param == "进SQLite":
        url = f"sqlite:///{tmp_path / 'restored.db'}"
    else:
        server = request.getfixturevalue("postgres_url")
        with connect(server).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE IF EXISTS restored"))
            connection.execute(text("CREATE DATABASE restored"))
        url = server.rsplit("/", 1)[0] + "/restored"
    found = connect(url)
    yield found
    found.dispose()


def test_恢复到空库_行数一样_解得开_记录的链不断(engine: Engine, saved: Path, target: Engine) -> None:
    restored = restore(target, saved)
    assert counts(target) == counts(engine) and sum(restored.values()) == sum(counts(engine).values())
    with unit_of_work_factory(target)[1]() as uow:
        application = uow.applications.by_key("1:apply")
        complaint = uow.complaints.by_key("1:complaint")
        assert application is not None and complaint is not None and complaint.conversation_id is not None
        assert (application.applicant_name, application.applicant_phone, complaint.words) == (NAME, PHONE, GRIEVANCE)
        assert uow.events.after(complaint.conversation_id, 0)[0].text == WORDS
        assert [one.number for one in uow.applications.with_phone(PHONE)] == [application.number]
        assert uow.audit.broken_at() is None


def test_备份里没有一处是明文_只有本人能读(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    assert [one for one in in_clear(saved.read_bytes()) if one != PHONE[-4:]] == []
    assert not list(saved.parent.glob("*.part"))


@pytest.mark.parametrize("engine", ["SQLite"], indirect=True)
@pytest.mark.parametrize("target", ["进SQLite"], indirect=True)
@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda raw: raw[:-1], "damaged"),
        (lambda raw: raw[: len(raw) // 2], "damaged"),
        (lambda raw: raw[:30], "cut short"),
        (lambda raw: raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:], "damaged"),
        (lambda raw: b"SQLite format 3" + raw, "no backup"),
    ],
    ids=["少一字节", "少一半", "只剩开头", "改一位", "不是备份"],
)
def test_坏了的备份不恢复_库还是空的(saved: Path, target: Engine, harm: object, reason: str) -> None:
    saved.write_bytes(harm(saved.read_bytes()))  # type: ignore[operator]
    with pytest.raises(BackupUnusable, match=reason):
        restore(target, saved)
    upgrade(target)
    assert set(counts(target).values()) == {0}


@pytest.mark.parametrize("engine", ["SQLite"], indirect=True)
@pytest.mark.parametrize("target", ["进SQLite"], indirect=True)
def test_没有那把钥匙恢复不了_当旧钥匙带上就可以(saved: Path, target: Engine) -> None:
    use_key(OTHER_KEY)
    with pytest.raises(BackupUnusable, match="another encryption key"):
        restore(target, saved)
    use_key(OTHER_KEY, ENCRYPTION_KEY)
    assert restore(target, saved)["applications"] == 1


@pytest.mark.parametrize("target", ["进SQLite"], indirect=True)
def test_不往有数据的库里恢复(engine: Engine, saved: Path, target: Engine) -> None:
    before = counts(engine)
    with pytest.raises(BackupUnusable, match="not empty"):
        restore(engine, saved)
    assert counts(engine) == before


@pytest.mark.parametrize("target", ["进SQLite"], indirect=True)
def test_别的版本的备份不恢复(engine: Engine, planted: None, target: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        back_up(engine, tmp_path / "older.backup")
    finally:
        upgraded_again(engine)
    with pytest.raises(BackupUnusable, match="schema older"):
        restore(target, tmp_path / "older.backup")


def upgraded_again(engine: Engine) -> None:
    """Put the right revision back, for the tests that share this server."""
    from alembic.script import ScriptDirectory

    from store.migrate import configuration

    head = ScriptDirectory.from_config(configuration(engine)).get_current_head()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :head").bindparams(head=head))
