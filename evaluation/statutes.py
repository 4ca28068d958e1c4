"""How well the statute search finds the right articles: mean reciprocal rank, recall, and the time a search takes."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from knowledge.statutes import law_name

type Article = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A question and its relevant articles, as (law, 第…条)."""

    question: str
    articles: frozenset[Article]


def read_cases(lines: Iterable[str]) -> list[Case]:
    """Read lines such as {"question": "…", "articles": [{"law": "劳动法", "article": "第五十条"}]}.

    Raises:
        ValueError: a line is something else; names the line.
    """
    cases = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = json.loads(line)
                articles = frozenset((law_name(a["law"]), a["article"]) for a in row["articles"])
                cases.append(Case(row["question"], articles))
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise ValueError(
                    f"line {number}: {error!r}; expected question and articles of law and article"
                ) from None
    return cases


def evaluate(cases: Sequence[Case], search: Callable[[str], Sequence[Article]]) -> dict[str, float | int]:
    """Search for every question.

    Args:
        search: gives at least the best twenty articles, best first.

    Returns:
        The mean over all questions: mrr@10 is 1 ÷ rank of the first relevant article, 0 beyond ten; recall@k is the
        share of the relevant articles among the first k.
    """
    ranks, recalls, times = list[float](), dict[int, list[float]]({5: [], 10: [], 20: []}), list[float]()
    for case in cases:
        begun = time.perf_counter()
        found = search(case.question)
        times.append((time.perf_counter() - begun) * 1000)
        ranks.append(next((1 / rank for rank, one in enumerate(found[:10], start=1) if one in case.articles), 0.0))
        for depth, recall in recalls.items():
            recall.append(len(case.articles & set(found[:depth])) / len(case.articles))
    return {
        "n": len(cases),
        "mrr@10": round(fmean(ranks), 4),
        **{f"recall@{depth}": round(fmean(recall), 4) for depth, recall in recalls.items()},
        "p95_ms": round(quantiles(times, n=20)[-1] if len(times) > 1 else times[0], 2),
    }
