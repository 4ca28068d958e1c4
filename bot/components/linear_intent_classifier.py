"""Tells what the caller is doing: a linear classifier over the characters and words of the message.

Rasa's own LogisticRegressionClassifier takes raw counts: on our examples it was less accurate and took many times longer
to train (docs/adr/0003-linear-classifier.md).
"""

from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import topics
from bot.components import category_classifier
from bot.components.linear_classifier import LinearClassifier, text_of
from bot.linear import LinearModel

RANKING_LENGTH = 10
COST = 0.5
TOPICS = "topics"
"""Where a parsed message keeps the topics it touches, surest first: `[{"name": "wages", "confidence": 0.93}]`."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(LinearClassifier):
    """One-against-rest linear support vectors over tf-idf of one and two characters and jieba's words.

    Confidence is a softmax of the margins at the temperature which makes it most truthful on held-out folds. Beside the
    intents a message gets its `topics`, for which its clauses are read one by one as well: people tell several matters
    in one breath.
    """

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The categories' files as well, so that a change there is not hidden by Rasa's cache."""
        return super().fingerprint_addon(config) + category_classifier.files()

    def train(self, training_data: TrainingData) -> Resource:
        examples = [one for one in training_data.intent_examples if one.get(TEXT) and one.get(INTENT)]
        texts, intents = [text_of(one) for one in examples], [str(one.get(INTENT)) for one in examples]
        # Companies, inventions, ships …: without questions of their own they would be taken for what they resemble least
        # badly, a danger or an organisation's request among others.
        taught = [(text, intent) for text, intent in category_classifier.taught() if intent in intents]
        return self.keep(
            LinearModel.fit(
                [*texts, *(text for text, _ in taught)], [*intents, *(intent for _, intent in taught)], COST
            )
        )

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
