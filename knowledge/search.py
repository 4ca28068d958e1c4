"""Finds the reviewed answer to a question in a layperson's words. Characters, not words, are the features."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nlargest
from math import log, sqrt

from knowledge.answers import Answer, in_force
from knowledge.wording import LENGTH_WEIGHT, grams

# Chosen on the figures that tests/knowledge/measure.py prints, short and rambling questions together.
TOPIC_PRIOR = 6.0  # weight added when the classifier named the answer's topic: about two rare pairs of characters
POSSIBLE = 0.40  # below, a person helps
MARGIN = 0.03  # two answers nearer than this are asked about
# The share of one of its wordings that the caller said: from the first on the answer is given, below the second it is
# not even asked about. The score cannot tell: any long question touches something of any long answer.
SAID, HARDLY_SAID = 0.30, 0.25
LIFT = 0.05  # what a wording said in full adds to the score: of two answers alike the one asked for comes first
SHORT_WORDING = 3.0  # added to a wording's weight, so that a short one is not said by chance
# The same for a question that goes on from an answer, whose topic is known. 「要多少钱」 after trademarks must not lead to a
# travel agency only because both are filed under one topic: something of a wording has to be said.
NEXT_POSSIBLE, NEXT_MARGIN, NEXT_SAID = 0.32, 0.02, 0.05
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
    said: float = 1.0
    """How much of one of its wordings the question holds, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class AskBack:
    """Two answers fit about equally well; the caller is asked which one is meant. `weak`: neither fits really well."""

    candidates: tuple[Answer, Answer]
    weak: bool = field(default=False, compare=False)


def choose(hits: Sequence[Hit]) -> Answer | AskBack | None:
    """Give the one clear answer, or two to ask back about, or None: then a person helps."""
    if not hits or hits[0].score < POSSIBLE:
        return None
    first, second = hits[0], hits[1] if len(hits) > 1 else None
    if max(hit.said for hit in hits[:2]) < HARDLY_SAID:
        return None
    if second is None or (first.said >= SAID and first.score - second.score >= MARGIN):
        return first.answer
    return AskBack((first.answer, second.answer), weak=first.said < SAID)


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
        self._wordings = [[(text.keys(), sum(map(self._weight, text))) for text in texts] for texts in asked]

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every way of asking that the answers know."""
        return tuple(text for answer in self._answers for text in (answer.question, *answer.variants))

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
        near = [(self._fit(query, i, weight), self._said(counts, i), i) for weight, i in nlargest(CANDIDATES, found)]
        hits = [Hit(self._answers[i], min(1.0, fit + LIFT * said), said) for fit, said, i in near]
        return sorted(hits, key=lambda hit: -hit.score)[:limit]

    def next(self, text: str, after: str, on: date) -> Answer | AskBack | None:
        """What 「那要多久」 means after an answer: among the answers of the same topic, by the words of the question alone.

        The words of what was asked before are left out on purpose: they lead back to the answer already given.

        Args:
            after: the topic of the last answer.
        """
        hits = [hit for hit in self.search(text, after, on, CANDIDATES) if hit.answer.topic == after]
        if not hits or hits[0].score < NEXT_POSSIBLE or hits[0].said < NEXT_SAID:
            return None
        if len(hits) > 1 and hits[0].score - hits[1].score < NEXT_MARGIN:
            return AskBack((hits[0].answer, hits[1].answer))
        return hits[0].answer

    def _fit(self, query: Weights, place: int, matched: float) -> float:
        """The matched weight brought to 0..1, whatever the length of the question, or near-verbatim likeness."""
        likeness = max(
            sum(w * variant.get(gram, 0.0) for gram, w in query.items()) for variant in self._variants[place]
        )
        return max(likeness**VERBATIM, matched / (matched + HALF))

    def _said(self, counts: Counter[str], place: int) -> float:
        """The largest share of any of its wordings that the question holds, wherever in a long story it stands."""
        return max(
            sum(map(self._weight, wording & counts.keys())) / (weight + SHORT_WORDING)
            for wording, weight in self._wordings[place]
        )

    def _weight(self, gram: str) -> float:
        return LENGTH_WEIGHT[len(gram)] * self._idf.get(gram, self._unseen)

    def _unit(self, counts: Counter[str]) -> Weights:
        """Weigh runs by rarity; the weights' squares add up to one, so that texts of any length compare."""
        weights = {gram: self._weight(gram) * sqrt(count) for gram, count in counts.items()}
        length = sqrt(sum(weight * weight for weight in weights.values()))
        return {gram: weight / length for gram, weight in weights.items()} if length else {}
