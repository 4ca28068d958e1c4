"""When to show articles for want of a reviewed answer: what each threshold would cost, on questions of our own.

    DATABASE_URL=… python -m bench.answer_articles

The database holds the imported statutes. Asked are the questions of tests/knowledge/questions.yaml, each with the answers
that are right for it taken out of the answers and out of what the statute search learns from, so that none fits; those of
tests/knowledge/statute_questions.yaml; and what is not about law: the rest of questions.yaml, and the lines of
tests/nlu/held_out.yml that only talk. Counted is what `choose` does not answer from the reviewed answers. Right is a
question one of whose articles is among the three shown. Printed besides: the time of one search for articles.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, quantiles
from typing import Any

import yaml

from knowledge.answers import Answer, load_answers
from knowledge.search import AnswerIndex, choose
from knowledge.statute_library import COMPARED, SHOWN, STANDS_OUT, StatuteLibrary
from knowledge.statute_search import Ranked
from settings import ROOT, settings
from store.unit_of_work import connect, unit_of_work_factory

TESTS = ROOT / "tests"
FOLDS = 5
THRESHOLDS = (0, 10, 15, 20, 25, 30, 40, 60)
NAMED = re.compile(r"(.+?)(第[一二三四五六七八九十百千零]+条(?:之.)?)")
TALK = ("out_of_scope", "greet", "thank", "goodbye", "bot_challenge", "insult", "complain", "rate_service")

type Cited = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Case:
    """A question that the reviewed answers at hand do not answer; nothing is right for what is not about law."""

    kind: str
    lead: float
    right: bool


def main() -> None:
    """Print the curve."""
    on, times = date(2026, 11, 22), list[float]()
    cases = list(_cases(on, times))
    for kind in ("answer taken out", "statute question", "not about law"):
        print(f"{kind}: {sum(case.kind == kind for case in cases)} that no reviewed answer fits")
    law, talk = [c for c in cases if c.kind != "not about law"], [c for c in cases if c.kind == "not about law"]
    print("threshold | coverage | wrong of those | the same, answer taken out | articles for what is not about law")
    for least in THRESHOLDS:
        shown = [case for case in law if case.lead >= least]
        taken_out = [case for case in shown if case.kind == "answer taken out"]
        print(
            f"{least:3}{' *' if least == STANDS_OUT else '  '}  {len(shown) / len(law):.2f}  {_wrong(shown):.3f}  "
            f"{_wrong(taken_out):.3f}  {fmean(case.lead >= least for case in talk):.3f}"
        )
    cuts = quantiles(times, n=20)
    print(f"one search: p50 {quantiles(times, n=2)[0]:.1f} ms, p95 {cuts[-1]:.1f} ms of processor time")


def _cases(on: date, times: list[float]) -> Iterator[Case]:
    answers = load_answers()
    known = {answer.id: answer for answer in answers}
    asked = _read("knowledge/questions.yaml")
    answerable = [case for case in asked["in_scope"] if known.keys() & set(case["answers"])]
    for part in range(FOLDS):
        held = answerable[part::FOLDS]
        out = {name for case in held for name in case["answers"]}
        judge = _Judge([answer for answer in answers if answer.id not in out], on, times)
        for case in held:
            cited = frozenset(
                (c.law, c.article) for name in case["answers"] if name in known for c in known[name].cited
            )
            yield from judge("answer taken out", case["ask"], case["topic"], cited)
    judge = _Judge(answers, on, times)
    for case in _read("knowledge/statute_questions.yaml"):
        named = (NAMED.fullmatch(article) for article in case["articles"])
        yield from judge("statute question", case["ask"], None, frozenset((m[1], m[2]) for m in named if m))
    talk = [line for told in _read("nlu/held_out.yml")["nlu"] if told["intent"] in TALK for line in _lines(told)]
    for text in (*asked["out_of_scope"], *talk):
        yield from judge("not about law", text, None, frozenset())


class _Judge:
    """The two searches over one set of answers."""

    def __init__(self, answers: Sequence[Answer], on: date, times: list[float]) -> None:
        open_reading = unit_of_work_factory(connect(settings().database_url))[1]
        library = StatuteLibrary(open_reading, answers, settings().cache_path)
        if not library.load():
            raise SystemExit("no statutes in the database; run yuanxian statutes import FOLDER first")
        self._index, self._library, self._on, self._times = AnswerIndex(answers), library, on, times

    def __call__(self, kind: str, text: str, topic: str | None, cited: Cited) -> Iterator[Case]:
        if isinstance(choose(self._index.search(text, {topic: 1.0} if topic else {}, self._on)), Answer):
            return
        begun = time.process_time()
        ranked = self._library.ranked(text, self._on, topic)
        self._times.append((time.process_time() - begun) * 1000)
        yield Case(kind, _lead(ranked), any((one.edition.law, one.article) in cited for one in ranked[:SHOWN]))


def _lead(ranked: Sequence[Ranked]) -> float:
    return ranked[0].score - ranked[COMPARED - 1].score if len(ranked) >= COMPARED else -1.0


def _wrong(cases: Sequence[Case]) -> float:
    return fmean(not case.right for case in cases) if cases else 0.0


def _read(name: str) -> Any:
    return yaml.safe_load((TESTS / name).read_text("utf-8"))


def _lines(told: dict[str, str]) -> list[str]:
    return [line.removeprefix("- ").strip() for line in told["examples"].splitlines()]


if __name__ == "__main__":
    main()
