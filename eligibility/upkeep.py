"""For whoever keeps the parameters: which lines have run out, and what a change would do to past assessments."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from eligibility.cases import summary
from eligibility.facts import Facts
from eligibility.interview import assess
from eligibility.law import Law


def overdue(law: Law, on: date) -> Iterator[str]:
    """Name every amount that was due to change before a day and has no newer line, with the remedy."""
    for measure, areas in law.measures.items():
        for area in areas.values():
            newest = area.amounts[-1]
            if newest.expired(on) and newest.period.covers(on):
                yield (
                    f"{measure}.yaml: {newest.period.key}: expected to change after {newest.expected_until}; "
                    f"add a dated line with the new amount and its source, or a later expected_until"
                )


@dataclass(frozen=True)
class PastAssessment:
    """An assessment as it was kept: facts without identity, the day, and what came out."""

    facts: Mapping[str, Any]
    on: date
    result: Mapping[str, Any]  # as cases.summary gives it


@dataclass(frozen=True)
class Difference:
    """One past assessment that would come out otherwise under other parameters."""

    past: PastAssessment
    now: Mapping[str, Any]


def replay(past: Iterable[PastAssessment], law: Law) -> Iterator[Difference]:
    """Assess past cases again under another set of parameters and give every difference, for a lawyer to read."""
    for assessment in past:
        now = summary(assess(Facts.from_mapping(assessment.facts), on=assessment.on, law=law))
        if now != dict(assessment.result):
            yield Difference(assessment, now)
