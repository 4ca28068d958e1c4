"""A first guess is doubted when it has consequences and little ground, or when the message is too long for it."""

from pathlib import Path

import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.second_thoughts import SecondThoughts
from bot.tests.test_linear_intent_classifier import Folder

STORY = "我去年在老家跟人合伙办厂，现在账对不上，他也不让我看，我投的钱还能不能拿回来"
EXAMPLES = {"thank": ["谢谢", "太感谢你了"], "safe_now": ["我安全了"], "inform": ["我在合肥"]}


@pytest.fixture
def trained(tmp_path: Path) -> SecondThoughts:
    data = TrainingData(
        [Message(data={TEXT: text, INTENT: name}) for name, texts in EXAMPLES.items() for text in texts]
    )
    storage, resource = Folder(tmp_path), Resource("second_thoughts")
    SecondThoughts.create({}, storage, resource, None).train(data)
    return SecondThoughts.load({}, storage, resource, None)


def believed(component: SecondThoughts, text: str, guesses: dict[str, float], asking: str | None = None) -> str:
    """The intent that comes out first; every guess must still be there."""
    ranking = [{"name": name, "confidence": confidence} for name, confidence in guesses.items()]
    data = {TEXT: text, INTENT: ranking[0], INTENT_RANKING_KEY: ranking, METADATA: {"slots": {"asking": asking}}}
    (message,) = component.process([Message(data=data)])
    assert {one["name"] for one in message.get(INTENT_RANKING_KEY)} == set(guesses)
    assert message.get(INTENT) == message.get(INTENT_RANKING_KEY)[0]
    return str(message.get(INTENT)["name"])


@pytest.mark.parametrize(
    ("text", "guesses", "asking", "first"),
    [
        ("谢谢你", {"thank": 0.9, "ask_court": 0.02}, None, "thank"),
        (STORY, {"thank": 0.9, "inform": 0.03, "ask_other_law": 0.02}, None, "ask_other_law"),
        (STORY, {"inform": 0.9, "ask_other_law": 0.02}, "case_summary", "inform"),
        (STORY, {"thank": 0.9, "inform": 0.03}, None, "thank"),
        (STORY, {"report_debt": 0.51, "ask_loans": 0.4}, None, "report_debt"),
        (STORY, {"report_debt": 0.49, "ask_progress": 0.2, "ask_loans": 0.1}, None, "ask_loans"),
        (STORY, {"organisation_request": 0.3, "ask_other_law": 0.2}, None, "ask_other_law"),
        (STORY, {"danger_fraud": 0.3, "ask_other_law": 0.2}, None, "danger_fraud"),
        ("我从家里跑出来了，现在在我姐这儿，安全的", {"safe_now": 0.4, "ask_divorce": 0.2}, None, "safe_now"),
        ("他喝了酒就拿东西砸我，孩子吓得直哭", {"safe_now": 0.4, "ask_domestic_violence": 0.2}, None, "ask_domestic_violence"),
    ],
    ids=["短的道谢", "长的不是道谢", "正在请人讲经过", "没有别的可想", "多半是遭遇", "没把握是遭遇", "没把握是单位", "危险不怀疑", "说了安全", "没说安全"],
)  # fmt: skip
def test_先猜的信不信(
    trained: SecondThoughts, text: str, guesses: dict[str, float], asking: str | None, first: str
) -> None:
    assert believed(trained, text, guesses, asking) == first


def test_没有猜测也不出错(trained: SecondThoughts) -> None:
    (message,) = trained.process([Message(data={TEXT: "……"})])
    assert message.get(INTENT) is None


def test_排在危险后面的也要想一想(trained: SecondThoughts) -> None:
    """The danger may not be believed later on; then the next guess is acted on."""
    guesses = {"danger_fraud": 0.3, "thank": 0.2, "danger_child": 0.1, "ask_other_law": 0.05}
    ranking = [{"name": name, "confidence": confidence} for name, confidence in guesses.items()]
    (message,) = trained.process([Message(data={TEXT: STORY, INTENT: ranking[0], INTENT_RANKING_KEY: ranking})])

    names = [one["name"] for one in message.get(INTENT_RANKING_KEY)]
    assert names == ["danger_fraud", "ask_other_law", "thank", "danger_child"]
    assert message.get(INTENT)["name"] == "danger_fraud"
