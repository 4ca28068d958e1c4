"""Which text of a law is current, and by which names it is found."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.statutes import Statutes, law_name, parse, superseded, unverifiable

LAW = """# 中华人民共和国示例法

2001年2月3日 示例会议通过

2020年12月28日 示例会议修正

<!-- INFO END -->

本法序言不是条文。

## 第一章 总则

第一条 为了示例，制定本法。

第一款以后的段落另起一行。

（一）列举也属于本条。

## 第二章 期限

第二条之一　自知道之日起三十日内提出。
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three editions of one law, one without a date in its name, and a code in two books."""
    (tmp_path / "社会法").mkdir()
    (tmp_path / "社会法" / "示例法(2001-02-03).md").write_text(LAW.replace("三十日", "六十日"), "utf-8")
    (tmp_path / "社会法" / "示例法.md").write_text(LAW, "utf-8")
    (tmp_path / "社会法" / "示例法(2018-01-01).md").write_text(LAW.replace("三十日", "十五日"), "utf-8")
    (tmp_path / "民法典").mkdir()
    for book, number in (("总则", "第一条"), ("合同编", "第四百六十三条")):
        (tmp_path / "民法典" / f"{book}.md").write_text(f"<!-- INFO END -->\n{number} {book}的条文。", "utf-8")
    return tmp_path


def test_标题和序言不是条文_各款各项归本条() -> None:
    assert dict(parse(LAW)) == {
        "第一条": "为了示例，制定本法。\n第一款以后的段落另起一行。\n（一）列举也属于本条。",
        "第二条之一": "自知道之日起三十日内提出。",
    }


@pytest.mark.parametrize(
    "text", ["", "# 题目", "<!-- INFO END -->", "第一条 没有文件头。", "\ufeff<!-- INFO END -->\n第条"]
)
def test_残缺的文件没有条文(text: str) -> None:
    assert not dict(parse(text))


def test_以最新版本为准_文件名没有日期的看文件头(folder: Path) -> None:
    statutes = Statutes(folder)
    assert statutes.edition("示例法") == date(2020, 12, 28)
    assert "三十日" in (statutes.article("示例法", "第二条之一") or "")
    assert statutes.article("示例法", "第三条") is None


def test_民法典是一部法(folder: Path) -> None:
    statutes = Statutes(folder)
    assert set(statutes.articles("民法典")) == {"第一条", "第四百六十三条"}


def test_没有的法(folder: Path) -> None:
    statutes = Statutes(folder)
    assert "想象法" not in statutes and statutes.article("想象法", "第一条") is None


def test_空文件夹说明缺什么(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no statutes"):
        Statutes(tmp_path)


NAMES = {
    "《中华人民共和国劳动法》": "劳动法",
    "劳动法(2018-12-29)": "劳动法",
    "最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释(一)": "最高人民法院关于适用民法典婚姻家庭编的解释（一）",
    " 农民专业合作社法 ": "农民专业合作社法",
}


@pytest.mark.parametrize(("written", "plain"), NAMES.items())
def test_同一部法的几种写法(written: str, plain: str) -> None:
    assert law_name(written) == plain


def test_已废止的法说出改引什么() -> None:
    old = superseded("中华人民共和国婚姻法")
    assert old and (old.since, old.use) == (date(2021, 1, 1), "民法典")
    assert superseded("民法典") is None
    assert superseded("最高人民法院关于审理劳动争议案件适用法律问题的解释（一）") is None


def test_收集之后的新法无从核对() -> None:
    assert "2026-01-01" in (unverifiable("治安管理处罚法") or "")
    assert unverifiable("劳动法") is None


def test_真实法条库_数目与几条人人会引的条文(statutes: Statutes) -> None:
    code = statutes.articles("民法典")
    assert len(code) == 1260 and "离婚" in code["第一千零七十九条"]
    assert statutes.edition("民事诉讼法") == date(2023, 9, 1)
    assert "一年" in (statutes.article("劳动争议调解仲裁法", "第二十七条") or "")
