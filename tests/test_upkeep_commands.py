"""The commands that keep the data: backup, restore, key rotation, retention, the check of the record."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from store.encryption import use_key
from store.unit_of_work import connect, unit_of_work_factory
from tests.conftest import ENCRYPTION_KEY, Clock, a_conversation
from tests.store.samples import application

ROOT = Path(__file__).parent.parent
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()
NAME = "欧阳测试"


@pytest.fixture
def filled(sqlite_file: Path, clock: Clock) -> Path:
    """A database with an application in it."""
    use_key(ENCRYPTION_KEY)
    engine = connect(f"sqlite:///{sqlite_file}")
    open_uow, _ = unit_of_work_factory(engine)
    with open_uow() as uow:
        conversation = a_conversation(uow, clock)
    with open_uow() as uow:
        uow.applications.add(application(conversation.id, "1:apply", NAME))
    engine.dispose()
    return sqlite_file


def yuanxian(database: Path, *words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command on this database, with these settings."""
    environment = {
        "DATABASE_URL": f"sqlite:///{database}",
        "YUANXIAN_DIALOGUE_TOKEN": "x",
        "YUANXIAN_ACTIONS_TOKEN": "x",
        "YUANXIAN_OPERATOR_PASSWORD": "x",
        "YUANXIAN_ENCRYPTION_KEY": ENCRYPTION_KEY,
        "YUANXIAN_PROOFS_PATH": str(database.parent / "proofs"),
        **settings,
    }
    command = [sys.executable, str(ROOT / "cli.py"), *map(str, words)]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False, cwd=ROOT)


def applicant(database: Path, key: str) -> str:
    use_key(key)
    try:
        with unit_of_work_factory(connect(f"sqlite:///{database}"))[1]() as uow:
            found = uow.applications.by_key("1:apply")
            assert found is not None
            return found.applicant_name
    finally:
        use_key(ENCRYPTION_KEY)


def test_备份再恢复到新库_坏的备份说清楚(filled: Path, tmp_path: Path) -> None:
    backup, new = tmp_path / "nightly.backup", tmp_path / "folder" / "new.db"
    saved = yuanxian(filled, "db", "backup", backup)
    assert saved.returncode == 0 and "已备份" in saved.stdout, saved.stderr
    restored = yuanxian(new, "db", "restore", backup)
    assert restored.returncode == 0 and applicant(new, ENCRYPTION_KEY) == NAME
    backup.write_bytes(backup.read_bytes()[:-5])
    refused = yuanxian(tmp_path / "third.db", "db", "restore", backup)
    assert refused.returncode == 1 and "没有恢复" in refused.stdout


def test_轮换钥匙_之后旧钥匙可以扔掉(filled: Path) -> None:
    keys = {"YUANXIAN_ENCRYPTION_KEY": OTHER_KEY, "YUANXIAN_FORMER_ENCRYPTION_KEYS": f" {ENCRYPTION_KEY} ,"}
    done = yuanxian(filled, "keys", "rotate", **keys)
    assert done.returncode == 0 and "applications：1 行" in done.stdout, done.stderr
    assert applicant(filled, OTHER_KEY) == NAME


def test_清理先看后做_记录可查(filled: Path) -> None:
    looked = yuanxian(filled, "retention", "run", "--dry-run")
    assert looked.returncode == 0 and "会话原话" in looked.stdout and "应清理 0 行" in looked.stdout, looked.stderr
    assert "已清理 0 行" in yuanxian(filled, "retention", "run").stdout
    assert "记录完整" in yuanxian(filled, "audit", "verify").stdout
