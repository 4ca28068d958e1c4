"""Whether legal aid is likely, on dated law: pure functions over parameters with their sources.

Typical use: `law = Law.load()` once, then
`assess(Facts(matter="M05A", migrant_worker=True), on=date(2025, 8, 1), law=law)`.
"""

from eligibility.assessment import Agency, Aid, Assessment, Comparison, Outcome, Question, Row
from eligibility.cases import assess_case, read_case, summary
from eligibility.errors import (
    ContradictoryFacts,
    EligibilityError,
    ImplausibleAmount,
    ParameterError,
    UnknownFact,
    UnknownMatter,
    UnknownRegion,
)
from eligibility.explanation import Explanation, explain
from eligibility.facts import CHOICES, KIND, Facts
from eligibility.interview import assess, next_questions
from eligibility.law import Law
from eligibility.time_limits import Certainty, Deadline, Period, Span, UnknownPeriod, deadline
from eligibility.upkeep import PastAssessment, replay

__all__ = [
    "CHOICES",
    "KIND",
    "Agency",
    "Aid",
    "Assessment",
    "Certainty",
    "Comparison",
    "ContradictoryFacts",
    "Deadline",
    "EligibilityError",
    "Explanation",
    "Facts",
    "ImplausibleAmount",
    "Law",
    "Outcome",
    "ParameterError",
    "PastAssessment",
    "Period",
    "Question",
    "Row",
    "Span",
    "UnknownFact",
    "UnknownMatter",
    "UnknownPeriod",
    "UnknownRegion",
    "assess",
    "assess_case",
    "deadline",
    "explain",
    "next_questions",
    "read_case",
    "replay",
    "summary",
]
