"""An article is found by its name, however people spell it."""

import re

import pytest

from knowledge.citations import Citation, LawNames, article_number, in_words, paragraph, to_number
from knowledge.statutes import Statutes, short_names

LAWS = (
    "民法典",
    "劳动法",
    "劳动合同法",
    "企业法",
    "合伙企业法",
    "刑法",
    "刑事诉讼法",
    "最高人民法院关于适用民法典婚姻家庭编的解释（一）",
    "最高人民法院、最高人民检察院关于办理示例案件的解释",
    "最高人民法院关于审理民间借贷案件适用法律若干问题的规定",
)
NAMES = LawNames(LAWS)
SPELT = {
    "劳动合同法85条": ("劳动合同法", "第八十五条", None),
    "《中华人民共和国劳动法》第五十条第二款": ("劳动法", "第五十条", 2),
    "民法典一千零七十九条": ("民法典", "第一千零七十九条", None),
    "民法典的第 1079 条": ("民法典", "第一千零七十九条", None),
    "劳合法８５条怎么说的": ("劳动合同法", "第八十五条", None),
    "刑诉法第三十四条第1款": ("刑事诉讼法", "第三十四条", 1),
    "刑法第一百三十三条之一": ("刑法", "第一百三十三条之一", None),
    "刑法133条之一第一款": ("刑法", "第一百三十三条之一", 1),
    "合伙企业法2条": ("合伙企业法", "第二条", None),
    "民间借贷司法解释第25条": ("最高人民法院关于审理民间借贷案件适用法律若干问题的规定", "第二十五条", None),
    "婚姻家庭编解释(一)第五条": ("最高人民法院关于适用民法典婚姻家庭编的解释（一）", "第五条", None),
    "关于办理示例案件的解释 第三条": ("最高人民法院、最高人民检察院关于办理示例案件的解释", "第三条", None),
    "第八十五条，劳动合同法": ("劳动合同法", "第八十五条", None),
    "请问劳动法规定的第四十四条是什么意思": ("劳动法", "第四十四条", None),
}


@pytest.mark.parametrize(("written", "meant"), SPELT.items())
def test_条文的各种写法(written: str, meant: tuple[str, str, int | None]) -> None:
    assert NAMES.citations(written) == [Citation(*meant)]


def test_一句话里的几条() -> None:
    assert NAMES.citations("劳动法第五十条和第五十一条，还有刑法20条") == [
        Citation("劳动法", "第五十条"),
        Citation("劳动法", "第五十一条"),
        Citation("刑法", "第二十条"),
    ]


@pytest.mark.parametrize(
    "text", ["", "我买了三条鱼", "第八十五条", "想象法第三条", "劳动合同法", "条条条", "〇条" * 300]
)
def test_没有说出法名或者条号的不算(text: str) -> None:
    assert NAMES.citations(text) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (15, "十五"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1007, "一千零七"),
        (1010, "一千零一十"),
        (1260, "一千二百六十"),
    ],
)
def test_中文数字(number: int, words: str) -> None:
    assert in_words(number) == words
    assert to_number(words) == number


def test_款和它的项() -> None:
    text = "第一款。\n第二款有项：\n（一）甲；\n（二）乙。\n第三款。"
    assert paragraph(text, 2) == "第二款有项：\n（一）甲；\n（二）乙。"
    assert paragraph(text, 4) is None and paragraph(text, 0) is None


def spellings(law: str, number: str) -> list[str]:
    """The usual ways to write one article of a law."""
    found = re.fullmatch(r"第(.+)条(?:之(.+))?", number)
    assert found
    arabic, of = str(to_number(found[1])), f"之{found[2]}" if found[2] else ""
    return [
        f"《{law}》{number}",
        f"《中华人民共和国{law}》{number}第一款",
        f"{law}{arabic}条{of}",
        f"{law} 第 {arabic} 条{of}",
        f"{law}{found[1]}条{of}",
        law.replace("（", "(").replace("）", ")") + f"第{arabic}条{of}怎么规定的",
        f"请问{law}的{number}",
        f"{law}{number}第二项",
    ]


def test_真实法条库_每部法的每种写法都找得到(statutes: Statutes) -> None:
    names, missed, tried = LawNames(statutes.laws), [], 0
    for law in statutes.laws:
        numbers = list(statutes.articles(law))
        for number in {*numbers[:1], *numbers[len(numbers) // 2 :][:1], *numbers[-1:]}:
            for written in spellings(law, number):
                tried += 1
                cited = names.citations(written)
                if [(c.law, c.article) for c in cited] != [(law, number)]:
                    missed.append((written, cited))
    assert tried > 20000 and missed == []


def test_真实法条库_每个简称都指向库里的法(statutes: Statutes) -> None:
    names = LawNames(statutes.laws)
    for short, law in short_names().items():
        assert law in statutes, law
        article = next(iter(statutes.articles(law)))
        assert names.citations(f"{short}{article}") == [Citation(law, article)], short


def test_写回条号() -> None:
    assert article_number("85") == article_number(85) == "第八十五条"
    assert article_number("一百三十三", "一") == "第一百三十三条之一"
