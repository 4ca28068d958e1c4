"""A short reply that fits the pending question answers it; whatever must interrupt still does."""

from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.expected_answer import EXPECTED, LONGEST_REPLY, ExpectedAnswer


def read(text: str, intent: str, asking: str | None, *entities: str) -> Message:
    """The message after the component has read it."""
    ranking = [{"name": intent, "confidence": 0.6}, {"name": "inform", "confidence": 0.2}]
    data: dict[str, Any] = {
        TEXT: text,
        INTENT: ranking[0],
        INTENT_RANKING_KEY: ranking,
        ENTITIES: [{"entity": one, "value": "x"} for one in entities],
        METADATA: {"seq": 3, "slots": {"asking": asking} if asking else {}},
    }
    (message,) = ExpectedAnswer().process([Message(data=data)])
    return message


def intent_after(text: str, intent: str, asking: str | None, *entities: str) -> str:
    return str(read(text, intent, asking, *entities).get(INTENT)["name"])


@pytest.mark.parametrize(
    ("asking", "text", "entity"),
    [
        ("region", "蜀山区那边", "region"),
        ("income_yuan_per_person_month", "也就一千五吧", "money"),
        ("age", "七十三了", "age"),
        ("days_to_limitation", "还剩五天", "duration"),
        ("appointment_time", "明天上午", "date"),
        ("applicant_phone", "13800000000", "phone"),
        ("application_number", "YX202611230001C", "application_number"),
        ("phone_tail", "0000", "phone_tail"),
        ("rating", "五分", "rating"),
    ],
)
def test_短短一句答了正在问的(asking: str, text: str, entity: str) -> None:
    message = read(text, "ask_loans", asking, entity)
    assert message.get(INTENT) == {"name": "inform", "confidence": 1.0}
    assert [one["name"] for one in message.get(INTENT_RANKING_KEY)] == ["inform", "ask_loans"]
    assert EXPECTED[asking] >= {entity}


def test_没在问什么_不改(text: str = "蜀山区") -> None:
    assert intent_after(text, "ask_loans", None, "region") == "ask_loans"


def test_没有元数据也不出错() -> None:
    message = Message(data={TEXT: "蜀山区", INTENT: {"name": "ask_loans", "confidence": 0.5}})
    assert ExpectedAnswer().process([message])[0].get(INTENT)["name"] == "ask_loans"


def test_答的不是问的_不改() -> None:
    assert intent_after("七十三了", "ask_legal_aid", "region", "age") == "ask_legal_aid"
    assert intent_after("不清楚", "ask_legal_aid", "region") == "ask_legal_aid"


def test_话长了_自己说了算() -> None:
    text = "对了我想问一下蜀山区的仲裁委员会在哪里要不要交钱"
    assert len(text) > LONGEST_REPLY
    assert intent_after(text, "ask_labour_arbitration", "region", "region") == "ask_labour_arbitration"


@pytest.mark.parametrize(
    "intent",
    [
        "danger_violence",
        "danger_self_harm",
        "danger_child",
        "danger_fraud",
        "danger_crowd",
        "ask_why",
        "refuse",
        "dont_know",
        "request_human",
        "correct",
        "cancel_appointment",
        "repeat",
        "goodbye",
    ],
)
@pytest.mark.parametrize("asking", ["region", "applicant_name", "appointment_time"])
def test_可以打断的_照样打断(intent: str, asking: str) -> None:
    assert intent_after("蜀山区明天", intent, asking, "region", "date") == intent


def test_按钮原样() -> None:
    assert intent_after("/deny", "deny", "applicant_name") == "deny"


@pytest.mark.parametrize(("name", "intent"), [("欧阳测试", "greet"), ("我叫王样例", "ask_loans"), ("样例", "insult")])
def test_问称呼_短短一句就是称呼(name: str, intent: str) -> None:
    assert intent_after(name, intent, "applicant_name") == "inform"


def test_问称呼_长句子不是称呼() -> None:
    assert intent_after("你先告诉我这个要不要花钱我再跟你说", "ask_legal_aid", "applicant_name") == "ask_legal_aid"


def test_说投诉的经过_多长都是经过() -> None:
    story = "上个月我打电话过去，值班的人说话很难听，还挂了我的电话，我要你们给个说法"
    assert intent_after(story, "ask_consumer", "complaint_text") == "inform"
    assert intent_after(story, "correct", "complaint_text") == "inform"
    assert intent_after(story, "danger_violence", "complaint_text") == "danger_violence"
    assert intent_after("算了", "cancel_appointment", "complaint_text") == "cancel_appointment"
