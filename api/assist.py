"""All that an operator on the phone needs beside the call, from what the caller has said so far, in one call."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from rasa_sdk import Tracker

from actions.answers import FIRST_ANSWERS, answer_block, first_of_report, topic_of
from actions.facts import notice
from actions.workstations import groups_of, station_block
from api.dialogue import DialogueDown, Reading
from api.eligibility import AssessOut
from api.gateway import Gateway, Serving, TheGateway
from api.search import ArticleOut
from api.words import Words
from api.workstations import StationOut
from eligibility import KIND, Assessment, Facts, Outcome, assess, next_questions
from hotline import divisions
from hotline.applications import told
from hotline.handoffs import REASON_WORDS
from hotline.workstations_matching import Purpose, Search, match
from knowledge.answers import Answer
from knowledge.search import choose

router = APIRouter(prefix="/v1", tags=["console"])

MOST_ANSWERS, MOST_ARTICLES = 3, 5
SUSPECTED = 0.2
"""Confidence from which a danger that is not the first guess is named too: looking twice costs nothing."""
DANGER = "danger_"


class AssistIn(BaseModel):
    """What the caller said, and what is known besides: `facts` by name (eligibility/facts.py) count over the words."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[Words, Field(min_length=1, max_length=2000)]
    region: str | None = Field(default=None, pattern=r"^\d{6}$", description="六位区划代码")
    on: date | None = Field(default=None, description="按哪一天的法律；默认今天")
    facts: dict[str, Any] = Field(default_factory=dict)


class TopicOut(BaseModel):
    """A topic the words touch, and how surely, from 0 to 1."""

    name: str
    confidence: float


class AssistAnswerOut(BaseModel):
    """A reviewed answer, whole."""

    id: str
    topic: str
    question: str
    conclusion: str
    explanation: str
    steps: list[str]
    deadlines: list[dict[str, Any]]
    evidence: list[str]
    articles: list[dict[str, str]]


class WorksheetOut(AssessOut):
    """The assessment, with what is for operators only: the direction in which a case for review leans."""

    indicative: str | None


class QuestionOut(BaseModel):
    """A question that can still change the result: the fact's name, how it is answered, the codes of a choice."""

    fact: str
    kind: str
    choices: list[str]


class DangerOut(BaseModel):
    """An emergency the words may tell of; it comes before everything else on this page."""

    danger: str
    words: str
    confidence: float


class AssistOut(BaseModel):
    """Attributes:
    topic: the surest topic; None where the words tell none.
    understood: False while the dialogue server is away: then topics and dangers are unknown, not absent.
    answers: the best first; `sure` tells whether the bot would give the first one without asking back.
    facts: what the words and the request tell together, as the assessment used them; `place`: their region in words.
    ask_safe_place: ask where the caller is safe before naming a place.
    """

    understood: bool
    topic: str | None
    topics: list[TopicOut]
    answers: list[AssistAnswerOut]
    sure: bool
    articles: list[ArticleOut]
    facts: dict[str, Any]
    place: str | None
    assessment: WorksheetOut
    next_questions: list[QuestionOut]
    workstations: list[StationOut]
    ask_safe_place: bool
    dangers: list[DangerOut]


@router.post("/assist")
async def assist(here: TheGateway, operator: Serving, asked: AssistIn) -> AssistOut:
    """Understand, answer, assess, and name the places; nothing of it is stored."""
    try:
        reading = await here.turns.read(asked.text)
    except DialogueDown:
        reading = None
    return await asyncio.to_thread(_assisted, here, asked, reading)


