"""Finds the reviewed answer to a question in a layperson's words: by the characters it shares, and by what it means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import exp, log

import numpy as np

from knowledge.answers import Answer, in_force
from knowledge.encoder import encoder
from knowledge.encoder.directions import directions
from knowledge.postings import Array, Counts, Postings, best, bm25, grams, unit
from knowledge.wording import plain

# Chosen on questions and stories nobody wrote the answers from (tests/knowledge/measure.py). A good match scores some 200.
ASKED, TOLD = bm25(2.5, 0.6), bm25(1.5, 0.6)  # what people ask, and what we say, as two texts of each answer
STORIES_WEIGHT = 0.3  # for what people tell, as a third text
MEANING = 250.0  # for the cosine of the question's direction and the answer's
SAID_WEIGHT = 20.0  # for a question that holds all of one wording
TOPIC_PRIOR = 30.0  # for the classifier's certainty
# In a story a run counts by how much it belongs to some topics more than to others: 朋友 and 电话 are told everywhere. Of
# questions between other talk 70 instead of 66 in a hundred come first; short ones lose by it.
STORY, TOPICAL_POWER, LEAST_TOPICAL = 30, 0.25, 0.05
VERBATIM, VERBATIM_POWER = 60.0, 4  # for a question as written; half alike hardly counts
SHORT_WORDING = 12.0  # added to a wording's weight, so that a short one is not said by chance
# Certainty from which the answer is given without others beside it; from which it is given at all where a question about the
# law was heard, and where that is not known and small talk may share our words; from which the likeliest are named to
# choose from. Below the last a person helps.
SURE, LIKELY, LIKELIER, POSSIBLE = 0.6, 0.3, 0.52, 0.12
# Logistic regression on the first 330 stories, every other held-out one and small talk; measure.py prints such a fit. The
# lead is over the third.
BIAS, SCORE, LEAD, SAID, MEANT = -12.24, 1.77, 2.64, 2.23, 3.16
# The same for a question that goes on from an answer, whose topic is known. 「要多少钱」 after a parcel must not lead to a
# travel agency only because both are filed under one topic: something of a wording has to be said.
QUESTION_WEIGHT = 0.6  # for the answers' own questions: short questions stand in the wordings of many special answers
NEXT_MEANING = 100.0  # the cosine, as above
NEXT_SCORE, NEXT_LEAD, NEXT_SAID = 30.0, 0.1, 0.05
ASKED_BACK = 3  # answers among which the caller chooses

type Topics = Mapping[str, float]
"""How likely a message is about each topic, from 0 to 1; a topic that is not there is not likely at all."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An answer and how well it fits."""

    answer: Answer
    score: float
    """The weights of the characters that question and answer share, and of what they mean; some 200 for a good match."""
    said: float = 1.0
    """How much of one of its wordings the question holds, from 0 to 1."""
    meant: float = 0.0
    """The cosine of the question's direction and the answer's, from -1 to 1."""


@dataclass(frozen=True, slots=True)
class AskBack:
    """Some answers may be meant, none clearly; the caller is asked which."""

    candidates: tuple[Answer, ...]


def choose(hits: Sequence[Hit], *, heard: bool = False) -> Answer | AskBack | None:
    """Give the likeliest answer, or some to ask back about, or None: then a person helps.

    Args:
        heard: a question about the law was heard, so that it cannot be small talk.
    """
    sure = certainty(hits)
    if sure < POSSIBLE:
        return None
    if sure >= (LIKELY if heard else LIKELIER) or len(hits) == 1:
        return hits[0].answer
    return AskBack(tuple(hit.answer for hit in hits[:ASKED_BACK]))


def others(hits: Sequence[Hit]) -> tuple[Answer, ...]:
    """What the caller may have meant instead of the first, where that is not sure."""
    return () if certainty(hits) >= SURE else tuple(hit.answer for hit in hits[1:ASKED_BACK])


def certainty(hits: Sequence[Hit]) -> float:
    """How likely the first of the three best hits is the answer asked for, from 0 to 1."""
    if not hits:
        return 0.0
    first, last = hits[0], hits[ASKED_BACK - 1].score if len(hits) >= ASKED_BACK else 0.0
    lead = (first.score - last) / first.score
    return 1 / (1 + exp(-(BIAS + SCORE * log(first.score) + LEAD * lead + SAID * first.said + MEANT * first.meant)))


