"""Tells what the caller is doing: a linear classifier over the characters and words of the message.

Rasa's own LogisticRegressionClassifier takes raw counts: on our examples it was less accurate and took many times longer
to train (docs/adr/0003-linear-classifier.md).
"""

import inspect
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import homophones, linear, topics
from bot.extraction import text as extraction_text
from bot.linear import LinearModel, Text

RANKING_LENGTH = 10
COST = 0.5
READ_AND_FITTED_BY = (linear, homophones, extraction_text)
TOPICS = "topics"
"""Where a parsed message keeps the topics it touches, surest first: `[{"name": "wages", "confidence": 0.93}]`."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent):
    """One-against-rest linear support vectors over tf-idf of one and two characters and jieba's words.

    Confidence is a softmax of the margins at the temperature which makes it most truthful on held-out folds. Beside the
    intents a message gets its `topics`, for which its clauses are read one by one as well: people tell several matters
    in one breath.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearIntentClassifier":
        return cls(model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """How the model is fitted and the text read, so that a change there is not hidden by Rasa's cache."""
        return "".join(inspect.getsource(module) for module in READ_AND_FITTED_BY)

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: LinearModel | None = None) -> None:
        self._model_storage, self._resource, self.model = model_storage, resource, model

    def train(self, training_data: TrainingData) -> Resource:
        examples = [one for one in training_data.intent_examples if one.get(TEXT) and one.get(INTENT)]
        texts, intents = [text_of(one) for one in examples], [str(one.get(INTENT)) for one in examples]
        self.model = LinearModel.fit(texts, intents, COST)
        with self._model_storage.write_to(self._resource) as directory:
            self.model.write(directory)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearIntentClassifier":
        with model_storage.read_from(resource) as directory:
            return cls(model_storage, resource, LinearModel.read(directory))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(TEXT) and self.model is not None:
                shares = self.model.probabilities(text_of(message))
                best = np.argsort(-shares)[:RANKING_LENGTH]
                ranking = [{"name": self.model.labels[one], "confidence": float(shares[one])} for one in best]
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
                message.set(TOPICS, self._topics(message, shares), add_to_output=True)
        return messages

    def _topics(self, message: Message, shares: np.ndarray) -> list[dict[str, Any]]:
        assert self.model is not None
        labels = self.model.labels
        parts = [
            dict(zip(labels, self.model.probabilities(text_of(message, *span)).tolist(), strict=True))
            for span in topics.clauses(message.get(TEXT))
        ]
        return topics.ranked(dict(zip(labels, shares.tolist(), strict=True)), parts)


def text_of(message: Message, start: int = 0, end: int | None = None) -> Text:
    """The message, or the part of it from start to end, as the linear classifiers read it."""
    text = message.get(TEXT)
    end = len(text) if end is None else end
    words = [token.text for token in message.get(TOKENS_NAMES[TEXT]) or [] if start <= token.start < end]
    return Text.of(text[start:end], words)
