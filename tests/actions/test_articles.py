"""The text of the law where no reviewed answer fits, and by name; what follows on from an answer; a second matter."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from actions.answers import LEAVE_QUESTION, OFFERS, ActionAnswerQuestion, ActionHandleFallback
from actions.articles import BRIEF, articles_block, shortened
from actions.base import Services
from actions.journeys import ActionContinueJourney
from hotline import gaps, privacy
from hotline.conversations import Conversation
from knowledge.search import AnswerIndex, AskBack
from knowledge.statute_library import Found
from tests.actions.conftest import Caller, entity
from tests.api.gateway import rows

LONG = "建设单位应当在施工现场醒目位置设立维权信息告示牌。" * 20
ARTICLE = Found(
    "城市房地产管理法", "第三十二条", "第四章", "房地产转让、抵押时，房屋的所有权同时转让、抵押。", date(2019, 8, 26)
)
STRANGE = "𝕏𝕐ℤ qwzx vbnm"
"""What no reviewed answer takes up, however many are written."""


@dataclass
class Library:
    """Stands for the statutes: finds what the test says, and remembers what it was asked."""

    found: Sequence[Found] = ()
    by_name: Sequence[Found] = ()
    ready: bool = True
    asked: tuple[str, str | None] | None = None

    def closest(self, question: str, on: date, topic: str | None) -> list[Found]:
        self.asked = (question, topic)
        return list(self.found)

    def named(self, text: str, on: date) -> list[Found]:
        return list(self.by_name)


def with_library(services: Services, conversation: Conversation, library: Library) -> Caller:
    return Caller(replace(services, statutes=library), conversation.id)  # type: ignore[arg-type]


@pytest.fixture
def library() -> Library:
    return Library(found=[ARTICLE, replace(ARTICLE, article="第三十三条", text=LONG)])


@pytest.fixture
def reader(services: Services, conversation: Conversation, library: Library) -> Caller:
    """A caller whose gateway has the statutes."""
    return with_library(services, conversation, library)


def test_没有审定的答复_给最接近的条文_说明不是答复_有援助和人工(reader: Caller, sqlite_file: Path) -> None:
    played = reader.says(ActionAnswerQuestion, STRANGE, "ask_housing")
    said = played.only()
    assert said["response"] == "utter_articles"
    first, second = said["custom"]["articles"]
    assert first == {"law": ARTICLE.law, "article": "第三十二条", "text": ARTICLE.text, "shortened": False, "adopted": "2019-08-26"}  # fmt: skip
    assert second["shortened"] and len(second["text"]) <= BRIEF + 2 and second["text"].endswith("。……")
    assert "《城市房地产管理法》第三十二条（2019年8月26日通过的版本）：" in said["articles"]
    assert [one["payload"] for one in said["buttons"]] == [one["payload"] for one in (*OFFERS, LEAVE_QUESTION)]
    assert (played.slots["answer_id"], played.slots["topic"]) == (None, "housing")
    ((topic, articles, told),) = rows(sqlite_file, "SELECT topic, articles, told_right_to_apply FROM consultations")
    assert (topic, told, len(json.loads(articles))) == ("housing", 1, 2)


def test_主题跟着一起找(reader: Caller, library: Library) -> None:
    reader.says(ActionAnswerQuestion, STRANGE, "ask_housing")
    assert library.asked == (STRANGE, "housing")


def test_答复都不够像时先给条文_几个问题仍可以点(
    reader: Caller, answer_index: AnswerIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = [answer_index.by_id(name) for name in ("rent_repair", "rent_sublet")]
    asked_back = AskBack((pair[0], pair[1]))  # type: ignore[arg-type]
    monkeypatch.setattr("actions.answers.choose", lambda hits, heard: asked_back)
    said = reader.says(ActionAnswerQuestion, STRANGE, "ask_housing").only()
    assert said["response"] == "utter_articles"
    assert [one["title"] for one in said["buttons"]][:2] == [one.question for one in pair if one]


def test_有审定的答复就不查条文(reader: Caller, library: Library) -> None:
    said = reader.says(ActionAnswerQuestion, "单位拖欠工资怎么办？", "ask_wages").only()
    assert said["response"] == "utter_answer" and library.asked is None


@pytest.mark.parametrize("unavailable", [Library(found=[ARTICLE], ready=False), Library(found=[]), None])
def test_法规不在手边或者都不够像_和从前一样(services: Services, conversation: Conversation, unavailable: Any) -> None:
    caller = with_library(services, conversation, unavailable)
    assert caller.says(ActionAnswerQuestion, STRANGE, "ask_housing").responses == ["utter_no_answer"]
    assert caller.says(ActionHandleFallback, STRANGE, "nlu_fallback").responses == ["utter_ask_rephrase"]


def test_没认出意思_但有条文_给条文_不再算没听懂(reader: Caller) -> None:
    played = reader.says(ActionHandleFallback, STRANGE, "nlu_fallback", misunderstood=1)
    assert (played.responses, played.slots["misunderstood"]) == (["utter_articles"], 0)


def test_办着事的时候_给了条文还回到没问完的问题(reader: Caller) -> None:
    reader.slots |= {"journey": "booking", "asking": "appointment_time"}
    assert reader.says(ActionAnswerQuestion, STRANGE, "ask_housing").responses == [
        "utter_articles",
        "utter_resume",
        "utter_ask_appointment_time",
    ]


def test_按名字问条文_给原文_没有就说没有(services: Services, conversation: Conversation) -> None:
    library = Library(by_name=[replace(ARTICLE, text=LONG)])
    said = (
        with_library(services, conversation, library).says(ActionAnswerQuestion, "房地产法32条", "ask_article").only()
    )
    assert said["response"] == "utter_articles_asked_for"
    assert said["custom"]["articles"][0]["text"] == LONG and not said["custom"]["articles"][0]["shortened"]
    missing = with_library(services, conversation, Library()).says(ActionAnswerQuestion, "某法999条", "ask_article")
    assert missing.responses == ["utter_article_not_at_hand"]
    nothing = Caller(services, conversation.id).says(ActionAnswerQuestion, "某法999条", "ask_article")
    assert nothing.responses == ["utter_article_not_at_hand"]


def test_没认出意思但说了条文的名字_给原文(services: Services, conversation: Conversation) -> None:
    caller = with_library(services, conversation, Library(by_name=[ARTICLE]))
    assert caller.says(ActionHandleFallback, "房地产法32条", "nlu_fallback").responses == ["utter_articles_asked_for"]


def test_当成随口一句的法律问题_没说出事实_也给条文(reader: Caller, library: Library) -> None:
    assert reader.says(ActionContinueJourney, STRANGE, "inform").responses == ["utter_articles"]
    library.asked = None
    assert reader.says(ActionContinueJourney, "嗯嗯知道了", "inform").responses == ["utter_what_is_it_about"]
    told = (entity("role", "migrant_worker"),)
    assert reader.says(ActionContinueJourney, "我是从农村出来打工的", "inform", told).responses == [
        "utter_what_is_it_about"
    ]
    assert library.asked is None


def test_截短停在句末_没有句末就硬截() -> None:
    assert shortened("甲。乙。", 10) == "甲。乙。"
    assert shortened("甲甲甲。乙乙乙乙乙乙乙。", 8) == "甲甲甲。……"
    assert shortened("甲" * 20, 8) == "甲" * 8 + "……"
    assert articles_block([], 8) == {"type": "articles", "articles": []}


def follows(caller: Caller, text: str, topic: str, **slots: Any) -> Any:
    """The message as it comes when the bot heard that it goes on from the last answer."""
    return caller.says(ActionAnswerQuestion, text, f"ask_{topic}", latest={"follows_on": True}, topic=topic, **slots)


@pytest.mark.parametrize(
    ("after", "topic", "text", "answer"),
    [
        ("divorce_by_lawsuit", "divorce", "去哪个法院", "divorce_where_sue"),
        ("court_filing", "court", "要什么证据", "court_evidence"),
        ("dv_what_to_do", "domestic_violence", "那保护令怎么申请", "dv_protection_order"),
    ],
)
def test_接着问_在同一个主题里找(
    caller: Caller, answer_index: AnswerIndex, after: str, topic: str, text: str, answer: str
) -> None:
    played = follows(caller, text, topic, answer_id=after)
    expected = answer_index.by_id(answer)
    assert expected is not None
    assert played.messages[0]["custom"].get("question") == expected.question
    assert played.slots["answer_id"] == answer


def test_接着问_两个都像就问是哪个_都在同一个主题里(caller: Caller, answer_index: AnswerIndex) -> None:
    said = follows(caller, "那然后怎么办", "divorce", answer_id="divorce_by_lawsuit").messages[0]
    if said["response"] == "utter_ask_which_question":
        assert all(one["payload"].startswith("/ask_divorce") for one in said["buttons"][:-1])
    else:
        assert said["response"] in ("utter_answer", "utter_no_answer")


def test_接着问_没有答复时_连着上一题一起找条文(reader: Caller, library: Library, answer_index: AnswerIndex) -> None:
    last = answer_index.by_id("divorce_by_lawsuit")
    assert last is not None
    follows(reader, "qwzx", "divorce", answer_id=last.id)
    assert library.asked == (f"{last.question}qwzx", "divorce")


TWO = [{"name": "wages", "confidence": 0.9}, {"name": "labour_contract", "confidence": 0.5}]


def test_一句话两件事_先答第一件_第二件做成按钮(caller: Caller) -> None:
    played = caller.says(
        ActionAnswerQuestion, "单位拖欠工资怎么办，另外一直没签劳动合同", "ask_wages", latest={"topics": TWO}
    )
    answer, aside = played.messages
    assert (answer["response"], answer["custom"]["type"]) == ("utter_answer", "answer")
    other, name = {"wages": ("labour_contract", "劳动合同"), "labour_contract": ("wages", "拖欠工资")}[
        played.slots["topic"]
    ]
    assert (aside["response"], aside["matter"]) == ("utter_also_mentioned", name)
    (button,) = aside["buttons"]
    assert button["title"] == f"也了解{name}" and button["payload"].startswith(f'/ask_{other}{{"answer_id": "')
    assert aside["custom"] == {"type": "text", "aside": True}


@pytest.mark.parametrize("topics", [None, [], TWO[:1], [TWO[0], TWO[1] | {"confidence": 0.1}]])
def test_只说了一件事_不多问(caller: Caller, topics: Any) -> None:
    played = caller.says(ActionAnswerQuestion, "单位拖欠工资怎么办？", "ask_wages", latest={"topics": topics})
    assert played.responses == ["utter_answer"]


def test_说遭遇时也提第二件事_后面照样判断援助(caller: Caller) -> None:
    told = (entity("role", "migrant_worker"),)
    played = caller.says(
        ActionAnswerQuestion,
        "老板欠我三个月工资，还没给我签过合同",
        "report_unpaid_wages",
        told,
        latest={"topics": TWO},
    )
    assert played.responses == ["utter_answer", "utter_also_mentioned"]
    assert played.slots["migrant_worker"] is True


def agree(caller: Caller) -> None:
    """The citizen agrees that what is not answered well may be kept."""
    with caller.services.open_uow() as uow:
        now = caller.services.now()
        privacy.decide(uow, caller.conversation_id, gaps.PURPOSE, True, privacy.notice_on(now.date()), now)


def kept(caller: Caller) -> list[tuple[str, str, str | None]]:
    with caller.services.open_uow() as uow:
        found = uow.gaps.of_conversation(caller.conversation_id)
    return [(one.question, str(one.lack), one.topic) for one in found]


def test_没有同意_没答上的只数数_不留话(caller: Caller, sqlite_file: Path) -> None:
    caller.says(ActionAnswerQuestion, STRANGE, "ask_housing")
    assert kept(caller) == []
    assert rows(sqlite_file, "SELECT unanswered FROM consultations") == [(1,)]


def test_同意了_没答上的和只给了条文的都留下_各记各的(caller: Caller, reader: Caller, sqlite_file: Path) -> None:
    agree(caller)
    caller.says(ActionAnswerQuestion, f"{STRANGE} 13800000001", "ask_housing")
    reader.says(ActionAnswerQuestion, STRANGE, "ask_land")
    assert set(kept(caller)) == {(f"{STRANGE} 〔电话〕", "nothing", "housing"), (STRANGE, "articles", "land")}
    assert rows(sqlite_file, "SELECT unanswered FROM consultations") == [(1,)]


def test_接着问的短句_连着上一个问题留下(caller: Caller, answer_index: AnswerIndex) -> None:
    agree(caller)
    last = answer_index.by_id("divorce_by_lawsuit")
    assert last is not None
    follows(caller, "qwzx", "divorce", answer_id=last.id)
    ((question, _, _),) = kept(caller)
    assert question == f"{last.question}——qwzx"


def test_答得好的不留(caller: Caller) -> None:
    agree(caller)
    caller.says(ActionAnswerQuestion, "单位拖欠工资怎么办？", "ask_wages")
    assert kept(caller) == []
