"""The articles shown for want of a reviewed answer: only when one stands out, never from a law that holds no longer."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.statute_library import SHOWN, StatuteLibrary
from knowledge.statutes_import import import_statutes
from store.unit_of_work import OpenUow

TODAY = date(2026, 11, 22)
HEAD = "# 示例\n\n<!-- INFO END -->\n\n"
OTHERS = ("渔船检验由港监办理", "林木采伐凭许可证", "邮政车辆优先放行", "档案移交限期完成", "测绘标志禁止移动",
          "气象台站统一布局", "盐业运输专营", "种畜进口报批", "烟草专卖管理", "计量器具强制检定")  # fmt: skip
NUMERALS = "一二三四五六七八九十"


@pytest.fixture
def library(open_uow: OpenUow, open_reading: OpenUow, tmp_path: Path) -> StatuteLibrary:
    folder = tmp_path / "statutes" / "社会法"
    folder.mkdir(parents=True)
    rest = "\n".join(f"第{NUMERALS[place]}条 {words}。" for place, words in enumerate(OTHERS))
    dogs = "第一条 饲养的烈性犬咬伤他人的，饲养人应当赔偿医疗费，烈性犬由公安机关收容。\n第二条 烈性犬出户应当戴口罩。"
    (folder / "示例养犬法(2020-01-01).md").write_text(HEAD + dogs, "utf-8")
    (folder / "示例杂项法(2019-01-01).md").write_text(HEAD + rest, "utf-8")
    (folder / "示例烈性犬旧法(2000-01-01).md").write_text(HEAD + dogs, "utf-8")
    (folder / "示例废止决定(2010-01-01).md").write_text(HEAD + "第一条 《示例烈性犬旧法》同时废止。", "utf-8")
    import_statutes(folder.parent, open_uow)
    return StatuteLibrary(open_reading, (), tmp_path / "cache")


@pytest.fixture
def loaded(library: StatuteLibrary) -> StatuteLibrary:
    assert library.load()
    return library


def test_一条明显最像_给它和后面两条(loaded: StatuteLibrary) -> None:
    found = loaded.closest("饲养的烈性犬咬伤他人，饲养人要赔偿医疗费吗", TODAY, None)
    assert len(found) == SHOWN
    assert (found[0].law, found[0].article, found[0].adopted) == ("示例养犬法", "第一条", date(2020, 1, 1))
    assert not any(one.named for one in found)


def test_失效的法律从不出现(loaded: StatuteLibrary) -> None:
    found = loaded.closest("饲养的烈性犬咬伤他人，饲养人要赔偿医疗费吗", TODAY, None)
    assert "示例烈性犬旧法" not in {one.law for one in found}
    before = loaded.ranked("饲养的烈性犬咬伤他人", date(2009, 1, 1), None)
    assert before[0].edition.law == "示例烈性犬旧法"


@pytest.mark.parametrize("question", ["那怎么办", "今天吃什么", "", "😀", "qwzx"])
def test_没有一条突出就不给(loaded: StatuteLibrary, question: str) -> None:
    assert loaded.closest(question, TODAY, None) == []


def test_索引还没有备好时不给(library: StatuteLibrary) -> None:
    assert library.closest("饲养的烈性犬咬伤他人", TODAY, "personal_injury") == []
