"""Print how well the search does on questions.yaml: what the thresholds in knowledge/search.py were chosen on.

PYTHONPATH=. .venv/bin/python tests/knowledge/measure.py
"""

import time
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

import yaml

from knowledge.answers import Answer, read_answers
from knowledge.search import AnswerIndex, AskBack, Hit, Topics, choose

TODAY = date(2026, 11, 22)


def main() -> None:
    """Print top-1 and top-2 accuracy, each miss, the scores by decile, what `choose` does and the time a query takes."""
    answers, problems = read_answers()
    asked = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text("utf-8"))
    known = {answer.id for answer in answers}
    topics = {answer.topic for answer in answers}
    cases = [c for c in asked["in_scope"] if c["topic"] in topics and (not c["answers"] or known & set(c["answers"]))]
    index = AnswerIndex(answers)
    times: list[float] = []

    def search(text: str, topics: Topics) -> list[Hit]:
        begun = time.process_time()
        hits = index.search(text, topics, TODAY)
        times.append((time.process_time() - begun) * 1000)
        return hits

    print(f"{len(answers)} answers, {len(problems)} problems, {len(cases)} questions")
    around = [("", ""), *asked["around"]]
    for with_topic, told in ((False, around[:1]), (True, around[:1]), (False, around), (True, around)):
        ranked = [
            (case, search(before + case["ask"] + after, {case["topic"]: 1.0} if with_topic else {}))
            for case in cases
            for before, after in told
        ]
        top1 = sum(right(case, hits[0].answer) for case, hits in ranked)
        top2 = sum(any(right(case, hit.answer) for hit in hits[:2]) for case, hits in ranked)
        said = [(case, choose(hits)) for case, hits in ranked]
        answered = [(case, a) for case, a in said if isinstance(a, Answer)]
        asked_back = [(case, a.candidates) for case, a in said if isinstance(a, AskBack)]
        print(
            f"{len(said)} {'short' if len(told) == 1 else 'short and rambling'}, topic given: {with_topic}:",
            f"top-1 {top1 / len(said):.3f}, top-2 {top2 / len(said):.3f};",
            f"answered {len(answered) / len(said):.2f}, of those wrong",
            f"{sum(not right(c, a) for c, a in answered) / len(answered):.3f};",
            f"asked back {len(asked_back) / len(said):.2f}, of those neither right",
            f"{sum(not any(right(c, a) for a in pair) for c, pair in asked_back) / max(len(asked_back), 1):.2f};",
            f"to a person {1 - (len(answered) + len(asked_back)) / len(said):.2f}",
        )
        print("  threshold: coverage, risk | " + " | ".join(risk_coverage(ranked)))
        if len(told) == 1:
            for case, hits in ranked:
                if not right(case, hits[0].answer):
                    print(f"  {case['ask']} ->", *(f"{hit.answer.id} {hit.score:.2f}" for hit in hits))
    outside = [(text, search(text, {})) for text in asked["out_of_scope"]]
    for text, hits in sorted(outside, key=lambda pair: -pair[1][0].score if pair[1] else 0)[:10]:
        print(
            f"  out of scope: {text} ->",
            *(f"{hit.answer.id} {hit.score:.2f}" for hit in hits[:1]),
            choose(hits) and "!",
        )
    print(f"processor time: p50 {quantiles(times, n=100)[49]:.2f} ms, p95 {quantiles(times, n=100)[94]:.2f} ms")


def right(case: dict[str, Any], answer: Answer) -> bool:
    """Whether an answer is one of those expected, or of the topic where any will do."""
    return answer.id in case["answers"] if case["answers"] else answer.topic == case["topic"]


def risk_coverage(ranked: list[tuple[dict[str, Any], list[Hit]]]) -> list[str]:
    """For each threshold: the share of questions whose best score reaches it, and the share of those answered wrongly."""
    rows = []
    for threshold in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        kept = [(case, hits[0]) for case, hits in ranked if hits[0].score >= threshold]
        wrong = sum(not right(case, hit.answer) for case, hit in kept)
        rows.append(f"{threshold}: {len(kept) / len(ranked):.2f}, {wrong / max(len(kept), 1):.3f}")
    return rows


if __name__ == "__main__":
    main()
