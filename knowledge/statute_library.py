"""The statutes as a running process uses them: search, texts on tap, always the state that storage holds."""

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock, Thread
from typing import Protocol

import numpy as np

from knowledge.answers import Answer
from knowledge.citations import LawNames
from knowledge.lay_words import lay_words
from knowledge.postings import Postings
from knowledge.question_bank import BankedQuestion, asked
from knowledge.statute_search import Asked, Contents, Ranked, StatuteIndex, StatuteSearch, StoredEdition
from knowledge.statutes import ArticleText, Standing

FORMAT = 1  # raise it when what is counted changes: kept indexes of another format are made anew
ARRAYS = ("codes", "starts", "texts", "weights", "rarity")
# How far the best article must stand out from the tenth to be shown to a citizen; chosen on the curve that
# `python -m bench.answer_articles` prints: 60 % of the questions without a reviewed answer get articles, 12 % of these wrong.
STANDS_OUT = 25.0
SHOWN, COMPARED = 3, 10


class Shelf(Contents, Protocol):
    """The stored statutes."""

    def revision(self) -> str: ...
    def holding(self, law: str, on: date) -> StoredEdition | None: ...
    def texts(self, wanted: Iterable[tuple[StoredEdition, str]]) -> dict[tuple[int, str], ArticleText]: ...


class Bank(Protocol):
    """The stored questions."""

    def revision(self) -> str: ...
    def questions(self) -> Sequence[BankedQuestion]: ...


class WithKnowledge(Protocol):
    """A unit of work that holds statutes and questions."""

    @property
    def statutes(self) -> Shelf: ...
    @property
    def question_bank(self) -> Bank: ...


@dataclass(frozen=True, slots=True)
class Found:
    """An article as it reads on the day asked for; `named` where the question itself named it."""

    law: str
    article: str
    heading: str
    text: str
    adopted: date
    named: bool = False


@dataclass(frozen=True, slots=True)
class _State:
    statutes: str
    bank: str
    plain: StatuteSearch
    search: StatuteSearch


