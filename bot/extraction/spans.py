"""The one shape in which every extractor hands over what it found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# Ends of a clause, full width and half width: cues are looked for within one clause.
CLAUSE_ENDS = "，。！？；：,!?;:\n"


@dataclass(frozen=True)
class Span:
    """A fact and where it stands in the text: text[start:end] says `value`; `extras` are JSON-ready details."""

    kind: str
    start: int
    end: int
    value: Any
    extras: dict[str, Any] = field(default_factory=dict)
    confidence: float = 1.0

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two share at least one character."""
        return self.start < other.end and other.start < self.end


def clause_before(text: str, position: int) -> str:
    """Give the part of the clause that precedes a position."""
    start = max((text.rfind(mark, 0, position) for mark in CLAUSE_ENDS), default=-1)
    return text[start + 1 : position]


def clause_after(text: str, position: int) -> str:
    """Give the part of the clause that follows a position."""
    ends = [at for at in (text.find(mark, position) for mark in CLAUSE_ENDS) if at != -1]
    return text[position : min(ends, default=len(text))]


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Keep the earlier of two overlapping spans, the longer one if they start together."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def whole_message(text: str, start: int, end: int) -> bool:
    """Tell whether the caller said nothing but text[start:end], apart from softening words and punctuation."""
    rest = text[:start] + "\n" + text[end:]
    rest = re.sub(
        r"大概|大约|差不多|可能|应该|就是|也就|左右|上下|的样子|那个|是|有|吧|啊|呀|呢|嗯|哦|了|的|我|就|也|[\s，。,.!！?？~]",
        "",
        rest,
    )
    return rest == ""
