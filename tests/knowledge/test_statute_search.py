"""Finding articles in lay words: a handful of invented laws, and what lay words, answers and a bank teach."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from knowledge.answers import Answer, Article
from knowledge.lay_words import LayWords, lay_words, legal_terms
from knowledge.postings import Postings, best, bm25, grams, unit
from knowledge.statute_search import Asked, Ranked, StatuteIndex, StatuteSearch, StoredEdition
from knowledge.statutes import ArticleText, Standing, Statutes

TODAY = date(2026, 11, 22)
OLD, NEW = date(2001, 4, 28), date(2020, 5, 28)
LAWS: dict[tuple[str, date, date | None], dict[str, str]] = {
    ("示例典", OLD, date(2020, 12, 31)): {"第一条": "饲养的动物造成他人损害的，旧的规定。"},
    ("示例典", NEW, None): {
        "第一条": "饲养的动物造成他人损害的，动物饲养人应当承担侵权责任。",
        "第二条": "承租人应当按照约定的期限支付租金。",
        "第三条": "出租人应当履行租赁物的维修义务。",
    },
    ("示例军港规定", OLD, None): {"第一条": "军港内饲养动物的，由港务部门管理。", "第二条": "违反本规定的，予以处分。"},
}


class Shelf:
    """Editions held in memory."""

    def editions(self) -> Sequence[StoredEdition]:
        return [
            StoredEdition(place, law, adopted, Standing(adopted, until))
            for place, (law, adopted, until) in enumerate(LAWS, start=1)
        ]

    def articles(self, edition: StoredEdition) -> Sequence[ArticleText]:
        texts = next(t for (law, adopted, _), t in LAWS.items() if (law, adopted) == (edition.law, edition.adopted))
        return [ArticleText(number, "第一章总则", text) for number, text in texts.items()]


@pytest.fixture(scope="module")
def index() -> StatuteIndex:
    return StatuteIndex.build(Shelf())


def top(ranked: list[Ranked]) -> list[tuple[str, str, date]]:
    return [(one.edition.law, one.article, one.edition.adopted) for one in ranked]


def test_条文里的字就找得到(index: StatuteIndex) -> None:
    search = StatuteSearch(index, (), ())
    assert top(search.search("房子坏了出租人要维修吗", TODAY, 1)) == [("示例典", "第三条", NEW)]


def test_只给那一天有效的版本(index: StatuteIndex) -> None:
    search = StatuteSearch(index, (), ())
    on = {day: top(search.search("饲养的动物伤人", day, 9)) for day in (date(2020, 12, 31), date(2021, 1, 1))}
    assert ("示例典", "第一条", OLD) in on[date(2020, 12, 31)]
    assert ("示例典", "第一条", OLD) not in on[date(2021, 1, 1)]
    assert top(search.search("饲养的动物伤人", date(1990, 1, 1))) == []


def test_市民的说法引到条文(index: StatuteIndex) -> None:
    asked = [LayWords("示例典", NEW, "第一条", "被狗咬了谁赔\n猫抓伤")]
    assert top(StatuteSearch(index, asked, ()).search("我被邻居家的狗咬了", TODAY, 1)) == [("示例典", "第一条", NEW)]


def test_为别的版本写的说法不算(index: StatuteIndex) -> None:
    asked = [LayWords("示例典", OLD, "第二条", "被狗咬了谁赔"), LayWords("没有的法", NEW, "第一条", "被狗咬了谁赔")]
    plain, learnt = (StatuteSearch(index, words, ()).search("被狗咬了谁赔", TODAY) for words in ((), asked))
    assert top(learnt) == top(plain)


def test_审定的答复引到它的条文(index: StatuteIndex, entry: dict[str, Any]) -> None:
    known = replace(
        Answer(**{**entry, "deadlines": (), "articles": ()}),
        question="流浪猫挠人谁管",
        variants=("猫把我挠出血了",),
        articles=(Article("示例典", "第一条"), Article("没有的法", "第一条")),
    )
    assert top(StatuteSearch(index, (), [known]).search("猫把孩子挠出血", TODAY, 1)) == [("示例典", "第一条", NEW)]


def test_问题的主题抬高那个主题的答复引用的法(index: StatuteIndex, entry: dict[str, Any]) -> None:
    answer = Answer(**{**entry, "variants": (), "deadlines": (), "articles": ()})
    harbours = tuple(Article("示例军港规定", number) for number in ("第一条", "第二条"))
    search = StatuteSearch(index, (), [replace(answer, question="军港", articles=harbours)])
    plain, lifted = (
        {(one.edition.law, one.article): one.score for one in search.search("饲养的动物伤人", TODAY, topic=topic)}
        for topic in ("housing", "wages")
    )
    gained = {place: round(lifted[place] - score, 3) for place, score in plain.items()}
    assert gained["示例军港规定", "第一条"] == gained["示例军港规定", "第二条"] > 1
    assert {gain for (law, _), gain in gained.items() if law != "示例军港规定"} == {0.0}


def test_题库立刻拓宽检索_原来的检索不变(index: StatuteIndex) -> None:
    plain = StatuteSearch(index, (), ())
    learnt = plain.knowing([Asked("鹦鹉啄瞎了眼怎么赔", (("示例典", "第一条"),))])
    question = "鹦鹉啄伤眼睛"
    assert top(learnt.search(question, TODAY, 1)) == [("示例典", "第一条", NEW)]
    assert learnt.search(question, TODAY, 1)[0].score > plain.search(question, TODAY, 1)[0].score


def test_题库够大时_只是写过说法而没人问的条文往后退(index: StatuteIndex) -> None:
    plain = StatuteSearch(index, [LayWords("示例典", NEW, "第二条", "房租晚交几天")], ())
    bank = [Asked("花盆砸伤人", (("示例军港规定", "第二条"),)), Asked("别的法", (("没有的法", "第一条"),))]

    def lead(search: StatuteSearch) -> float:
        scores = {(one.edition.law, one.article): one.score for one in search.search("邻居夜里唱歌", TODAY, 9)}
        return scores["示例典", "第二条"] - scores["示例典", "第三条"]

    assert lead(plain) > lead(plain.knowing(bank[:1] * 20)) > lead(plain.knowing(bank[:1] * 300))
    assert lead(plain) == pytest.approx(lead(plain.knowing(bank[1:] * 300)))


@pytest.mark.parametrize(
    "text", ["", " ", "？！", "😀", "\ud800", "ｱ"], ids=["空", "空格", "标点", "表情", "半个字符", "假名"]
)
def test_没有可用的字就没有结果(index: StatuteIndex, text: str) -> None:
    assert StatuteSearch(index, (), ()).search(text, TODAY) == []


def test_很长的问题和奇怪的字符都答得出(index: StatuteIndex) -> None:
    search = StatuteSearch(index, (), ())
    assert len(search.search("动物\x00" * 100_000, TODAY)) == 5
    assert top(search.search("ＡＢＣ動物', DROP TABLE; --%_", TODAY, 1))


def test_没有法规时没有结果() -> None:
    class Empty:
        def editions(self) -> Sequence[StoredEdition]:
            return []

        def articles(self, edition: StoredEdition) -> Sequence[ArticleText]:
            return []

    assert StatuteSearch(StatuteIndex.build(Empty()), (), ()).search("租金", TODAY) == []


def test_一字和两字都算_全角和大小写不分() -> None:
    assert sorted(grams("Ａ租金")) == sorted(grams("a租金"))
    assert len(grams("租金，押")) == 4  # 租 金 押 租金


def test_排在前面的先给_同分的按先后() -> None:
    scores = Postings.build(["甲乙", "乙丙", "丙"], bm25(1.0, 0.5)).score(grams("乙丙"), np.ones(3))
    assert best(scores, 2) == [1, 2]
    assert best(scores, 9) == [1, 2, 0]
    assert best(scores * 0, 9) == [0, 1, 2]
    assert Postings.build([], unit).score(grams("甲"), np.ones(1)).tolist() == []


def test_口语带出法条用词() -> None:
    assert {"劳动报酬", "用人单位"} <= set(legal_terms("老板不发工资"))
    assert legal_terms("今天天气好") == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("劳动法:\n  1: 甲", "edition"), ("劳动法(2018-12-29):\n  第一条: 甲", "number")],
)
def test_说法文件写错了说明哪一处(tmp_path: Any, text: str, complaint: str) -> None:
    (tmp_path / "错.yaml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=f"错.yaml: .*{complaint}"):
        list(lay_words(tmp_path))


def test_真实法条库_每条说法都对着现行版本里有的条文(statutes: Statutes) -> None:
    wrong = [
        f"{words.law}({words.adopted}){words.article}"
        for words in lay_words()
        if words.law not in statutes
        or statutes.edition(words.law) != words.adopted
        or statutes.article(words.law, words.article) is None
    ]
    assert wrong == []
