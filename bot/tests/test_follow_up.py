"""A short question after an answer belongs to that answer's topic; one with a matter of its own does not."""

from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.follow_up import FOLLOWS_ON, FollowUp


def read(text: str, intent: str, confidence: float, **slots: Any) -> Message:
    """The message after the component has read it; the last answer was about arbitration unless `slots` say otherwise."""
    guess = {"name": intent, "confidence": confidence}
    data: dict[str, Any] = {
        TEXT: text,
        INTENT: guess,
        INTENT_RANKING_KEY: [guess, {"name": "ask_labour_arbitration", "confidence": 0.1}],
        METADATA: {"seq": 3, "slots": {"topic": "labour_arbitration"} | slots},
    }
    (message,) = FollowUp().process([Message(data=data)])
    return message


def goes_on(text: str, intent: str, confidence: float, **slots: Any) -> bool:
    return bool(read(text, intent, confidence, **slots).get(FOLLOWS_ON))


# The intents and their confidence are those that the trained classifier gave to these words alone.
@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("那要交多少钱", "ask_court", 0.45),
        ("在哪里申请", "find_workstation", 1.0),
        ("对方不来怎么办", "ask_court", 0.86),
        ("要多久？", "ask_court", 0.55),
        ("需要什么材料", "ask_court", 0.62),
        ("他不给怎么办", "nlu_fallback", 0.25),
        ("需要请律师吗", "apply_legal_aid", 0.29),
        ("过期了还能申请吗", "check_eligibility", 0.89),
        ("可以不去吗", "deny", 0.25),
        ("多久能有结果", "ask_progress", 0.91),
        ("不服怎么办", "ask_administrative", 0.98),
        ("没批怎么办", "ask_progress", 0.79),
        ("如果没有证据呢", "deny", 0.93),
        ("要带什么", "out_of_scope", 0.34),
        ("那如果他不同意呢", "affirm", 0.42),
        ("找 谁 ？", "nlu_fallback", 0.25),
    ],
)
def test_接着问的短句_归到上一个答复的主题(text: str, intent: str, confidence: float) -> None:
    message = read(text, intent, confidence)
    assert message.get(FOLLOWS_ON) is True
    assert message.get(INTENT) == {"name": "ask_labour_arbitration", "confidence": 1.0}
    names = [one["name"] for one in message.get(INTENT_RANKING_KEY)]
    assert names == ["ask_labour_arbitration", intent]


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("房子怎么分", "ask_marriage_property", 1.0),
        ("那孩子呢", "ask_child_support", 0.49),
        ("老板不承认怎么办", "report_work_injury", 0.68),
        ("谢谢", "thank", 1.0),
        ("好的", "affirm", 0.9),
        ("怎么转人工", "request_human", 0.9),
        ("再说一遍好吗", "repeat", 0.9),
        ("你是真人吗", "bot_challenge", 0.98),
        ("今天天气怎么样", "out_of_scope", 0.97),
        ("他拿刀来了怎么办", "danger_violence", 0.6),
        ("法律援助工作站在哪里", "find_workstation", 1.0),
        ("我的申请到哪一步了", "ask_progress", 0.99),
        ("我能申请法律援助吗", "check_eligibility", 0.97),
        ("能帮我约个时间吗", "book_appointment", 0.95),
        ("劳动法50条是什么", "ask_article", 0.8),
        ("邻居家装修把我家墙震裂了他不肯赔怎么办", "ask_housing", 0.4),
        ('/ask_wages{"answer_id": "多少"}', "ask_wages", 1.0),
    ],
)
def test_自成一问的_和别的事_不改(text: str, intent: str, confidence: float) -> None:
    message = read(text, intent, confidence)
    assert message.get(FOLLOWS_ON) is None
    assert message.get(INTENT)["name"] == intent


def test_还没有答过什么_不改() -> None:
    assert not goes_on("要多久", "ask_court", 0.55, topic=None)


def test_没有元数据也不出错() -> None:
    message = Message(data={TEXT: "要多久", INTENT: {"name": "ask_court", "confidence": 0.5}})
    assert FollowUp().process([message])[0].get(INTENT)["name"] == "ask_court"


def test_正在问问题时_没有呢是回答_要多久仍是接着问() -> None:
    assert not goes_on("没有呢", "deny", 0.9, asking="assistance_recipient", journey="eligibility")
    assert not goes_on("没有什么低保", "deny", 0.9, asking="assistance_recipient", journey="eligibility")
    assert goes_on("那要多久", "ask_court", 0.55, asking="migrant_worker", journey="eligibility")


def test_办着援助的事_去哪里办就是问去哪里办援助() -> None:
    assert not goes_on("在哪里申请", "find_workstation", 1.0, journey="booking", asking="appointment_time")
    assert not goes_on("在哪里申请", "find_workstation", 1.0, topic="legal_aid")


def test_有申请编号_多久有结果就是问进度_没有编号就接着问() -> None:
    assert not goes_on("多久能有结果", "ask_progress", 0.91, application_number="YX202611230001C")
    assert goes_on("没批怎么办", "ask_progress", 0.79, topic="legal_aid")


def test_有危险的时候不改() -> None:
    assert not goes_on("那怎么办", "ask_court", 0.3, journey="safety")
