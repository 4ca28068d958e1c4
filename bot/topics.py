"""Which matters a message touches: the topic behind each intent, and the clauses that may speak of different ones."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

ASKED = "ask_"
REPORTED = {
    "report_unpaid_wages": "wages",
    "report_dismissal": "labour_contract",
    "report_work_injury": "work_injury",
    "report_domestic_violence": "domestic_violence",
    "report_traffic_accident": "traffic",
    "report_medical_injury": "medical",
    "report_not_supported": "support_of_elderly",
    "report_debt": "loans",
    "report_detention": "criminal",
    "report_land_dispute": "land",
    "report_consumer_fraud": "consumer",
}
NO_TOPIC = {"ask_why", "ask_progress", "ask_article", "ask_other_law"}
# A clause counts less than the whole message: it may only tell how it came about.
CLAUSE_WEIGHT = 0.6
SHORTEST_CLAUSE = 5
MOST_CLAUSES = 6
LEAST_CONFIDENCE = 0.1
_BREAK = re.compile(r"[。！？；，,!?;\n]+|(?=另外|还有|顺便|再问|还想问|同时|第二)")

Span = tuple[int, int]


@cache
def topic_of(intent: str) -> str | None:
    """The topic that an intent is about; None for 转人工, greetings and the like."""
    if intent in REPORTED:
        return REPORTED[intent]
    return intent.removeprefix(ASKED) if intent.startswith(ASKED) and intent not in NO_TOPIC else None


def clauses(text: str) -> Iterator[Span]:
    """Where the clauses of a message stand, short ones joined to the next; nothing for a message of one clause."""
    found: list[Span] = []
    start = 0
    for mark in [*_BREAK.finditer(text), None]:
        end = mark.start() if mark else len(text)
        if end - start >= SHORTEST_CLAUSE:
            found.append((start, end))
            start = mark.end() if mark else end
    yield from found[:MOST_CLAUSES] if len(found) > 1 else ()


def ranked(whole: Mapping[str, float], parts: Sequence[Mapping[str, float]]) -> list[dict[str, Any]]:
    """The topics of a message, surest first.

    Args:
        whole: confidence in each intent for the message; parts: the same for each of its clauses.
    """
    shares = _by_topic(whole)
    for part in parts:
        for topic, share in _by_topic(part).items():
            shares[topic] = max(shares.get(topic, 0.0), CLAUSE_WEIGHT * share)
    best = sorted(shares.items(), key=lambda one: -one[1])
    return [{"name": topic, "confidence": round(share, 4)} for topic, share in best if share >= LEAST_CONFIDENCE]


def _by_topic(intents: Mapping[str, float]) -> dict[str, float]:
    """A question and a report about the same matter add up."""
    shares: dict[str, float] = {}
    for intent, share in intents.items():
        if (topic := topic_of(intent)) is not None:
            shares[topic] = shares.get(topic, 0.0) + share
    return shares
