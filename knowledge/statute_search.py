"""Finds the articles that a layperson's question is about, among those in force on a day."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from knowledge.answers import Answer
from knowledge.citations import LawNames
from knowledge.lay_words import LayWords, legal_terms
from knowledge.postings import Array, Postings, Weigh, best, bm25, grams, unit
from knowledge.statutes import ArticleText, Standing
from knowledge.wording import MAX_TEXT

# Chosen on the variants of the reviewed answers, each answer left out in its turn, and on the questions in
# tests/knowledge/statute_questions.yaml; `python -m bench.statute_search` prints the figures. The public questions were
# measured in the same runs. On our own, another CITED, TAUGHT, LAW_WORDS, INTERPRETATION or LIKE (none, half, double)
# moves mrr@10 by at most 0.013: none of them is finely tuned.
BODY, LAY = bm25(0.8, 0.6), bm25(1.5, 0.15)
LAY_WEIGHT = 0.9  # of how people ask about an article, beside what it says
TERM_WEIGHT = 0.3  # of a statute's word that the question only implies
COMMON = 5.0  # runs of characters less rare than this among questions lose weight: 怎么, 可以, 多少
LAW_ASKED, ASKED = 1.0, 2.0  # for each law by how many of its articles have lay words; for such an article itself
# Lay words tell which articles we thought of, a bank which are asked: it takes back what lay words count by merely being
# there, so many times at the utmost, and half of that with so many questions. Chosen, as LIKE, by leaving out one tenth of a
# bank of 378 questions after the other: mrr@10 0.522 to 0.535, recall@10 0.630 to 0.651.
TAKEN_BACK, HALF_TAKEN_BACK = 2.5, 100
LAW_CITED, CITED = 1.0, 4.0  # for each law by how often answers and bank cite it; for an article that the bank cites
TAUGHT = 0.25  # of the bank's questions as further lay words of their articles
LAW_WORDS, LAW_WORDING = 0.3, bm25(3.0, 0.5)  # of how people ask about anything in a law: which law it is about
INTERPRETATION = -6.0  # a court's interpretation stands behind the law it interprets
LIKE, LIKENESS, ALIKE = 50.0, 2.0, 20  # for the articles of questions like this one: weight, power, how many questions
TOPIC_LAWS = 3.0  # for each law by how often the answers of the question's topic cite it
NEIGHBOUR = 0.15  # of the better one of the two articles beside an article, in the same edition
ISSUER = re.compile(r"最高人民(?:法院|检察院)")  # stands in the name of every interpretation and tells nothing

type Places = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """An edition of a law, under the id of its row, and when it holds."""

    id: int
    law: str
    adopted: date
    standing: Standing


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article of an edition in force on the day asked for; scores compare within one search only."""

    edition: StoredEdition
    article: str
    score: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a hotline's bank and the articles that answer it, each as law and 第…条."""

    question: str
    articles: tuple[tuple[str, str], ...]


class Contents(Protocol):
    """What an index is made from."""

    def editions(self) -> Sequence[StoredEdition]:
        """Every edition; those of one law beside each other, the newest last."""

    def articles(self, edition: StoredEdition) -> Sequence[ArticleText]:
        """The articles of an edition, in order."""


@dataclass(frozen=True, slots=True)
class StatuteIndex:
    """The articles of every edition, as the search counts with them; made once an import."""

    editions: tuple[StoredEdition, ...]
    numbers: tuple[str, ...]
    """Of each article its 第…条; articles stand edition by edition, in order."""
    edition_of: Array
    """Of each article the place of its edition."""
    body: Postings

    @classmethod
    def build(cls, contents: Contents) -> "StatuteIndex":
        """Read every article once."""
        editions = tuple(contents.editions())
        numbers, edition_of = list[str](), list[int]()

        def texts() -> Iterator[str]:
            for place, edition in enumerate(editions):
                for article in contents.articles(edition):
                    numbers.append(article.number)
                    edition_of.append(place)
                    yield f"{ISSUER.sub('', edition.law)}\n{article.heading}\n{article.text}"

        body = Postings.build(texts(), BODY)
        return cls(editions, tuple(numbers), np.array(edition_of, np.int32), body)