class AnswerIndex:
    """Search over one set of answers; build a new one when the set changes."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._answers = tuple(answers)
        wordings = [(answer.question, *answer.variants) for answer in self._answers]
        self._asked = Postings.build(("\n".join(map(plain, texts)) for texts in wordings), ASKED)
        self._told = Postings.build(("\n".join(map(plain, _told(answer))) for answer in self._answers), TOLD)
        self._stories = Postings.build(("\n".join(map(plain, answer.stories)) for answer in self._answers), ASKED)
        self._directions = directions(self._answers, encoder())
        self.wordings = tuple(text for texts in wordings for text in texts)
        self._alike = Postings.build(map(plain, self.wordings), unit)
        self._shares = Postings.build(map(plain, self.wordings), _share)
        self._first_wording: Array = np.cumsum([0, *map(len, wordings)])[:-1]
        of_wording = [answer.topic for answer, texts in zip(self._answers, wordings, strict=True) for _ in texts]
        # The same runs, with how topical they are in the place of how rare.
        self._topical = replace(self._alike, rarity=_topicality(self._alike, np.array(of_wording)))
        self._questions = Postings.build((plain(answer.question) for answer in self._answers), ASKED)
        self._topics = np.array([answer.topic for answer in self._answers])
        self._from = np.array([answer.valid_from.toordinal() for answer in self._answers])
        self._to = np.array([(answer.valid_to or date.max).toordinal() for answer in self._answers])
        self._by_id = {answer.id: answer for answer in self._answers}

    def by_id(self, name: str) -> Answer | None:
        """The answer of that id, whether in force or not."""
        return self._by_id.get(name)

    def of_topic(self, topic: str, on: date) -> tuple[Answer, ...]:
        """The answers of a topic in force on a day, in the order written: the most asked first."""
        return tuple(answer for answer in in_force(self._answers, on) if answer.topic == topic)

    def search(self, text: str, topics: Topics, on: date, limit: int = 3) -> list[Hit]:
        """Give the best answers in force on a day, best first.

        Args:
            text: the caller's words; without any usable character there are no hits.
            topics: what the classifier thinks it is about; lifts those topics' answers, hides no other.
        """
        codes = np.unique(grams(plain(text)))
        if not len(codes) or not self._answers:
            return []
        weights: Array = np.ones(len(codes), np.float32)
        if len(text) >= STORY:
            weights = self._topical.rarity_of(codes, unknown=1.0)
            weights /= weights.mean()
        meant: Array = self._directions @ encoder().encode([text])[0]
        scores, said = self._scores(codes, topics, on, weights)
        found = scores > 0
        scores[found] += (STORIES_WEIGHT * self._stories.score(codes, weights) + MEANING * meant)[found]
        return self._hits(scores, said, meant, limit)

    def next(self, text: str, after: str, on: date) -> Answer | AskBack | None:
        """What 「那要多久」 means after an answer: among the answers of the same topic, by the words of the question alone.

        The words of what was asked before are left out on purpose: they lead back to the answer already given.

        Args:
            after: the topic of the last answer.
        """
        codes = np.unique(grams(plain(text)))
        if not len(codes) or not self._answers:
            return None
        scores, said = self._scores(codes, {}, on, np.ones(len(codes), np.float32))
        scores += QUESTION_WEIGHT * self._questions.score(codes, np.ones(len(codes), np.float32))
        meant: Array = self._directions @ encoder().encode([text])[0]
        scores += np.where(scores > 0, NEXT_MEANING * meant, 0)
        scores[self._topics != after] = 0
        hits = self._hits(scores, said, meant, 2)
        if not hits or hits[0].score < NEXT_SCORE or hits[0].said < NEXT_SAID:
            return None
        if len(hits) > 1 and hits[0].score - hits[1].score < NEXT_LEAD * hits[0].score:
            return AskBack(tuple(hit.answer for hit in hits))
        return hits[0].answer

    def _scores(self, codes: Array, topics: Topics, on: date, weights: Array) -> tuple[Array, Array]:
        """Of each answer its score, 0 if it is not in force or shares nothing, and how much of a wording was said."""
        matched = self._asked.score(codes, weights) + self._told.score(codes, weights)
        said = self._of_best_wording(self._shares.score(codes, np.ones(len(codes), np.float32)))
        likeness = self._of_best_wording(self._alike.score(codes, self._direction(codes)))
        scores = matched + SAID_WEIGHT * said + VERBATIM * likeness**VERBATIM_POWER
        for topic, share in topics.items():
            scores[self._topics == topic] += TOPIC_PRIOR * share
        scores[(matched == 0) | (self._from > on.toordinal()) | (self._to < on.toordinal())] = 0
        return scores, said

    def _hits(self, scores: Array, said: Array, meant: Array, limit: int) -> list[Hit]:
        places = [place for place in best(scores, limit) if scores[place] > 0]
        return [
            Hit(self._answers[place], float(scores[place]), float(said[place]), float(meant[place])) for place in places
        ]

    def _of_best_wording(self, values: Array) -> Array:
        """For each answer the highest value of its wordings."""
        highest: Array = np.maximum.reduceat(values, self._first_wording)
        return highest

    def _direction(self, codes: Array) -> Array:
        """The question's weights, whose squares add up to one; rare runs that no wording holds count as well."""
        rarity = self._alike.rarity_of(codes, unknown=float(self._alike.rarity.max(initial=1)))
        direction: Array = rarity / np.sqrt((rarity**2).sum())
        return direction


def _told(answer: Answer) -> tuple[str, ...]:
    return (answer.conclusion, answer.explanation, *answer.steps, *answer.evidence)


def _topicality(wordings: Postings, topics: Array) -> Array:
    """Of each run in the wordings how much it belongs to some topics more than to others, up to 1: by its entropy.

    Args:
        topics: of each wording its topic.
    """
    names, topic = np.unique(topics, return_inverse=True)
    if len(names) < 2:
        return np.ones(len(wordings.codes), np.float32)
    runs: Array = np.repeat(np.arange(len(wordings.codes)), np.diff(wordings.starts))
    cells = np.bincount(runs * len(names) + topic[wordings.texts], minlength=len(wordings.codes) * len(names))
    of_topic: Array = np.bincount(topic)
    rates = cells.reshape(-1, len(names)) / of_topic + 0.5 / len(topics)
    shares = rates / rates.sum(1, keepdims=True)
    entropy = -(shares * np.log(shares)).sum(1) / np.log(len(names))
    topicality: Array = np.maximum(LEAST_TOPICAL, 1 - entropy) ** TOPICAL_POWER
    return topicality


def _share(counts: Counts, rarity: Array) -> Array:
    """Weights that add up to almost one in each text."""
    whole: Array = np.bincount(counts.text, rarity[counts.gram], len(counts.lengths))
    shares: Array = rarity[counts.gram] / (whole + SHORT_WORDING)[counts.text]
    return shares
