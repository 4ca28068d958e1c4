"""Answers held against the statutes: a small law of our own first, then the real ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.answers import Answer, Deadline, load_answers
from knowledge.check import check_answers, missing_periods, periods

Check = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def check(entry: dict[str, Any], write: Callable[..., Path], tmp_path: Path) -> Check:
    """Cite one article and one deadline of 示例法 (三十日 in its 第二条) and give (kind, message) of what is found."""
    folder = tmp_path / "statutes"
    folder.mkdir()
    (folder / "示例法(2020-01-01).md").write_text(
        "<!-- INFO END -->\n第二条 三十日内提出。\n第三条 随时提出。", "utf-8"
    )

    def run(article: str = "第二条", law: str = "示例法", period: str = "三十日") -> list[tuple[str, str]]:
        entry["articles"] = [{"law": law, "article": article}]
        entry["deadlines"][0] |= {"period": period, "law": law, "article": article}
        return [(p.kind, str(p)) for p in check_answers(load_answers(write(entry)), folder)]

    return run


def test_条文和期限都对(check: Check) -> None:
    assert check() == []


def test_条文不存在(check: Check) -> None:
    ((kind, message),) = check("第九十九条")
    assert kind == "error" and message.startswith(
        "wages.yaml: wages_unpaid: 示例法第九十九条: the edition of 2020-01-01"
    )


def test_法名写错(check: Check) -> None:
    ((kind, message),) = check(law="示例办法")
    assert kind == "error" and "no such law" in message


def test_期限不在条文里(check: Check) -> None:
    ((kind, message),) = check(period="六十日")
    assert kind == "error" and "六十日 does not stand in 示例法第二条" in message


def test_新法只报无从核对(check: Check) -> None:
    ((kind, message),) = check("第二十五条", law="治安管理处罚法", period="六个月")
    assert kind == "unverifiable" and "2026-01-01" in message


SAME = [
    ("30日", "三十日内"),
    ("一年", "期间为一年"),
    ("72小时", "七十二小时内"),
    ("2年", "两年内"),
    ("三日到七日", "三日至七日"),
    ("七日", "三至七日"),
    ("180日", "一百八十日"),
    ("60个工作日", "六十个工作日"),
    ("六个月", "半年"),
    ("15天内", "十五日内"),
    ("三年，最长二十年", "期间为三年……超过二十年的"),
    ("随时", "可以随时提出"),
]


@pytest.mark.parametrize(("period", "text"), SAME)
def test_同一期限的不同写法(period: str, text: str) -> None:
    assert missing_periods(Deadline("期限", period, "", None, "", ""), text) == ""


DIFFERENT = [
    ("三日", "十三日内"),
    ("五日", "五个工作日"),
    ("一年", "一个月"),
    ("三年，最长二十年", "期间为三年"),
    ("随时", "三十日"),
]


@pytest.mark.parametrize(("period", "text"), DIFFERENT)
def test_不同的期限不混同(period: str, text: str) -> None:
    assert missing_periods(Deadline("期限", period, "", None, "", ""), text)


def test_期限读成数和单位() -> None:
    assert [p for p, _ in periods("一千二百零五日，二十四小时，十年")] == [(1205, "日"), (24, "小时"), (10, "年")]


def test_自带的答案_每条引用都在现行文本里(answers: tuple[Answer, ...], statutes_dir: Path) -> None:
    errors = [str(p) for p in check_answers(answers, statutes_dir) if p.kind == "error"]
    assert not errors, "\n".join(errors)
