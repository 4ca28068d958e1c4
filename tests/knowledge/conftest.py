"""A sound entry to spoil, a folder to put entries in, and the statutes where they are at hand."""

import os
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answers import Answer, load_answers
from knowledge.statutes import Statutes

TODAY = date(2026, 11, 22)
ROOT = Path(__file__).parents[2]
ENTRY: dict[str, Any] = {
    "id": "wages_unpaid",
    "topic": "wages",
    "question": "单位拖欠工资怎么办？",
    "variants": [
        "老板三个月没发工资",
        "工钱一直拖着不给",
        "公司欠薪去哪里告",
        "干完活要不到钱",
        "工资被克扣了",
        "发不出工资怎么要",
    ],
    "conclusion": "您可以向劳动监察投诉，也可以申请劳动仲裁，仲裁不收费。",
    "explanation": "工资应当按月足额发给您本人。",
    "steps": ["先把拖欠的月份和数额写下来。", "带上证据去劳动监察投诉。"],
    "deadlines": [
        {
            "name": "劳动仲裁时效",
            "period": "一年",
            "starts": "知道或者应当知道权利被侵害之日",
            "exceptions": None,
            "law": "劳动争议调解仲裁法",
            "article": "第二十七条",
        }
    ],
    "evidence": ["工资条", "考勤记录"],
    "articles": [{"law": "劳动合同法", "article": "第八十五条"}],
    "matter": "M05A",
    "sister_hotline": "12333",
    "reviewed_on": date(2026, 11, 22),
    "valid_from": date(2022, 1, 1),
    "valid_to": None,
}
WriteAnswers = Callable[..., Path]


@pytest.fixture
def entry() -> dict[str, Any]:
    """A sound entry of wages.yaml, free to be changed."""
    return deepcopy(ENTRY)


@pytest.fixture
def write(tmp_path: Path) -> WriteAnswers:
    """Write entries as <topic>.yaml into a folder of their own and give the folder."""

    def write_file(*entries: Any, topic: str = "wages") -> Path:
        text = yaml.safe_dump(list(entries), allow_unicode=True, sort_keys=False)
        folder = tmp_path / "answers"
        folder.mkdir(exist_ok=True)
        (folder / f"{topic}.yaml").write_text(text, "utf-8")
        return folder

    return write_file


@pytest.fixture(scope="session")
def answers() -> tuple[Answer, ...]:
    """The answers the product ships."""
    return load_answers()


@pytest.fixture(scope="session")
def statutes_dir() -> Path:
    """The folder of national statutes, from STATUTES_DIR or beside the project; skips where there is none."""
    named = os.environ.get("STATUTES_DIR") or os.environ.get("YUANXIAN_STATUTES_DIR")
    folder = Path(named or ROOT.parent / "shared" / "statutes")
    if not any(folder.glob("**/*.md")):
        pytest.skip(f"STATUTES NOT FOUND in {folder}: cited articles and deadlines were NOT checked; set STATUTES_DIR")
    return folder


@pytest.fixture(scope="session")
def statutes(statutes_dir: Path) -> Statutes:
    """The national statutes."""
    return Statutes(statutes_dir)
