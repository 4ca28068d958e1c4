"""Tells which of twenty public categories of legal advice a message belongs to, company and maritime law included.

The bot's own topics are those a legal-aid hotline answers. The categories cut the law otherwise (公司法, 知识产权, 海事海商 …):
they are what public collections of questions are sorted by.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import jieba
import opencc
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.linear_classifier import LinearClassifier, text_of
from bot.extraction.text import tidy
from bot.linear import LinearModel, Text

FOLDER = Path(__file__).parent.parent / "categories"
CATEGORY = "category"
"""Where a parsed message keeps its category: `{"name": "公司法", "confidence": 0.8}`."""
# Low, because nobody's questions resemble ours closely: cross-validation on our own would choose it higher.
COST = 0.05
MOST_OF_INTENTS = 50
"""Examples of the bot's intents that a category takes: otherwise the topics of the hotline would outweigh all others."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CategoryClassifier(LinearClassifier):
    """Learns from the files of `bot/categories` and from the examples of the intents that these name."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The files' content and how it is learnt, so that a change there is not hidden by Rasa's cache."""
        return super().fingerprint_addon(config) + files()

    def train(self, training_data: TrainingData) -> Resource:
        told = [(text_of(one), str(one.get(INTENT)), one.get(TEXT)) for one in training_data.intent_examples]
        texts, categories = zip(*examples(told), strict=True)
        return self.keep(LinearModel.fit(texts, categories, COST))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(TEXT) and self.model is not None:
                shares = self.model.probabilities(text_of(message))
                best = int(shares.argmax())
                found = {"name": self.model.labels[best], "confidence": round(float(shares[best]), 4)}
                message.set(CATEGORY, found, add_to_output=True)
        return messages


def files() -> str:
    """What the files say, as one text: whoever learns from them learns anew when it changes."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml")))


def taught() -> Iterator[tuple[Text, str]]:
    """Questions that teach the classifier of intents as well, with their intent."""
    for file in _read():
        if intent := file.get("teaches"):
            yield from ((text, intent) for text in _texts(file["questions"]))


def examples(of_intents: list[tuple[Text, str, str]]) -> Iterator[tuple[Text, str]]:
    """Every text to learn from, with its category.

    Args:
        of_intents: the bot's own examples: text to learn from, intent, and words.
    """
    by_intent: list[tuple[str, re.Pattern[str], str]] = []
    for file in _read():
        yield from ((text, file["category"]) for text in _texts([*file["questions"], *file["terms"].split()]))
        for intent, about in (file.get("intents") or {}).items():
            by_intent.append((intent, re.compile(about or ""), file["category"]))
    # An intent may be shared out by words; the category with words for it goes before the one that takes the rest.
    by_intent.sort(key=lambda rule: rule[1].pattern == "")
    of_category: dict[str, list[Text]] = defaultdict(list)
    for text, intent, said in of_intents:
        category = next((name for its, about, name in by_intent if its == intent and about.search(said)), None)
        if category is not None:
            of_category[category].append(text)
    for category, texts in of_category.items():
        yield from ((text, category) for text in texts[:: ceil(len(texts) / MOST_OF_INTENTS)])


def _read() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


def _texts(questions: list[str]) -> Iterator[Text]:
    simplified = opencc.OpenCC("t2s")
    for words in questions:
        plain = tidy(simplified.convert(words))
        yield Text.of(plain, [word for word in jieba.lcut(plain) if word.strip()])
