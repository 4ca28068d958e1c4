"""Finds the reviewed answer to a question in a layperson's words. Characters, not words, are the features."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest
from math import log, sqrt

from knowledge.answers import Answer, in_force
from knowledge.wording import LENGTH_WEIGHT, grams

# Chosen on the figures that tests/knowledge/measure.py prints, short and rambling questions together.
TOPIC_PRIOR = 6.0  # weight added when the classifier named the answer's topic: about two rare pairs of characters
CONFIDENT, POSSIBLE = 0.47, 0.38  # from the first on one answer is given, below the second a person helps
MARGIN = 0.04  # two answers nearer than this are asked about
HALF = 15.0  # the matched weight that scores one half
SATURATION = 4.0  # of repeated runs, as in BM25; what people ask counts twice, what we say once
VERBATIM = 4  # power on the likeness to the closest variant: near-verbatim counts in full, half alike hardly
CANDIDATES = 6  # best by matched weight, whose variants are compared one by one

type Weights = dict[str, float]


@dataclass(frozen=True, slots=True)
class Hit:
    """An answer and how well it fits, from 0 to 1: 1 is its question as written, below POSSIBLE is hardly related."""

    answer: Answer
    score: float


@dataclass(frozen=True, slots=True)
class AskBack:
    """Two answers fit about equally well; the caller is asked which one is meant."""

    candidates: tuple[Answer, Answer]


def choose(hits: Sequence[Hit]) -> Answer | AskBack | None:
    """Give the one clear answer, or two to ask back about, or None: then a person helps."""
    if not hits or hits[0].score < POSSIBLE:
        return None
    first, second = hits[0], hits[1] if len(hits) > 1 else None
    if second is None or (first.score >= CONFIDENT and first.score - second.score >= MARGIN):
        return first.answer
    return AskBack((first.answer, second.answer))


class AnswerIndex:
    """Search over one set of answers; build a new one when the set changes."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._answers = tuple(answers)
        asked = [[grams(text) for text in (a.question, *a.variants)] for a in self._answers]
        told = [
            grams("\n".join((a.conclusion, a.conclusion, a.explanation, *a.steps, *a.evidence))) for a in self._answers
        ]
        whole = [sum((*texts, *texts), start=body) for texts, body in zip(asked, told, strict=True)]
        frequency = Counter(gram for counts in whole for gram in counts)
        self._idf = {gram: log((len(whole) + 1) / (df + 0.5)) for gram, df in frequency.items()}
        self._unseen = log((len(whole) + 1) / 0.5)
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, counts in enumerate(whole):
            for gram, count in counts.items():
                self._postings[gram].append((place, self._weight(gram) * count / (count + SATURATION)))
        self._variants = [[self._unit(text) for text in texts] for texts in asked]

    def by_id(self, name: str) -> Answer | None:
        """The answer of that id, whether in force or not."""
        return next((answer for answer in self._answers if answer.id == name), None)

    def of_topic(self, topic: str, on: date) -> tuple[Answer, ...]:
        """The answers of a topic in force on a day, in the order written: the most asked first."""
        return tuple(answer for answer in in_force(self._answers, on) if answer.topic == topic)

    def search(self, text: str, topic: str | None, on: date, limit: int = 3) -> list[Hit]:
        """Give the best answers in force on a day, best first.

        Args:
            text: the caller's words; without any usable character there are no hits.
            topic: what the classifier thinks it is about, if anything; lifts that topic's answers, hides no other.
        """
        counts = grams(text)
        if not counts:
            return []
        prior = [TOPIC_PRIOR if topic and answer.topic == topic else 0.0 for answer in self._answers]
        matched = list(prior)
        for gram in counts:
            for place, weight in self._postings.get(gram, ()):
                matched[place] += weight
        valid = set(map(id, in_force(self._answers, on)))
        found = ((weight, i) for i, weight in enumerate(matched) if weight and id(self._answers[i]) in valid)
        query = self._unit(counts)
        hits = [Hit(self._answers[i], self._fit(query, i, weight)) for weight, i in nlargest(CANDIDATES, found)]
        return sorted(hits, key=lambda hit: -hit.score)[:limit]

    def _fit(self, query: Weights, place: int, matched: float) -> float:
        """The matched weight brought to 0..1, whatever the length of the question, or near-verbatim likeness."""
        likeness = max(
            sum(w * variant.get(gram, 0.0) for gram, w in query.items()) for variant in self._variants[place]
        )
        return max(likeness**VERBATIM, matched / (matched + HALF))

    def _weight(self, gram: str) -> float:
        return LENGTH_WEIGHT[len(gram)] * self._idf.get(gram, self._unseen)

    def _unit(self, counts: Counter[str]) -> Weights:
        """Weigh runs by rarity; the weights' squares add up to one, so that texts of any length compare."""
        weights = {gram: self._weight(gram) * sqrt(count) for gram, count in counts.items()}
        length = sqrt(sum(weight * weight for weight in weights.values()))
        return {gram: weight / length for gram, weight in weights.items()} if length else {}
