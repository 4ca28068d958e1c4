"""The eligibility module by itself, for partners and kiosks."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.gateway import TheGateway
from eligibility import Assessment, Facts, assess, explain, next_questions

router = APIRouter(prefix="/v1", tags=["eligibility"])


class AssessIn(BaseModel):
    """Facts by name (eligibility/facts.py) and the day; today in Shanghai if none is given."""

    model_config = ConfigDict(extra="forbid")
    facts: dict[str, Any]
    on: date | None = None


class AgencyOut(BaseModel):
    """Where to apply: the rule's code, why in Chinese, and the place when the facts tell it."""

    rule: str
    why: str
    region: str | None
    name: str | None


class AssessOut(BaseModel):
    """The assessment in codes for programs and in words for people; without the direction that is for operators only."""

    outcome: str
    reasons: list[str]
    flags: list[str]
    aid: str | None
    agency: AgencyOut | None
    materials: list[str]
    remedies: list[str]
    time_limits: list[str]
    explanation: str
    changes: list[str]
    next_questions: list[str]

    @classmethod
    def from_domain(cls, assessment: Assessment, questions: list[str]) -> "AssessOut":
        """Put an assessment into words and codes."""
        explained, agency = explain(assessment), assessment.agency
        return cls(
            outcome=assessment.outcome,
            reasons=list(assessment.reasons),
            flags=list(assessment.flags),
            aid=assessment.aid,
            agency=AgencyOut(rule=agency.rule, why=agency.why, region=agency.region, name=agency.name)
            if agency
            else None,
            materials=list(assessment.materials),
            remedies=list(assessment.remedies),
            time_limits=list(assessment.time_limits),
            explanation=explained.citizen,
            changes=list(explained.changes),
            next_questions=questions,
        )


@router.post("/assess")
def assess_facts(here: TheGateway, asked: AssessIn) -> AssessOut:
    """Tell whether legal aid is likely; nothing is stored."""
    facts, on, law = Facts.from_mapping(asked.facts), asked.on or here.services.today(), here.services.law
    questions = [question.fact for question in next_questions(facts, on, law)]
    return AssessOut.from_domain(assess(facts, on, law), questions)
