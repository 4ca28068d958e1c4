"""How well the bot understands what people say: intents, topics, facts, dangers, and when it had better ask back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, quantiles
from typing import Any

from evaluation.reading import Reading

FALLBACK = "nlu_fallback"
DANGER = "danger_"
type Told = Mapping[str, Sequence[str]]
"""Kind of fact → its values, written as in tests/nlu/entities_held_out.yml."""


@dataclass(frozen=True, slots=True)
class Point:
    """If only messages at least so confident were answered: the share answered, and the share of those answered wrongly."""

    threshold: float
    coverage: float
    risk: float


def intents(right: Sequence[str], readings: Sequence[Reading]) -> dict[str, Any]:
    """Compare the intent the bot would act on with the right one; a fallback counts as wrong."""
    pairs = [(wanted, reading.intent) for wanted, reading in zip(right, readings, strict=True)]
    names = sorted(set(right))
    return {
        "n": len(pairs),
        "accuracy": round(fmean(a == b for a, b in pairs), 4),
        "macro_f1": round(fmean(_f1(name, pairs) for name in names), 4),
        "per_intent": {name: round(fmean(b == name for a, b in pairs if a == name), 4) for name in names},
        "confused": [
            {"right": a, "taken_for": b, "times": times}
            for (a, b), times in Counter(pair for pair in pairs if pair[0] != pair[1]).most_common(20)
        ],
        **times_of(readings),
    }


def confusion(right: Sequence[str], readings: Sequence[Reading]) -> tuple[list[str], list[list[int]]]:
    """The names, and how often what stands in a row was taken for what stands in a column."""
    names = sorted({*right, *(reading.intent for reading in readings)})
    counts = Counter(zip(right, (reading.intent for reading in readings), strict=True))
    return names, [[counts[row, column] for column in names] for row in names]


def risk_and_coverage(right: Sequence[str], readings: Sequence[Reading]) -> list[Point]:
    """What each threshold of confidence would cost, from answering everything to answering almost nothing."""
    best = [_best(reading) for reading in readings]
    judged = sorted(
        ((confidence, name == wanted) for (name, confidence), wanted in zip(best, right, strict=True)), reverse=True
    )
    points, wrong = [], 0
    for answered, (confidence, is_right) in enumerate(judged, start=1):
        wrong += not is_right
        points.append(Point(confidence, answered / len(judged), wrong / answered))
    return points[::-1]


def dangers(right: Sequence[str], readings: Sequence[Reading]) -> dict[str, Any]:
    """How many dangers are noticed, by kind, and how many harmless messages, if there are any, are taken for one.

    Args:
        right: the danger intent, or `none`.
    """
    raised = [(wanted, reading.intent.startswith(DANGER)) for wanted, reading in zip(right, readings, strict=True)]
    kinds = sorted({wanted for wanted, _ in raised} - {"none"})
    harmless = [noticed for wanted, noticed in raised if wanted == "none"]
    return {
        "n": len(raised),
        "recall": round(fmean(noticed for wanted, noticed in raised if wanted != "none"), 4),
        "false_alarms": round(fmean(harmless), 4) if harmless else None,
        "per_kind": {kind: round(fmean(noticed for wanted, noticed in raised if wanted == kind), 4) for kind in kinds},
    }


def several_topics(right: Sequence[Sequence[str]], readings: Sequence[Reading], shown: int = 3) -> dict[str, Any]:
    """Whether the first topic is one of the right ones, and how many of those are among the first three."""
    named = [list(reading.topics)[:shown] for reading in readings]
    hits = [len(set(names) & set(wanted)) for names, wanted in zip(named, right, strict=True)]
    return {
        "n": len(named),
        "first_right": round(fmean(bool(n) and n[0] in w for n, w in zip(named, right, strict=True)), 4),
        f"recall@{shown}": round(fmean(hit / min(shown, len(w)) for hit, w in zip(hits, right, strict=True)), 4),
        f"precision@{shown}": round(sum(hits) / max(1, sum(map(len, named))), 4),
    }


def facts(right: Sequence[Told], readings: Sequence[Reading]) -> dict[str, Any]:
    """Precision, recall and F1 of the facts told, each counted once by kind and value.

    A naked number is read in several ways at once; such a reading counts if it is right, and not if it is wrong.
    """
    hit, missed, extra = Counter[str](), Counter[str](), Counter[str]()
    for wanted, reading in zip(right, readings, strict=True):
        told = Counter((kind, value) for kind, values in wanted.items() for value in values)
        sure = Counter(_shown(one) for one in reading.entities if not one.get("bare"))
        found = sure | (Counter(_shown(one) for one in reading.entities if one.get("bare")) & told)
        hit.update(kind for kind, _ in (told & found).elements())
        missed.update(kind for kind, _ in (told - found).elements())
        extra.update(kind for kind, _ in (found - told).elements())
    kinds = sorted({*hit, *missed, *extra})
    return {
        "n": len(right),
        **_measures(hit.total(), missed.total(), extra.total()),
        "per_kind": {kind: _measures(hit[kind], missed[kind], extra[kind]) for kind in kinds},
    }


def times_of(readings: Iterable[Reading]) -> dict[str, float]:
    """p50 and p95 of reading one message, in milliseconds."""
    cuts = quantiles((reading.ms for reading in readings), n=100, method="inclusive")
    return {"p50_ms": round(cuts[49], 2), "p95_ms": round(cuts[94], 2)}


def _best(reading: Reading) -> tuple[str, float]:
    """The surest guess before any fallback, with its confidence."""
    return next(((name, sure) for name, sure in reading.intents.items() if name != FALLBACK), ("", 0.0))


def _f1(name: str, pairs: Sequence[tuple[str, str]]) -> float:
    both = sum(a == b == name for a, b in pairs)
    either = sum(a == name for a, _ in pairs) + sum(b == name for _, b in pairs)
    return 2 * both / either


def _measures(hit: int, missed: int, extra: int) -> dict[str, float]:
    return {
        "precision": round(hit / max(1, hit + extra), 4),
        "recall": round(hit / max(1, hit + missed), 4),
        "f1": round(2 * hit / max(1, 2 * hit + missed + extra), 4),
    }


def _shown(entity: Mapping[str, Any]) -> tuple[str, str]:
    """A fact as the held-out file writes it."""
    kind, value = str(entity["entity"]), entity["value"]
    if kind == "money":
        low, high = (_plain(entity.get(end) or value) for end in ("low", "high"))
        period = entity.get("period")
        per = f"/{period}" if period and period != "once" else ""
        return kind, (low if low == high else f"{low}-{high}") + per
    if kind == "duration":
        return kind, f"{value['value']:g} {value['unit']}"
    if kind == "date":
        first, last = value["from"] or "?", value["to"] or "?"
        days = first if first == last else f"{first}/{last}"
        return kind, " ".join(filter(None, (days, value.get("time") or value.get("part"))))
    return kind, str(value)


def _plain(yuan: str) -> str:
    return f"{Decimal(yuan).normalize():f}"