class StatuteSearch:
    """Search over one state of the statutes. Nothing in it changes: `knowing` makes one that has learnt a bank."""

    def __init__(self, index: StatuteIndex, lay: Iterable[LayWords], answers: Iterable[Answer]) -> None:
        """Learn how people ask from the lay words of the articles and from the reviewed answers."""
        self._index = index
        self._newest = {edition.law: place for place, edition in enumerate(index.editions)}
        self._laws = {law: place for place, law in enumerate(self._newest)}
        self.names = LawNames(self._laws)
        self._place = {
            (index.editions[edition].law, number): place
            for place, (edition, number) in enumerate(zip(index.edition_of.tolist(), index.numbers, strict=True))
            if self._newest[index.editions[edition].law] == edition
        }
        law_of_edition = np.array([self._laws[edition.law] for edition in index.editions], np.int32)
        self._law_of = law_of_edition[index.edition_of]
        self._beside = index.edition_of[1:] == index.edition_of[:-1]
        self._words = self._lay_words(lay)
        self._lay_places = np.array(list(self._words), np.intp)
        self._lay = self._wording(self._words, LAY)
        cited = [(a, self._places((article.law, article.article) for article in a.cited)) for a in answers]
        self._answered = [(text, places) for a, places in cited for text in (a.question, *a.variants)]
        self._usual = Postings.build((text for text, _ in self._answered), unit)
        of_topic: dict[str, list[int]] = defaultdict(list)
        for answer, places in cited:
            of_topic[answer.topic] += places
        self._topic_laws = {topic: self._weigh_laws(places) for topic, places in of_topic.items()}
        self._asked = LAW_ASKED * self._by_law(self._lay_places) + ASKED * self._by_article(self._lay_places)
        self._base = LAW_CITED * self._by_law([place for _, places in cited for place in places])
        interprets = np.array([ISSUER.match(edition.law) is not None for edition in index.editions], bool)
        self._base += np.where(interprets[index.edition_of], INTERPRETATION, 0).astype(np.float32)
        self._learn([])

    def knowing(self, bank: Iterable[Asked]) -> "StatuteSearch":
        """The same search with what the questions of a bank teach."""
        other = copy(self)
        other._learn([(asked.question, self._places(asked.articles)) for asked in bank])
        return other

    @property
    def newest(self) -> date:
        """The day the newest edition was adopted."""
        return max(edition.adopted for edition in self._index.editions)

    def search(self, question: str, on: date, limit: int = 10, topic: str | None = None) -> list[Ranked]:
        """Rank the articles in force on a day, best first; none for a question without a usable character.

        Args:
            topic: of the reviewed answers; lifts the laws that they cite, hides no other.
        """
        codes = np.unique(grams(question[:MAX_TEXT]))
        if not len(codes) or not len(self._index.numbers):
            return []
        scores = self._scores(question[:MAX_TEXT], codes)
        if topic in self._topic_laws:
            scores += TOPIC_LAWS * self._topic_laws[topic][self._law_of]
        held = np.array([edition.standing.holds(on) for edition in self._index.editions], bool)
        scores = np.where(held[self._index.edition_of], scores, -np.inf)
        return [
            Ranked(self._index.editions[self._index.edition_of[i]], self._index.numbers[i], float(scores[i]))
            for i in best(scores, limit)
            if scores[i] > -np.inf
        ]

    def _scores(self, question: str, codes: Array) -> Array:
        words, asked = self._query(question, codes)
        scores: Array = self._index.body.score(*words) + self._prior
        scores[self._lay_places] += LAY_WEIGHT * self._lay.score(*asked)
        scores[self._taught_places] += TAUGHT * self._taught.score(codes, np.ones(len(codes)))
        of_law: Array = np.zeros(len(self._laws), np.float32)
        of_law[self._worded_laws] = LAW_WORDS * self._law_words.score(codes, np.ones(len(codes)))
        scores += of_law[self._law_of]
        for place, likeness in self._like(codes).items():
            scores[place] += LIKE * likeness
        scores += NEIGHBOUR * self._better_neighbour(scores)
        return scores

    def _query(self, question: str, codes: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """Codes and weights to look for in the articles, and in the lay words: common ones count in full there."""
        terms = np.unique(grams("\n".join(legal_terms(question))))
        both = np.union1d(codes, terms)
        said = np.isin(both, codes)
        usual = np.minimum(self._usual.rarity_of(both, unknown=COMMON) / COMMON, 1)
        implied = np.where(np.isin(both, terms), TERM_WEIGHT, 0).astype(np.float32)
        return (both, np.maximum(np.where(said, usual, 0), implied)), (both, np.where(said, 1, implied))

    def _like(self, codes: Array) -> dict[int, float]:
        """The articles of the questions most like this one, each with the sum of the likenesses."""
        found: dict[int, float] = defaultdict(float)
        rarity = self._known.rarity_of(codes, unknown=float(self._known.rarity.max(initial=1)))
        likeness = self._known.score(codes, rarity / np.sqrt((rarity**2).sum()))
        for question in best(likeness, ALIKE):
            for place in self._articles_of[question]:
                found[place] += float(likeness[question]) ** LIKENESS
        return found

    def _better_neighbour(self, scores: Array) -> Array:
        better = np.zeros_like(scores)
        better[1:] = np.where(self._beside, scores[:-1], 0)
        better[:-1] = np.maximum(better[:-1], np.where(self._beside, scores[1:], 0))
        return better

    def _learn(self, bank: Sequence[tuple[str, Places]]) -> None:
        known = [*self._answered, *bank]
        self._known = Postings.build((question for question, _ in known), unit)
        self._articles_of = [places for _, places in known]
        cited = [place for _, places in bank for place in places]
        taught, of_law = defaultdict[int, list[str]](list), defaultdict[int, list[str]](list)
        for question, places in bank:
            for place in places:
                taught[place].append(question)
        for place, words in self._words.items():
            of_law[int(self._law_of[place])] += words
        for question, places in known:
            for law in {int(self._law_of[place]) for place in places}:
                of_law[law].append(question)
        self._taught_places, self._taught = np.array(list(taught), np.intp), self._wording(taught, LAY)
        self._worded_laws, self._law_words = np.array(list(of_law), np.intp), self._wording(of_law, LAW_WORDING)
        told = sum(bool(places) for _, places in bank)
        believed = 1 - TAKEN_BACK * told / (told + HALF_TAKEN_BACK)
        self._prior = self._base + believed * self._asked
        self._prior += LAW_CITED * self._by_law(cited) + CITED * np.log1p(self._by_article(cited))

    def _lay_words(self, lay: Iterable[LayWords]) -> dict[int, list[str]]:
        """The lay words by article; those written for another edition than the newest are left out."""
        words: dict[int, list[str]] = defaultdict(list)
        for entry in lay:
            newest = self._newest.get(entry.law)
            place = self._place.get((entry.law, entry.article))
            if newest is not None and place is not None and self._index.editions[newest].adopted == entry.adopted:
                words[place].append(entry.asked)
        return words

    def _wording(self, words: Mapping[int, Sequence[str]], weigh: Weigh) -> Postings:
        """An index of what people say; nothing that is common in the statutes counts as rare in it."""
        return Postings.build(map("\n".join, words.values()), weigh, cap=self._index.body)

    def _places(self, articles: Iterable[tuple[str, str]]) -> Places:
        return tuple(self._place[article] for article in articles if article in self._place)

    def _by_law(self, places: Sequence[int] | Array) -> Array:
        """For every article, the logarithm of how many of the places are of its law."""
        weights: Array = self._weigh_laws(places)[self._law_of]
        return weights

    def _weigh_laws(self, places: Sequence[int] | Array) -> Array:
        """The same for every law."""
        counts = np.bincount(self._law_of[np.asarray(places, np.intp)], minlength=len(self._laws))
        weights: Array = np.log1p(counts).astype(np.float32)
        return weights

    def _by_article(self, places: Sequence[int] | Array) -> Array:
        counts: Array = np.bincount(np.asarray(places, np.intp), minlength=len(self._law_of)).astype(np.float32)
        return counts
