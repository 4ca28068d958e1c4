"""Tells what the caller is doing: a linear classifier over the characters and words of the message.

Rasa's own LogisticRegressionClassifier takes raw counts: on our examples it was less accurate and took many times longer
to train (docs/adr/0003-linear-classifier.md).
"""

import json
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
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

# jieba's words beside character pairs: 59.1 % against 58.9 % without, five-fold on the first 3,204 examples
WORD_WEIGHT = 0.5
RANKING_LENGTH = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent):
    """One-against-rest linear support vectors over tf-idf of one and two characters and jieba's words.

    Confidence is a softmax of the margins at the temperature which makes it most truthful on held-out folds.
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

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        self._model_storage, self._resource = model_storage, resource
        self.characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        self.words = TfidfVectorizer(token_pattern=r"\S+", sublinear_tf=True)
        self.classifier = LinearSVC(C=0.5, class_weight="balanced", random_state=1)
        self.temperature = 1.0
        self.intents: np.ndarray = np.array([], dtype=str)
        self.weights: np.ndarray = np.zeros((0, 0), dtype=np.float32)
        self.bias: np.ndarray = np.zeros(0)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [one for one in training_data.intent_examples if one.get(TEXT) and one.get(INTENT)]
        intents = np.array([one.get(INTENT) for one in examples])
        texts, words = [one.get(TEXT) for one in examples], [_words(one) for one in examples]
        features = self._join(self.characters.fit_transform(texts), self.words.fit_transform(words))
        folds = min(3, min(np.unique(intents, return_counts=True)[1]))
        if folds > 1:
            shuffled = StratifiedKFold(folds, shuffle=True, random_state=1)
            margins = cross_val_predict(self.classifier, features, intents, cv=shuffled, method="decision_function")
            self.temperature = _most_truthful_temperature(margins, np.searchsorted(np.unique(intents), intents))
        self.classifier.fit(features, intents)
        self.intents, self.weights, self.bias = (
            self.classifier.classes_,
            self.classifier.coef_.astype(np.float32),
            self.classifier.intercept_,
        )
        self._persist()
        return self._resource

    def _persist(self) -> None:
        """Write plain arrays and a vocabulary: a model file that cannot carry code and loads in a moment."""
        with self._model_storage.write_to(self._resource) as directory:
            vocabularies = {"characters": self.characters.vocabulary_, "words": self.words.vocabulary_}
            plain = {name: {gram: int(place) for gram, place in one.items()} for name, one in vocabularies.items()}
            (directory / "vocabularies.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
            np.savez(
                directory / "weights.npz",
                intents=self.intents.astype(str),
                weights=self.weights,
                bias=self.bias,
                temperature=self.temperature,
                rarity_of_characters=self.characters.idf_,
                rarity_of_words=self.words.idf_,
            )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearIntentClassifier":
        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as directory:
            vocabularies = json.loads((directory / "vocabularies.json").read_text(encoding="utf-8"))
            with np.load(directory / "weights.npz", allow_pickle=False) as kept:
                component.intents, component.weights, component.bias = kept["intents"], kept["weights"], kept["bias"]
                component.temperature = float(kept["temperature"])
                for name in ("characters", "words"):
                    vectoriser = getattr(component, name)
                    vectoriser.vocabulary_, vectoriser.fixed_vocabulary_ = vocabularies[name], True
                    vectoriser.idf_ = kept[f"rarity_of_{name}"]
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        spoken = [message for message in messages if message.get(TEXT)]
        if not spoken:
            return messages
        features = self._join(
            self.characters.transform([one.get(TEXT) for one in spoken]),
            self.words.transform([_words(one) for one in spoken]),
        )
        probabilities = _softmax((features @ self.weights.T + self.bias) / self.temperature)
        for message, row in zip(spoken, probabilities, strict=True):
            best = np.argsort(-row)[:RANKING_LENGTH]
            ranking = [{"name": str(self.intents[one]), "confidence": float(row[one])} for one in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    @staticmethod
    def _join(characters: csr_matrix, words: csr_matrix) -> csr_matrix:
        return hstack([characters, words * WORD_WEIGHT]).tocsr()


def _words(message: Message) -> str:
    return " ".join(token.text for token in message.get(TOKENS_NAMES[TEXT]) or [])


def _softmax(margins: np.ndarray) -> np.ndarray:
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _most_truthful_temperature(margins: np.ndarray, right: np.ndarray) -> float:
    """The temperature with the least log loss on margins of examples the classifier had not seen."""
    candidates = np.geomspace(0.05, 1.0, 30)
    rows = np.arange(len(right))
    losses = [-np.log(_softmax(margins / one)[rows, right] + 1e-12).mean() for one in candidates]
    return float(candidates[int(np.argmin(losses))])
