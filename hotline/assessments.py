"""What was assessed, kept without a person behind it, so that a lawyer can see what a change of parameters would do.

A kept assessment has the facts, the day and the result. It has no conversation, no operator and no time of day:
nothing leads from it to the citizen, and it is of no use but to be assessed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from eligibility import Assessment, Outcome, PastAssessment, summary
from hotline.storage import UnitOfWork


@dataclass(eq=False)
class KeptAssessment:
    """Facts as `Facts.to_mapping` gives them, the day of application, the result as `eligibility.summary` gives it."""

    facts: dict[str, Any]
    day: date
    result: dict[str, Any]
    id: UUID = field(default_factory=uuid4)


def keep(uow: UnitOfWork, assessment: Assessment) -> None:
    """Keep a settled assessment of the bot or of an operator; one that still lacks facts is not worth replaying."""
    if assessment.outcome is not Outcome.MORE_FACTS:
        uow.assessments.add(KeptAssessment(assessment.facts.to_mapping(), assessment.on, summary(assessment)))


def past(uow: UnitOfWork) -> Iterator[PastAssessment]:
    """Give all that were kept, the oldest day first, to be replayed."""
    for kept in uow.assessments.all():
        yield PastAssessment(kept.facts, kept.day, kept.result)
