"""The eligibility module by itself, for partners and kiosks."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.gateway import TheGateway
from eligibility import Facts, assess, explain, next_questions

router = APIRouter(prefix="/v1", tags=["eligibility"])


class AssessIn(BaseModel):
    """Facts by name (eligibility/facts.py) and the day; today in Shanghai if none is given."""

    model_config = ConfigDict(extra="forbid")
    facts: dict[str, Any]
    on: date | None = None


class AssessOut(BaseModel):
    """The assessment in codes for programs and in words for people."""

    outcome: str
    reasons: list[str]
    flags: list[str]
    aid: str | None
    materials: list[str]
    explanation: str
    next_questions: list[str]


@router.post("/assess")
def assess_facts(here: TheGateway, asked: AssessIn) -> AssessOut:
    """Tell whether legal aid is likely; nothing is stored."""
    facts, on = Facts.from_mapping(asked.facts), asked.on or here.services.today()
    assessment = assess(facts, on, here.services.law)
    return AssessOut(
        outcome=assessment.outcome,
        reasons=list(assessment.reasons),
        flags=list(assessment.flags),
        aid=assessment.aid,
        materials=list(assessment.materials),
        explanation=explain(assessment).citizen,
        next_questions=[question.fact for question in next_questions(facts, on, here.services.law)],
    )