def _assisted(here: Gateway, asked: AssistIn, reading: Reading | None) -> AssistOut:
    """Everything that waits for the database or reckons.

    Raises:
        DivisionUnknown, EligibilityError: the region or the facts cannot be.
    """
    services = here.services
    day = asked.on or services.today()
    if asked.region is not None:
        divisions.get(asked.region)
    read = reading or Reading(None, 0.0, [])
    topics = {str(one["name"]): float(one["confidence"]) for one in read.topics}
    answers, sure = _answers(here, asked.text, read, topics, day)
    facts = _facts(asked, read, answers[0].matter if sure else None)
    assessment = assess(facts, day, services.law)
    questions = next_questions(facts, day, services.law)
    found = services.statutes.search(asked.text, day, MOST_ARTICLES) if services.statutes else []
    stations, ask_safe_place = _stations(here, facts, assessment)
    return AssistOut(
        understood=reading is not None,
        topic=next(iter(topics), topic_of(read.intent or "")),
        topics=[TopicOut(name=name, confidence=round(share, 3)) for name, share in topics.items()],
        answers=[AssistAnswerOut(id=one.id, topic=one.topic, **_without_type(one)) for one in answers],
        sure=sure,
        articles=[ArticleOut.model_validate(one) for one in found],
        facts=told(facts),
        place=divisions.full_name(facts.region) if facts.region else None,
        assessment=WorksheetOut(
            **AssessOut.from_domain(assessment, [one.fact for one in questions]).model_dump(),
            indicative=assessment.indicative,
        ),
        next_questions=[QuestionOut(fact=one.fact, kind=one.kind, choices=list(one.choices)) for one in questions],
        workstations=stations,
        ask_safe_place=ask_safe_place,
        dangers=_dangers(read),
    )


def _answers(
    here: Gateway, text: str, read: Reading, topics: dict[str, float], day: date
) -> tuple[Sequence[Answer], bool]:
    """Some answers, the best first, and whether the first is the one; a wrong that was told has one to begin with."""
    intent, named = read.intent or "", topic_of(read.intent or "")
    hits = here.services.answers.search(text, topics or ({named: 1.0} if named else {}), day, MOST_ANSWERS)
    chosen = choose(hits, heard=named is not None)
    found = [hit.answer for hit in hits]
    if isinstance(chosen, Answer):
        return found, True
    if intent in FIRST_ANSWERS and not any(one.topic in FIRST_ANSWERS[intent] for one in found):
        first = first_of_report(here.services.answers, intent, hits, surely=True)
        found = [*([first] if first else []), *found][:MOST_ANSWERS]
    return found, False


def _facts(asked: AssistIn, read: Reading, matter: str | None) -> Facts:
    """What the words tell, under what the operator knows; the answer's matter where neither names one."""
    tracker = Tracker(
        "assist",
        dict(asked.facts),
        {"text": asked.text, "intent": {"name": read.intent}, "entities": read.entities},
        [],
        False,
        None,
        {},
        None,
    )
    heard = {name: value for name, value in notice(tracker).items() if name in KIND}
    known = {"matter": matter, **heard, **asked.facts}
    return Facts.from_mapping({**known, "region": asked.region or known.get("region")})


def _stations(here: Gateway, facts: Facts, assessment: Assessment) -> tuple[list[StationOut], bool]:
    if facts.region is None:
        return [], False
    purpose: Purpose = "apply" if assessment.outcome in (Outcome.LIKELY, Outcome.REVIEW) else "consult"
    now = here.services.now()
    with here.open_reading() as uow:
        found = match(uow, Search(purpose, facts.region, facts.matter, groups_of(facts)), now)
    return [StationOut(**station_block(one, now)) for one in found], any(one.ask_safe_place for one in found)


def _dangers(read: Reading) -> list[DangerOut]:
    guesses = {str(one["name"]): float(one["confidence"]) for one in read.ranking}
    if read.intent:
        guesses[read.intent] = read.confidence
    return [
        DangerOut(danger=name, words=REASON_WORDS.get(name, name), confidence=round(share, 3))
        for name, share in sorted(guesses.items(), key=lambda one: -one[1])
        if name.startswith(DANGER) and (name == read.intent or share >= SUSPECTED)
    ]


def _without_type(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer_block(answer).items() if name != "type"}
