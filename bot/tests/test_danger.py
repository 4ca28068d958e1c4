"""The danger lexicon, line by line: `danger_lines.yaml` holds the sentences."""

from pathlib import Path

import pytest
import yaml
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.danger import DangerDetector, DangerLexicon, LexiconError

LEXICON = DangerLexicon.load()
LINES = yaml.safe_load((Path(__file__).parent / "danger_lines.yaml").read_text(encoding="utf-8"))
RAISED = [(line, intent) for intent, lines in LINES["raised"].items() for line in lines]
NOTHING = {"harmless": ["□"], "now": ["现在"], "negations": ["没"], "calm": ["怎么判"], "words": {}}


@pytest.mark.parametrize(("line", "intent"), RAISED)
def test_危险的话一定升为危险意图(line: str, intent: str) -> None:
    rule = LEXICON.find(line)
    assert rule is not None, "nothing found"
    assert rule.intent == intent, f"rule {rule.name}"


@pytest.mark.parametrize("line", LINES["quiet"])
def test_听着吓人但不是眼前的危险_不惊动(line: str) -> None:
    rule = LEXICON.find(line)
    assert rule is None, f"rule {rule.name}"


def test_正反例都够多() -> None:
    assert len(RAISED) >= 60
    assert len(LINES["quiet"]) >= 60


def understood(text: str, name: str, confidence: float) -> Message:
    """A message as the classifier leaves it."""
    first = {"name": name, "confidence": confidence}
    second = {"name": "danger_violence", "confidence": 1 - confidence}
    return Message(data={TEXT: text, INTENT: first, INTENT_RANKING_KEY: [first, second]})


def test_危险意图排第一_置信度为一_且不重复() -> None:
    message = understood("他正在打我", "report_domestic_violence", 0.9)
    DangerDetector(LEXICON, 0.2, 0.9).process([message])
    assert message.get(INTENT) == {"name": "danger_violence", "confidence": 1.0}
    assert message.get(INTENT_RANKING_KEY) == [
        {"name": "danger_violence", "confidence": 1.0},
        {"name": "report_domestic_violence", "confidence": 0.0},
    ]
    assert {INTENT, INTENT_RANKING_KEY} <= message.output_properties


def test_没有危险时原样放过() -> None:
    message = understood("老板欠我工资", "report_unpaid_wages", 0.8)
    DangerDetector(LEXICON, 0.2, 0.9).process([message])
    assert message.get(INTENT) == {"name": "report_unpaid_wages", "confidence": 0.8}


@pytest.mark.parametrize(("confidence", "raised"), [(0.75, True), (0.85, False), (1.0, False)])
def test_词表没有的话_分类器有几分疑心就算(confidence: float, raised: bool) -> None:
    message = understood("他今天怪怪的", "greet", confidence)  # the rest of the confidence is on danger_violence
    DangerDetector(LEXICON, 0.2, 0.9).process([message])
    assert (message.get(INTENT)["name"] == "danger_violence") is raised


def test_问法律的话_疑心要很重才算() -> None:
    for danger, raised in ((0.5, False), (0.95, True)):
        message = understood("他那样会怎么判", "ask_criminal", 1 - danger)
        DangerDetector(LEXICON, 0.2, 0.9).process([message])
        assert (message.get(INTENT)["name"] == "danger_violence") is raised


def test_问法律的话_不够重的危险不留在首位_其余的分掉它的把握() -> None:
    message = understood("他扬言要起诉我怎么判", "ask_court", 0.3)
    message.set(INTENT, {"name": "danger_violence", "confidence": 0.6})
    message.set(
        INTENT_RANKING_KEY,
        [
            {"name": "danger_violence", "confidence": 0.6},
            {"name": "ask_court", "confidence": 0.3},
            {"name": "ask_divorce", "confidence": 0.1},
        ],
    )
    DangerDetector(LEXICON, 0.2, 0.7).process([message])
    assert [(one["name"], round(one["confidence"], 2)) for one in message.get(INTENT_RANKING_KEY)] == [
        ("ask_court", 0.75),
        ("ask_divorce", 0.25),
        ("danger_violence", 0.0),
    ]
    assert message.get(INTENT)["name"] == "ask_court"


def test_点了求救按钮_问法律的话也不改() -> None:
    message = understood("怎么判", "danger_violence", 1.0)
    DangerDetector(LEXICON, 0.2, 0.7).process([message])
    assert message.get(INTENT) == {"name": "danger_violence", "confidence": 1.0}


def test_正在答年龄_不算孩子有危险() -> None:
    message = understood("12岁", "inform", 1.0)
    message.set(
        INTENT_RANKING_KEY, [{"name": "inform", "confidence": 1.0}, {"name": "danger_child", "confidence": 0.4}]
    )
    DangerDetector(LEXICON, 0.2, 0.9).process([message])
    assert message.get(INTENT)["name"] == "inform"


def test_没有文字的消息不出错() -> None:
    message = Message(data={INTENT: {"name": "greet", "confidence": 1.0}})
    DangerDetector(LEXICON, 0.2, 0.9).process([message])
    assert message.get(INTENT) == {"name": "greet", "confidence": 1.0}


def test_很长的话也能很快看完() -> None:
    assert LEXICON.find("我在工地上干了三个月老板一直不给钱" * 100 + "我不想活了") is not None


def test_词表写错时说明哪里错() -> None:
    with pytest.raises(LexiconError, match="没有这个词组"):
        DangerLexicon({**NOTHING, "rules": [{"name": "试", "intent": "danger_child", "all": [["<没有这个词组>"]]}]})
    with pytest.raises(LexiconError, match="rule 试"):
        DangerLexicon({**NOTHING, "rules": [{"name": "试", "intent": "greet", "all": [["你好"]]}]})
