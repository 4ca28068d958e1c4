"""The text of an article on tap: what an answer cites can be read where it is cited."""

from collections import Counter
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from api.gateway import CurrentConversation, TheGateway
from hotline.errors import ArticleNotAtHand, TooManyMessages

router = APIRouter(prefix="/v1/web/articles", tags=["web"])

PER_MINUTE = 60
"""Articles that one citizen may open in a minute: more than anybody reads, too few to copy the statutes."""


class ArticleTextOut(BaseModel):
    """An article as it reads on the day: the edition is named by the day it was adopted."""

    law: str
    article: str
    heading: str
    text: str
    adopted: date
    on: date


class Looks:
    """Counts what each citizen opened within the present minute; what is older is forgotten."""

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._counts: Counter[UUID] = Counter()

    def count(self, conversation_id: UUID, at: datetime) -> None:
        """One more.

        Raises:
            TooManyMessages: more than PER_MINUTE.
        """
        minute = at.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        self._counts[conversation_id] += 1
        if self._counts[conversation_id] > PER_MINUTE:
            raise TooManyMessages


@router.get("")
def read_article(
    request: Request,
    here: TheGateway,
    conversation: CurrentConversation,
    law: Annotated[str, Query(min_length=1, max_length=200, description="法名，不带书名号")],
    article: Annotated[str, Query(min_length=1, max_length=24, description="条号，如 第八十五条")],
) -> ArticleTextOut:
    """The text in force today of an article that an answer cites; 404 `article_not_at_hand` where it is not stored."""
    request.app.state.looks.count(conversation.id, here.services.now())
    today, statutes = here.services.today(), here.services.statutes
    found = statutes.named(f"{law}{article}", today) if statutes else []
    if not found:
        raise ArticleNotAtHand
    one = found[0]
    return ArticleTextOut(
        law=one.law, article=one.article, heading=one.heading, text=one.text, adopted=one.adopted, on=today
    )
