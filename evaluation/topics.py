"""How often a question is put into the right one of twenty public categories."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles
from typing import Any

from evaluation.reading import Reading


@dataclass(frozen=True, slots=True)
class Case:
    """A question and the category that its public collection gives it."""

    question: str
    topic: str


def read_cases(lines: Iterable[str]) -> list[Case]:
    """Read lines such as {"question": "…", "topic": "公司法"}.

    Raises:
        ValueError: a line is something else; names the line.
    """
    cases = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = json.loads(line)
                question, topic = row["question"], row["topic"]
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise ValueError(f"line {number}: {error!r}; expected question and topic") from None
            if not isinstance(question, str) or not isinstance(topic, str):
                raise ValueError(f"line {number}: question and topic have to be texts")
            cases.append(Case(question, topic))
    if not cases:
        raise ValueError("no question in it")
    return cases


def evaluate(cases: Sequence[Case], readings: Sequence[Reading]) -> dict[str, Any]:
    """Compare.

    Returns:
        n; accuracy, right answers ÷ questions; per_topic, the same for the questions of each topic; predicted, how often
        each topic was answered; p95_ms of reading one message.
    """
    pairs = [(case.topic, reading.category) for case, reading in zip(cases, readings, strict=True)]
    topics = sorted({topic for topic, _ in pairs})
    times = [reading.ms for reading in readings]
    return {
        "n": len(pairs),
        "accuracy": round(fmean(right == answered for right, answered in pairs), 4),
        "per_topic": {
            topic: round(fmean(answered == topic for right, answered in pairs if right == topic), 4) for topic in topics
        },
        "predicted": {topic: sum(answered == topic for _, answered in pairs) for topic in topics},
        "p95_ms": round(quantiles(times, n=20)[-1] if len(times) > 1 else times[0], 2),
    }
