"""A linear classifier of short texts: support vectors over characters and words, kept as plain arrays.

Scikit-learn trains it. Reading one message with scikit-learn and sparse matrices took 3 ms, most of it checks of types and
shapes; the weights of some eighty known grams are added up here in a tenth of that.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

# jieba's words beside character pairs: 59.1 % against 58.9 % without, five-fold on the first 3,204 examples
WORD_WEIGHT = 0.5
FOLDS = 3


@dataclass(frozen=True)
class Text:
    """A message as the classifier reads it: its characters, single and in pairs, and its words."""

    characters: tuple[str, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str, words: Sequence[str]) -> "Text":
        """Cut a normalised message; `words` are those of the tokenizer."""
        lower = text.lower()
        pairs = [lower[place : place + 2] for place in range(len(lower) - 1)]
        return cls((*lower, *pairs), tuple(word.lower() for word in words))


class LinearModel:
    """One weight per gram and label; `margins` adds them up for a text."""

    def __init__(
        self, labels: Sequence[str], grams: dict[str, tuple[int, float]], weights: np.ndarray, bias: np.ndarray
    ) -> None:
        """Take what `fit` or `read` found.

        Args:
            grams: gram → its row in `weights` and its rarity; a word carries a leading tab.
            weights: a row per gram, a column per label.
        """
        self.labels, self.bias = list(labels), bias
        self._grams, self._weights = grams, weights
        self.temperature = 1.0

    @classmethod
    def fit(cls, texts: Sequence[Text], labels: Sequence[str], cost: float) -> "LinearModel":
        """Train on texts with one label each, and find the temperature that makes the confidences truthful.

        Args:
            cost: weight of a mistake beside the width of the margin; the lower, the less the model clings to our words.
        """
        characters = TfidfVectorizer(analyzer=_characters, sublinear_tf=True)
        words = TfidfVectorizer(analyzer=_words, sublinear_tf=True)
        features = hstack([characters.fit_transform(texts), words.fit_transform(texts) * WORD_WEIGHT]).tocsr()
        names, right = np.unique(np.array(labels), return_inverse=True)
        weights, bias = _fitted(features, right, cost)
        first_word = len(characters.vocabulary_)
        grams = {gram: (int(row), float(characters.idf_[row])) for gram, row in characters.vocabulary_.items()}
        grams |= {
            f"\t{word}": (first_word + int(row), float(words.idf_[row])) for word, row in words.vocabulary_.items()
        }
        model = cls([str(name) for name in names], grams, weights.astype(np.float32), bias.astype(np.float32))
        folds = min(FOLDS, int(np.bincount(right).min()))
        if folds > 1:
            model.temperature = _most_truthful_temperature(_unseen_margins(features, right, folds, cost), right)
        return model

    def margins(self, text: Text) -> np.ndarray:
        """How far a text lies on each label's side, in the order of `labels`; nothing known gives the bias alone."""
        margins = self.bias.copy()
        for grams, weight in ((text.characters, 1.0), ((f"\t{word}" for word in text.words), WORD_WEIGHT)):
            known = [(*gram, count) for one, count in Counter(grams).items() if (gram := self._grams.get(one))]
            if not known:
                continue
            rows, rarities, counts = zip(*known, strict=True)
            values = np.array(rarities, np.float32) * (1.0 + np.log(np.array(counts, np.float32)))
            values *= weight / np.sqrt(values @ values)
            margins += values @ self._weights[list(rows)]
        return margins

    def probabilities(self, text: Text) -> np.ndarray:
        """Calibrated confidence in each label; they add up to one."""
        shares: np.ndarray = softmax(self.margins(text)[np.newaxis] / self.temperature)[0]
        return shares

    def write(self, directory: Path) -> None:
        """Leave a vocabulary and plain arrays in a folder: nothing in them can carry code."""
        (directory / "grams.json").write_text(json.dumps(list(self._grams), ensure_ascii=False), encoding="utf-8")
        rows, rarity = zip(*self._grams.values(), strict=True)
        np.savez(
            directory / "weights.npz",
            labels=np.array(self.labels, dtype=str),
            rows=np.array(rows, dtype=np.int32),
            rarity=np.array(rarity, dtype=np.float32),
            weights=self._weights,
            bias=self.bias,
            temperature=self.temperature,
        )

    @classmethod
    def read(cls, directory: Path) -> "LinearModel":
        """Read what `write` left."""
        names = json.loads((directory / "grams.json").read_text(encoding="utf-8"))
        with np.load(directory / "weights.npz", allow_pickle=False) as kept:
            places = zip(kept["rows"].tolist(), kept["rarity"].tolist(), strict=True)
            grams = dict(zip(names, places, strict=True))
            model = cls([str(name) for name in kept["labels"]], grams, kept["weights"], kept["bias"])
            model.temperature = float(kept["temperature"])
        return model


def softmax(margins: np.ndarray) -> np.ndarray:
    """Turn each row into shares that add up to one."""
    powers: np.ndarray = np.exp(margins - margins.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _characters(text: Text) -> tuple[str, ...]:
    return text.characters


def _words(text: Text) -> tuple[str, ...]:
    return text.words


def _fitted(features: csr_matrix, right: np.ndarray, cost: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights (a row per feature, a column per label) and bias."""
    machine = _machine(cost).fit(features, right)
    weights, bias = machine.coef_, machine.intercept_
    if len(bias) == 1:  # of two labels, scikit-learn keeps the second's side only
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return np.ascontiguousarray(weights.T), bias


def _unseen_margins(features: csr_matrix, right: np.ndarray, folds: int, cost: float) -> np.ndarray:
    """Each text's margins from a model which had not seen it."""
    shuffled = StratifiedKFold(folds, shuffle=True, random_state=1)
    margins: np.ndarray = cross_val_predict(_machine(cost), features, right, cv=shuffled, method="decision_function")
    return margins if margins.ndim == 2 else np.column_stack([-margins, margins])


def _machine(cost: float) -> LinearSVC:
    return LinearSVC(C=cost, class_weight="balanced", random_state=1)


def _most_truthful_temperature(margins: np.ndarray, right: np.ndarray) -> float:
    """The temperature with the least log loss on margins of texts the classifier had not seen."""
    candidates = np.geomspace(0.05, 1.0, 30)
    rows = np.arange(len(right))
    losses = [-np.log(softmax(margins / one)[rows, right] + 1e-12).mean() for one in candidates]
    return float(candidates[int(np.argmin(losses))])
