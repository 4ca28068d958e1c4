"""`yuanxian evaluate gaps` on a database: the list, a draft and examples from one group."""

from pathlib import Path

import pytest
import yaml

from hotline.gaps import Gap, Lack
from store.encryption import use_key
from store.unit_of_work import connect, unit_of_work_factory
from tests.conftest import ENCRYPTION_KEY, Clock, a_conversation
from tests.test_upkeep_commands import yuanxian

DRONE = ["无人机掉下来砸了我家瓦谁赔", "无人机掉下来把瓦砸了，谁来赔"]


@pytest.fixture
def asked(sqlite_file: Path, clock: Clock) -> Path:
    """A database with three questions that were left with consent."""
    use_key(ENCRYPTION_KEY)
    engine = connect(f"sqlite:///{sqlite_file}")
    with unit_of_work_factory(engine)[0]() as uow:
        conversation = a_conversation(uow, clock)
        for question in (*DRONE, "隔壁养的蜂把孩子蜇了"):
            uow.gaps.add(Gap(conversation.id, question, Lack.NOTHING, "personal_injury", clock()))
    engine.dispose()
    return sqlite_file


def test_列出来_多的在前_写草稿和例句(asked: Path, tmp_path: Path) -> None:
    draft, examples = tmp_path / "草稿.yaml", tmp_path / "例句.yml"
    done = yuanxian(asked, "evaluate", "gaps", "--draft", draft, "--examples", examples)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1. 2 个，最近 2026-11-23，personal_injury；没有答复 2")
    assert "最像的答复：" in done.stdout and "2. 1 个" in done.stdout
    (entry,) = yaml.safe_load(draft.read_text("utf-8"))
    assert entry["draft"] is True and {entry["question"], *entry["variants"]} == set(DRONE)
    assert yaml.safe_load(examples.read_text("utf-8"))["nlu"][0]["intent"] == "ask_personal_injury"


def test_没有那一组_没有问题_都说清楚(asked: Path, sqlite_file: Path) -> None:
    missing = yuanxian(asked, "evaluate", "gaps", "--cluster", "9")
    assert (missing.returncode, missing.stdout.splitlines()[-1]) == (2, "只有 2 组")
    later = yuanxian(asked, "evaluate", "gaps", "--from", "2030-01-01")
    assert (later.returncode, later.stdout) == (0, "还没有市民同意留下的问题\n")
