"""All facts of one sentence, with the readings that exclude each other settled."""

import re
from datetime import date

from bot.extraction import contacts, dates, durations, money, regions, roles
from bot.extraction.spans import CLAUSE_ENDS, Span

_IS_BORN = re.compile(r"出?生(?!效|产|意|活|病|孩|娃|了)")
_NUMBERS = ("phone", "application_number", "appointment_number", "phone_tail")


def find(text: str, today: date, gazetteer: regions.Gazetteer | None = None) -> list[Span]:
    """Find every fact in a sentence, in the order of the text.

    Args:
        today: the caller's day in Asia/Shanghai.
    """
    identified = contacts.find(text)
    numbers = [span for span in identified if span.kind in _NUMBERS and not span.extras.get("bare")]
    moments = [span for span in dates.find(text, today) if not _touches(span, numbers)]
    sums = [span for span in money.find(text) if not _touches(span, [*numbers, *moments])]
    people = [
        span
        for span in identified
        if span.kind not in _NUMBERS and not _touches(span, moments) and not _touches_sure(span, sums)
    ]
    lengths = [
        s
        for s in durations.find(text)
        if not _touches(s, [*numbers, *moments, *sums]) and not _is_a_rate(text, s, sums)
    ]
    tails = [span for span in identified if span.kind in _NUMBERS]
    moments, births = _births(text, moments, today)
    spans = [*births, *regions.find(text, gazetteer), *sums, *lengths, *moments, *people, *tails, *roles.find(text)]
    return sorted(spans, key=lambda span: (span.start, span.end))


def _births(text: str, moments: list[Span], today: date) -> tuple[list[Span], list[Span]]:
    """Part the days of birth from the other days, and give them as ages: 我是1960年生的."""
    born = [span for span in moments if span.value["from"] and _IS_BORN.match(text, span.end)]
    ages = [
        Span("age", span.start, span.end, age, {"low": None, "high": None, "approximate": True, "whose": None})
        for span in born
        if 0 <= (age := today.year - int(span.value["from"][:4])) <= 120
    ]
    return [span for span in moments if span not in born], ages


def _touches(span: Span, others: list[Span]) -> bool:
    return any(span.overlaps(other) for other in others)


def _touches_sure(span: Span, others: list[Span]) -> bool:
    """A naked 1234 may be money or four digits; both readings stay, and the question that was asked decides."""
    return any(span.overlaps(other) and not (span.extras.get("bare") and other.extras.get("bare")) for other in others)


def _is_a_rate(text: str, length: Span, sums: list[Span]) -> bool:
    """In 一个月1750 and 8000一年 the month and the year say how often, not how long; 欠我一个月工资 says how long."""
    if length.value["value"] != 1 or text.startswith(("工资", "的工资", "工钱"), length.end):
        return False
    for one in sums:
        between = text[min(length.end, one.end) : max(length.start, one.start)]
        if one.extras.get("period") == length.value["unit"] and not any(mark in between for mark in CLAUSE_ENDS):
            return True
    return False
