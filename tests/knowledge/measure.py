"""Print how well the search does on questions.yaml, stories.yaml and held_out.yaml: what knowledge/search.py was chosen on.

PYTHONPATH=. .venv/bin/python tests/knowledge/measure.py
"""

import time
from collections.abc import Sequence
from datetime import date
from math import log
from pathlib import Path
from statistics import fmean, quantiles
from typing import Any

import numpy as np
import yaml

from knowledge.answers import Answer, load_answers
from knowledge.postings import Array
from knowledge.search import AnswerIndex, AskBack, Hit, certainty, choose

TODAY = date(2026, 11, 22)
HERE = Path(__file__).parent
STEPS, RATE = 20_000, 0.02
WEIGHT_OF_UNLIKE, WEIGHT_OF_OUTSIDE = 0.4, 6.0  # beside a story

type Asked = tuple[str, frozenset[str]]
"""A question and the ids of the answers that answer it."""


def main() -> None:
    """Print how often the right answer comes first, what `choose` does with it, a fit of the certainty, and the time.

    What held_out.yaml holds is much harder than the rest: each was written to be found by another word than the others.
    """
    answers = load_answers()
    index = AnswerIndex(answers)
    short = yaml.safe_load((HERE / "questions.yaml").read_text("utf-8"))
    stories = yaml.safe_load((HERE / "stories.yaml").read_text("utf-8"))
    brief: list[Asked] = [(case["ask"], frozenset(case["answers"])) for case in short["in_scope"] if case["answers"]]
    told: list[Asked] = [(case["ask"], frozenset(case["answers"])) for case in stories]
    held_out = yaml.safe_load((HERE / "held_out.yaml").read_text("utf-8"))
    unlike: list[Asked] = [(text, frozenset({name})) for name, text in held_out.items()]
    rambling = [(before + ask + after, right) for ask, right in brief for before, after in short["around"]]
    print(f"{len(answers)} answers")
    times: list[float] = []
    for name, asked in (
        ("questions", brief),
        ("the same between other talk", rambling),
        ("stories", told),
        ("held out", unlike),
    ):
        _report(name, index, asked, times)
    print("risk and coverage of the stories: " + " | ".join(_risk_coverage(index, told)))
    print(
        "certainty fitted: bias, score, lead, said, meant", _fit(index, told[:330], unlike[::2], short["out_of_scope"])
    )
    print(f"processor time: p50 {quantiles(times, n=100)[49]:.2f} ms, p95 {quantiles(times, n=100)[94]:.2f} ms")


def _report(name: str, index: AnswerIndex, asked: Sequence[Asked], times: list[float]) -> None:
    found = [(_search(index, ask, times), right) for ask, right in asked]
    first, three = (fmean(_holds(hits[:among], right) for hits, right in found) for among in (1, 3))
    chosen = [(choose(hits, heard=True), right) for hits, right in found]
    told = [(one, right) for one, right in chosen if isinstance(one, Answer)]
    back = [(one, right) for one, right in chosen if isinstance(one, AskBack)]
    print(
        f"{len(found)} {name}: first {first:.3f}, among three {three:.3f};",
        f"answered {len(told) / len(found):.2f}, of those not right",
        f"{fmean(one.id not in right for one, right in told):.3f};",
        f"asked back {len(back) / len(found):.2f}, of those none right",
        f"{fmean(not {a.id for a in one.candidates} & right for one, right in back) if back else 0:.2f}",
    )


def _search(index: AnswerIndex, ask: str, times: list[float]) -> list[Hit]:
    begun = time.process_time()
    hits = index.search(ask, {}, TODAY)
    times.append((time.process_time() - begun) * 1000)
    return hits


def _holds(hits: Sequence[Hit], right: frozenset[str]) -> bool:
    return any(hit.answer.id in right for hit in hits)


def _risk_coverage(index: AnswerIndex, asked: Sequence[Asked]) -> list[str]:
    """For each certainty: the share of questions that reach it, and the share of those whose first answer is not right."""
    found = [(hits, right) for ask, right in asked if (hits := index.search(ask, {}, TODAY))]
    rows = []
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        kept = [_holds(hits[:1], right) for hits, right in found if certainty(hits) >= threshold]
        rows.append(f"{threshold}: {len(kept) / len(found):.2f}, {1 - fmean(kept) if kept else 0:.2f}")
    return rows


def _fit(index: AnswerIndex, asked: Sequence[Asked], unlike: Sequence[Asked], outside: Sequence[str]) -> list[float]:
    """The weights of `certainty` by logistic regression; what is no question about law counts as answered wrongly."""
    rows, right, weights = list[list[float]](), list[bool](), list[float]()
    cases: list[tuple[str, Any, float]] = [
        *((ask, answers, 1.0) for ask, answers in asked),
        *((ask, answers, WEIGHT_OF_UNLIKE) for ask, answers in unlike),
        *((ask, frozenset(), WEIGHT_OF_OUTSIDE) for ask in outside),
    ]
    for ask, answers, weight in cases:
        if hits := index.search(ask, {}, TODAY):
            last = hits[-1].score if len(hits) == 3 else 0.0
            rows.append([1.0, log(hits[0].score), (hits[0].score - last) / hits[0].score, hits[0].said, hits[0].meant])
            right.append(_holds(hits[:1], answers))
            weights.append(weight)
    told, truth, weigh = np.array(rows), np.array(right, float), np.array(weights)
    centre: Array = np.append(0.0, told[:, 1:].mean(0))
    found: Array = np.zeros(told.shape[1])
    for _ in range(STEPS):
        off = weigh * (1 / (1 + np.exp(-(told - centre) @ found)) - truth)
        found -= RATE * off @ (told - centre) / weigh.sum() * 10
    found[0] -= float(centre @ found)
    return [round(float(one), 2) for one in found]


if __name__ == "__main__":
    main()