class StatuteLibrary:
    """Search and texts over one storage. Until the index is there, a search finds nothing; texts need no index."""

    def __init__(
        self, open_reading: Callable[[], AbstractContextManager[WithKnowledge]], answers: Sequence[Answer], kept: Path
    ) -> None:
        """Take the storage, the reviewed answers to learn from, and a folder to keep indexes in."""
        self._open, self._answers, self._kept = open_reading, answers, kept
        self._cited = {a.id: tuple((c.law, c.article) for c in a.cited) for a in answers}
        self._state: _State | None = None
        self._lock = Lock()

    @property
    def ready(self) -> bool:
        """Whether a search can find anything."""
        return self._state is not None

    def load(self) -> bool:
        """Bring the index up to what storage holds, making it if need be; False while nothing is imported."""
        with self._lock, self._open() as uow:
            statutes, bank, state = uow.statutes.revision(), uow.question_bank.revision(), self._state
            if statutes and (state is None or state.statutes != statutes):
                plain = StatuteSearch(self._index(statutes, uow.statutes), lay_words(), self._answers)
            elif state is not None and state.bank != bank:
                plain, statutes = state.plain, state.statutes
            else:
                return state is not None
            questions = asked(uow.question_bank.questions(), lambda answer: self._cited.get(answer, ()))
            self._state = _State(statutes, bank, plain, plain.knowing(questions))
            return True

    def learn(self, questions: Iterable[Asked]) -> None:
        """Search from now on with these questions instead of the stored ones; for measuring, nothing is stored."""
        if self._state:
            self._state = replace(self._state, search=self._state.plain.knowing(questions))

    @property
    def collected(self) -> date | None:
        """The day the newest edition was adopted: how far the statutes reach; None until the index is there."""
        return self._state.plain.newest if self._state else None

    def load_aside(self) -> Thread:
        """Do `load` in a thread of its own, so that nothing waits for it."""
        thread = Thread(target=self.load, name="statutes", daemon=True)
        thread.start()
        return thread

    def search(self, question: str, on: date, limit: int = 10) -> list[Found]:
        """The articles in force on a day that a question names, then those that it is about, best first."""
        with self._open() as uow:
            state = self._current(uow)
            if state is None:
                return []
            named = self._named(question, on, uow.statutes, state.plain.names)
            ranked = [(one.edition, one.article) for one in state.search.search(question, on, limit)]
            known = {(one.law, one.article) for one in named}
            guessed = _found(ranked, uow.statutes, named=False)
            return [*named, *(one for one in guessed if (one.law, one.article) not in known)][:limit]

    def closest(self, question: str, on: date, topic: str | None) -> list[Found]:
        """At most three articles in force on a day that a question is about; none unless the best one stands out.

        Args:
            topic: of the reviewed answers, if it is known.
        """
        ranked = self.ranked(question, on, topic)
        if len(ranked) < COMPARED or ranked[0].score - ranked[-1].score < STANDS_OUT:
            return []
        with self._open() as uow:
            return _found([(one.edition, one.article) for one in ranked[:SHOWN]], uow.statutes, named=False)

    def ranked(self, question: str, on: date, topic: str | None) -> list[Ranked]:
        """The ten articles in force on a day that a question is most likely about, with their scores."""
        with self._open() as uow:
            state = self._current(uow)
        return state.search.search(question, on, COMPARED, topic) if state else []

    def named(self, text: str, on: date) -> list[Found]:
        """The articles that a text names, in the order named, as they read on a day: 「劳合法85条」."""
        with self._open() as uow:
            return self._named(text, on, uow.statutes, self._names(uow.statutes))

    def text(self, law: str, article: str, on: date) -> str | None:
        """The text of an article on a day, a line a paragraph; None where it is not stored or nothing was in force."""
        return next((found.text for found in self.named(f"{law}{article}", on)), None)

    def _names(self, shelf: Shelf) -> LawNames:
        return self._state.plain.names if self._state else LawNames(edition.law for edition in shelf.editions())

    def _named(self, text: str, on: date, shelf: Shelf, names: LawNames) -> list[Found]:
        cited = [(shelf.holding(one.law, on), one.article) for one in names.citations(text)]
        return _found([(edition, number) for edition, number in cited if edition], shelf, named=True)

    def _current(self, uow: WithKnowledge) -> _State | None:
        """What a search counts with. New questions are learnt at once; a new import is indexed aside meanwhile."""
        state = self._state
        statutes, bank = uow.statutes.revision(), uow.question_bank.revision()
        if statutes and (state is None or state.statutes != statutes):
            if not self._lock.locked():
                self.load_aside()
        elif state is not None and state.bank != bank:
            self.load()
        return self._state

    def _index(self, revision: str, contents: Contents) -> StatuteIndex:
        folder = self._kept / f"statutes-{FORMAT}-{revision}"
        if not (folder / "index.json").exists():
            _keep(StatuteIndex.build(contents), folder)
        return _open(folder)


def _found(wanted: Sequence[tuple[StoredEdition, str]], shelf: Shelf, named: bool) -> list[Found]:
    texts = shelf.texts(wanted)
    return [
        Found(
            edition.law,
            number,
            texts[edition.id, number].heading,
            texts[edition.id, number].text,
            edition.adopted,
            named,
        )
        for edition, number in dict.fromkeys(wanted)
        if (edition.id, number) in texts
    ]


def _keep(index: StatuteIndex, folder: Path) -> None:
    """Write an index as files that can be mapped; the older ones beside it go. `index.json` is written last."""
    for old in folder.parent.glob("statutes-*"):
        shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(parents=True)
    np.save(folder / "edition_of.npy", index.edition_of)
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(index.body, name))
    editions = [
        (
            e.id,
            e.law,
            e.adopted.isoformat(),
            e.standing.since.isoformat(),
            e.standing.until and e.standing.until.isoformat(),
        )
        for e in index.editions
    ]
    told = {"size": index.body.size, "numbers": index.numbers, "editions": editions}
    (folder / "index.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def _open(folder: Path) -> StatuteIndex:
    told = json.loads((folder / "index.json").read_text("utf-8"))
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in ARRAYS}
    day = date.fromisoformat
    return StatuteIndex(
        editions=tuple(
            StoredEdition(row, law, day(adopted), Standing(day(since), until and day(until)))
            for row, law, adopted, since, until in told["editions"]
        ),
        numbers=tuple(told["numbers"]),
        edition_of=np.load(folder / "edition_of.npy"),
        body=Postings(**arrays, size=told["size"]),
    )
