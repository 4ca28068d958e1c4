"""The category classifier: what it learns from, and that it files what the hotline's topics do not cover."""

from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jieba
import pytest
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.category_classifier import CATEGORY, MOST_OF_INTENTS, CategoryClassifier, examples
from bot.linear import Text


class Folder:
    """Model storage in one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def write_to(self, _resource: Resource) -> Any:
        yield self.path

    @contextmanager
    def read_from(self, _resource: Resource) -> Any:
        yield self.path


def message(text: str, intent: str | None = None) -> Message:
    tokens = [Token(word, start) for word, start, _ in jieba.tokenize(text)]
    return Message(data={TEXT: text, TOKENS_NAMES[TEXT]: tokens, **({INTENT: intent} if intent else {})})


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> CategoryClassifier:
    storage = Folder(tmp_path_factory.mktemp("model"))
    CategoryClassifier(storage, Resource("categories")).train(TrainingData([message("工资一直不发", "ask_wages")]))
    return CategoryClassifier.load({}, storage, Resource("categories"), None)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("有个股东把公司的钱都拿走了", "公司法"),
        ("我的商标被人家用了", "知识产权"),
        ("货代把提单扣着不给我们", "海事海商"),
        ("我给他做了担保银行来找我", "抵押担保"),
        ("签证被拒了中介不退钱", "涉外法律"),
        ("承包的工程干完了工程款不结", "建设工程"),
    ],
)
def test_热线话题以外的事_也归得了类(loaded: CategoryClassifier, text: str, category: str) -> None:
    (read,) = loaded.process([message(text)])
    assert read.get(CATEGORY)["name"] == category
    assert 0 < read.get(CATEGORY)["confidence"] <= 1


def test_空的话没有类别(loaded: CategoryClassifier) -> None:
    (read,) = loaded.process([message("")])
    assert read.get(CATEGORY) is None


def test_有词可分的意图_按词分_其余归另一类() -> None:
    said = ["借给他三万不还", "我给他担保了要还吗", "保证人要负什么责任"]
    found = Counter(category for _, category in examples([(Text.of(one, []), "ask_loans", one) for one in said]))
    without = Counter(category for _, category in examples([]))
    assert found - without == Counter({"抵押担保": 2, "债权债务": 1})


def test_意图的例句再多_一类也只取这些() -> None:
    many = [(Text.of(f"工资{number}", []), "ask_wages", f"工资{number}") for number in range(MOST_OF_INTENTS * 3)]
    found = Counter(category for _, category in examples(many)) - Counter(category for _, category in examples([]))
    assert found == Counter({"劳动纠纷": MOST_OF_INTENTS})
