"""Search over reviewed answers and statutes, for partners, kiosks and the operators' pages."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from api.gateway import TheGateway

router = APIRouter(prefix="/v1/search", tags=["search"])


class AnswerOut(BaseModel):
    """A reviewed answer and how well it fits, from 0 to 1."""

    id: str
    topic: str
    question: str
    conclusion: str
    score: float


class ArticleOut(BaseModel):
    """An article as it reads on the day; `named` where the question named it, such as 劳动合同法85条."""

    model_config = ConfigDict(from_attributes=True)

    law: str
    article: str
    heading: str
    text: str
    adopted: date
    named: bool


class FoundOut(BaseModel):
    """What was found. `statutes_ready` is false while no statutes are imported or their index is being made."""

    answers: list[AnswerOut]
    articles: list[ArticleOut]
    statutes_ready: bool


@router.get("", response_model=FoundOut)
def search(
    here: TheGateway,
    q: Annotated[str, Query(min_length=1, max_length=400, description="问题或者条文，市民怎么说就怎么写")],
    on: Annotated[date | None, Query(description="按哪一天的法律；默认今天")] = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 10,
) -> FoundOut:
    """Find answers and articles in force on a day for a question in a layperson's words, or an article by its name."""
    services, day = here.services, on or here.services.today()
    hits = services.answers.search(q, {}, day, limit)
    articles = services.statutes.search(q, day, limit) if services.statutes else []
    return FoundOut(
        answers=[
            AnswerOut(
                id=hit.answer.id,
                topic=hit.answer.topic,
                question=hit.answer.question,
                conclusion=hit.answer.conclusion,
                score=round(hit.score, 3),
            )
            for hit in hits
        ],
        articles=[ArticleOut.model_validate(found) for found in articles],
        statutes_ready=services.statutes is not None and services.statutes.ready,
    )
