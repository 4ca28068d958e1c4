"""The linear classifier on a handful of sentences: it learns, ranks, keeps no code in its file, and never falls over."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.linear_classifier import text_of
from bot.components.linear_intent_classifier import RANKING_LENGTH, TOPICS, LinearIntentClassifier

EXAMPLES = {
    "report_unpaid_wages": [
        "老板不发工资",
        "工资拖了三个月",
        "干完活不给工钱",
        "欠薪一直不给",
        "工钱要不回来",
        "发不出工资",
    ],
    "ask_divorce": ["想离婚怎么办", "离婚要什么材料", "协议离婚去哪办", "起诉离婚多久", "离婚冷静期", "不同意离婚"],
    "request_human": ["转人工", "我要找个人说", "让值班员接", "人工服务", "不跟机器人说", "叫人来"],
}


class Folder:
    """Model storage in one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def write_to(self, _resource: Resource) -> Iterator[Path]:
        yield self.path

    @contextmanager
    def read_from(self, _resource: Resource) -> Iterator[Path]:
        yield self.path


def spoken(text: str, intent: str = "") -> Message:
    """A message whose words are its pairs of characters, so that no dictionary is needed."""
    pairs = [text[place : place + 2] for place in range(0, len(text), 2)]
    data: dict[str, Any] = {TEXT: text, TOKENS_NAMES[TEXT]: [Token(pair, 2 * i) for i, pair in enumerate(pairs)]}
    return Message(data={**data, INTENT: intent} if intent else data)


def examples(**others: list[str]) -> TrainingData:
    told = {**EXAMPLES, **others}
    return TrainingData([spoken(text, intent) for intent, texts in told.items() for text in texts])


@pytest.fixture
def storage(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def trained(storage: Folder) -> LinearIntentClassifier:
    component = LinearIntentClassifier(storage, Resource("intents"))
    component.train(examples())
    return component


def understood(component: LinearIntentClassifier, text: str) -> Message:
    (message,) = component.process([spoken(text)])
    return message


@pytest.mark.parametrize(
    ("text", "intent"),
    [("工钱还没给", "report_unpaid_wages"), ("我想离婚", "ask_divorce"), ("给我转人工", "request_human")],
)
def test_没见过的说法也认得(trained: LinearIntentClassifier, text: str, intent: str) -> None:
    assert understood(trained, text).get(INTENT)["name"] == intent


def test_排名从高到低_加起来不超过一_能写成JSON的数(trained: LinearIntentClassifier) -> None:
    message = understood(trained, "工资")
    ranking = message.get(INTENT_RANKING_KEY)
    confidences = [one["confidence"] for one in ranking]
    assert message.get(INTENT) == ranking[0]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < sum(confidences) <= 1 + 1e-6
    assert len(ranking) == min(RANKING_LENGTH, len(EXAMPLES))
    assert all(type(one["confidence"]) is float and type(one["name"]) is str for one in ranking)


def test_存下来再读_结果一样(trained: LinearIntentClassifier, storage: Folder) -> None:
    loaded = LinearIntentClassifier.load({}, storage, Resource("intents"), None)
    for text in ("工钱还没给", "我想离婚", "完全没见过的字"):
        before, after = understood(trained, text), understood(loaded, text)
        assert [one["name"] for one in after.get(INTENT_RANKING_KEY)] == [
            one["name"] for one in before.get(INTENT_RANKING_KEY)
        ]
        assert after.get(INTENT)["confidence"] == pytest.approx(before.get(INTENT)["confidence"], abs=1e-5)


@pytest.mark.usefixtures("trained")
def test_模型文件里只有数和字_没有代码(storage: Folder) -> None:
    assert sorted(one.name for one in storage.path.iterdir()) == ["grams.json", "weights.npz"]
    with np.load(storage.path / "weights.npz", allow_pickle=False) as kept:
        assert {kept[name].dtype.kind for name in kept.files} <= {"f", "i", "U"}


def test_训练两次一个样(storage: Folder, trained: LinearIntentClassifier) -> None:
    again = LinearIntentClassifier(storage, Resource("intents"))
    again.train(examples())
    assert again.model is not None
    assert trained.model is not None
    text = text_of(spoken("工钱还没给我想离婚"))
    assert np.allclose(again.model.margins(text), trained.model.margins(text))
    assert again.model.temperature == trained.model.temperature


@pytest.mark.parametrize(
    "text", ["😭😭", "hello world", "a", "。", "𠀀𠀁"], ids=["表情", "英文", "一个字母", "标点", "生僻字"]
)
def test_一个认得的字都没有_也有个结果_把握不大(trained: LinearIntentClassifier, text: str) -> None:
    message = understood(trained, text)
    assert message.get(INTENT)["name"] in EXAMPLES
    assert message.get(INTENT)["confidence"] < 0.9


def test_空的话跳过_别的照办(trained: LinearIntentClassifier) -> None:
    silent, heard = Message(data={TEXT: ""}), spoken("我想离婚")
    trained.process([silent, heard])
    assert silent.get(INTENT) is None
    assert heard.get(INTENT)["name"] == "ask_divorce"
    assert trained.process([]) == []


def test_有的意图只有一句_也训练得了(storage: Folder) -> None:
    component = LinearIntentClassifier(storage, Resource("intents"))
    component.train(examples(greet=["您好"]))
    assert understood(component, "您好").get(INTENT)["name"] == "greet"


def test_没有词也行_只看字(trained: LinearIntentClassifier) -> None:
    message = Message(data={TEXT: "我想离婚"})
    trained.process([message])
    assert message.get(INTENT)["name"] == "ask_divorce"


def test_一句话里两件事_都排进话题(trained: LinearIntentClassifier) -> None:
    named = [one["name"] for one in understood(trained, "老板工资拖了三个月，我还想离婚").get(TOPICS)]
    assert set(named) == {"wages", "divorce"}


def test_找人工_打招呼_没有话题(trained: LinearIntentClassifier) -> None:
    assert [one["name"] for one in understood(trained, "转人工").get(TOPICS)] == []
