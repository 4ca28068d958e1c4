"""Which text of a law is current, and by which names it is found."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.statutes import (
    Standing,
    Statutes,
    Unreadable,
    law_name,
    parse,
    read_edition,
    standings,
    superseded,
    unverifiable,
)

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
    assert list(parse(LAW)) == [
        ("第一条", "第一章总则", "为了示例，制定本法。\n第一款以后的段落另起一行。\n（一）列举也属于本条。"),
        ("第二条之一", "第二章期限", "自知道之日起三十日内提出。"),
    ]


@pytest.mark.parametrize(
    "text", ["", "# 题目", "<!-- INFO END -->", "第一条 没有文件头。", "\ufeff<!-- INFO END -->\n第条"]
)
def test_残缺的文件没有条文(text: str) -> None:
    assert not list(parse(text))


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


def test_读出一个版本_施行日和它废止的法(tmp_path: Path) -> None:
    (tmp_path / "社会法").mkdir()
    file = tmp_path / "社会法" / "新示例法(2020-05-01).md"
    last = "本法自2020年9月1日起施行。《中华人民共和国旧示例法》、《示例办法》同时废止。"
    file.write_text(f"<!-- INFO END -->\n第一条 《甲法》第三条不废止。\n第二条 {last}", "utf-8")
    edition = read_edition("新示例法", date(2020, 5, 1), [file], tmp_path)
    assert (edition.kind, edition.in_force_from, edition.repeals) == (
        "社会法",
        date(2020, 9, 1),
        ("旧示例法", "示例办法"),
    )


@pytest.mark.parametrize(
    "content", [b"", "# 只有题目".encode(), b"\xff\xfe<!-- INFO END -->"], ids=["空", "只有题目", "不是 UTF-8"]
)
def test_读不出条文的文件说明原因(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "坏法.md"
    file.write_bytes(content)
    with pytest.raises(Unreadable, match=r"第…条|UTF-8"):
        read_edition("坏法", date.min, [file], tmp_path)


def test_新版本施行前一日旧版本仍有效_废止它的法施行前一日也是() -> None:
    settled = standings(
        [
            ("甲法", date(2001, 1, 1), None, ()),
            ("甲法", date(2023, 9, 1), date(2024, 1, 1), ()),
            ("乙办法", date(2005, 1, 1), date(2005, 3, 1), ()),
            ("丙法", date(2020, 5, 1), date(2020, 9, 1), ("乙办法",)),
        ]
    )
    assert settled == {
        ("甲法", date(2001, 1, 1)): Standing(date(2001, 1, 1), date(2023, 12, 31)),
        ("甲法", date(2023, 9, 1)): Standing(date(2024, 1, 1), None),
        ("乙办法", date(2005, 1, 1)): Standing(date(2005, 3, 1), date(2020, 8, 31)),
        ("丙法", date(2020, 5, 1)): Standing(date(2020, 9, 1), None),
    }


def test_废止之后重新发布的同名法不受从前的废止影响() -> None:
    settled = standings([("甲办法", date(2022, 1, 1), None, ()), ("乙法", date(2020, 1, 1), None, ("甲办法",))])
    assert settled["甲办法", date(2022, 1, 1)].until is None


def test_法规库之外被替换的法到那天为止() -> None:
    settled = standings([("治安管理处罚法", date(2012, 10, 26), None, ()), ("婚姻法", date(2001, 4, 28), None, ())])
    assert settled["治安管理处罚法", date(2012, 10, 26)].until == date(2025, 12, 31)
    assert settled["婚姻法", date(2001, 4, 28)].until == date(2020, 12, 31)


def test_真实法条库_数目与几条人人会引的条文(statutes: Statutes) -> None:
    code = statutes.articles("民法典")
    assert len(code) == 1260 and "离婚" in code["第一千零七十九条"]
    assert statutes.edition("民事诉讼法") == date(2023, 9, 1)
    assert "一年" in (statutes.article("劳动争议调解仲裁法", "第二十七条") or "")
