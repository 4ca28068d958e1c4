"""Slips of voice input: what is repaired, and what must stay as it was said."""

from pathlib import Path

import jieba
import pytest

from bot.homophones import DICTIONARY, Homophones

jieba.load_userdict(str(DICTIONARY))
HOMOPHONES = Homophones.load()


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("我要申请劳动种裁", "我要申请劳动仲裁"),
        ("工商认定怎么申请", "工伤认定怎么申请"),
        ("他打我我想要保护另", "他打我我想要保护令"),
        ("取保后审要交多少钱", "取保候审要交多少钱"),
        ("法律原助中心在哪", "法律援助中心在哪"),
        ("抚养飞一直不给", "抚养费一直不给"),
        ("扶养飞一直不给", "扶养费一直不给"),
        ("经济补尝金怎么算", "经济补偿金怎么算"),
        ("误公费和护理非怎么算", "误工费和护理费怎么算"),
        ("离昏以后孩子归谁", "离婚以后孩子归谁"),
        ("司法坚定去哪里做", "司法鉴定去哪里做"),
    ],
)
def test_听错的法律词改回来(heard: str, meant: str) -> None:
    assert HOMOPHONES.repair(heard) == meant


@pytest.mark.parametrize(
    "said",
    [
        "他要保护另外一个人",
        "工商局认定我违法经营",
        "我在工商银行上班",
        "我承包的山林被别人占了",
        "二次土地承包的时候没有分到",
        "种起树来才发现地不是我的",
        "菜里有虫怎么办",
        "申请仲裁有多少胜算",
        "上述情况属实",
        "因公死亡有什么待遇",
        "参保地经办机构在哪",
        "监护扶养关系怎么证明",
        "我居留在合肥",
        "",
        "😭 hello 12348",
    ],
)
def test_本来就是这么说的_一个字不动(said: str) -> None:
    assert HOMOPHONES.repair(said) == said


def test_字数不变_所以位置还对得上() -> None:
    said = "老板拖欠公资我想劳动种裁行不行"
    assert len(HOMOPHONES.repair(said)) == len(said)


def test_词典里的每个词都不会被改(tmp_path: Path) -> None:
    terms = [line.split()[0] for line in DICTIONARY.read_text("utf-8").splitlines()]
    assert [term for term in terms if HOMOPHONES.repair(term) != term] == []
    assert len(terms) == len(set(terms))
