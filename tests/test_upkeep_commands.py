"""The commands that keep the data: backup, restore, key rotation, retention, the check of the record."""

import base64
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from hotline import appointments
from hotline.appointments import Contact, Request
from hotline.appointments_slots import Slot
from store.encryption import use_key
from store.files import EncryptedFiles
from store.unit_of_work import OpenUow, connect, unit_of_work_factory
from tests.conftest import ENCRYPTION_KEY, Clock, a_conversation
from tests.store.samples import application

ROOT = Path(__file__).parent.parent
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()
NAME = "欧阳测试"
PROOF = "欠条上写着欧阳测试".encode() * 1000
PASSWORD = "一个够长的口令不好猜"


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


def yuanxian(database: Path, *words: str | Path, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command on this database, with these settings and this on its standard input."""
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
    environment = os.environ | environment
    return subprocess.run(command, env=environment, input=typed, capture_output=True, text=True, check=False, cwd=ROOT)


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


def test_轮换钥匙_材料也换_之后旧钥匙可以扔掉(filled: Path) -> None:
    names, files = [f"{place:032x}" for place in range(3)], EncryptedFiles(filled.parent / "proofs")
    for name in names:
        files.put(name, PROOF)
    keys = {"YUANXIAN_ENCRYPTION_KEY": OTHER_KEY, "YUANXIAN_FORMER_ENCRYPTION_KEYS": f" {ENCRYPTION_KEY} ,"}
    done = yuanxian(filled, "keys", "rotate", **keys)
    assert done.returncode == 0 and "applications：1 行" in done.stdout and "3 个文件" in done.stdout, done.stderr
    assert applicant(filled, OTHER_KEY) == NAME
    use_key(OTHER_KEY)
    assert [files.get(name) for name in names] == [PROOF] * 3
    use_key(ENCRYPTION_KEY)
    with pytest.raises(InvalidTag):
        files.get(names[0])
    again = yuanxian(filled, "keys", "rotate", **keys)
    assert "改写了 0 行、0 个文件" in again.stdout


def test_清理先看后做_记录可查(filled: Path) -> None:
    looked = yuanxian(filled, "retention", "run", "--dry-run")
    assert looked.returncode == 0 and "会话原话" in looked.stdout and "应清理 0 行" in looked.stdout, looked.stderr
    assert "申请草稿（30 天，从开始起草算）：应清理 0 行" in looked.stdout
    assert "已清理 0 行" in yuanxian(filled, "retention", "run").stdout
    assert "记录完整" in yuanxian(filled, "audit", "verify").stdout


def test_加工号_换权限_停用_都在记录里(filled: Path, tmp_path: Path) -> None:
    added = yuanxian(filled, "users", "add", "zhang", "--name", "张工", "--role", "reviewer", typed=f"{PASSWORD}\n")
    assert added.returncode == 0 and "审查人员" in added.stdout, added.stderr
    assert "至少要 10 个字符" in yuanxian(filled, "users", "add", "li", "--name", "李工", typed="短\n").stdout
    assert yuanxian(filled, "users", "add", "li", "--name", "李工", "--role", "老板", typed=PASSWORD).returncode == 2
    assert "审计人员" in yuanxian(filled, "users", "role", "zhang", "auditor").stdout
    assert yuanxian(filled, "users", "role", "wang", "auditor").stdout == "没有这个工号。\n"
    yuanxian(filled, "users", "close", "zhang")
    listed = yuanxian(filled, "users", "list").stdout
    assert "zhang　张工　审计人员" in listed and "停用" in listed and "李工" not in listed
    exported = yuanxian(filled, "audit", "export", tmp_path / "record.jsonl")
    entries = [json.loads(line) for line in (tmp_path / "record.jsonl").read_text("utf-8").splitlines()]
    acts = [one["act"] for one in entries if one["subject"] == "zhang"]
    assert acts == ["operator.enrolled", "operator.role_changed", "operator.closed"], exported.stderr
    assert PASSWORD not in str(entries) and [one["seq"] for one in entries] == list(range(1, len(entries) + 1))
    nothing = yuanxian(filled, "audit", "export", tmp_path / "old.jsonl", "--to", "2020-01-01")
    assert "已导出 0 条" in nothing.stdout


def test_窗口打印今天谁来_没有人也说清楚(filled: Path, open_sqlite: OpenUow, clock: Clock) -> None:
    slot = Slot("340104-center", clock() + timedelta(days=1), False)
    with open_sqlite() as uow:
        talk = a_conversation(uow, clock, "p" * 64)
        contact = Contact(name=NAME, phone="13900001234")
        number = appointments.book(uow, talk.id, Request(slot, contact=contact), "1:book", clock()).number
    printed = yuanxian(filled, "stations", "expected", "--day", "2026-11-24").stdout
    assert number in printed and "139****1234" in printed and "2026-11-24 共 1 人" in printed and NAME not in printed
    assert "共 0 人" in yuanxian(filled, "stations", "expected", "--day", "2026-11-25").stdout
