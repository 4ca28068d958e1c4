"""Assess with some facts still open, and name the questions that can still change the result.

An open fact is tried with every answer that could matter. If all of them end alike, it need not be asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from eligibility.agency import find_agency
from eligibility.assessment import Assessment, Finding, Outcome, Question
from eligibility.case import Case, Needed
from eligibility.facts import CHOICES, KIND, MONEY, Facts
from eligibility.law import Law
from eligibility.papers import materials_for, remedies_for, time_limits_for
from eligibility.rules import LAST_RULES, SETTLED_BEFORE, by_the_way, decide, frame, priority

ELSEWHERE = "000000"  # stands for every place without parameters of its own; never a real answer
# Answers tried for an open fact, the plainest first: when all end alike, the first one's reasons are given.
TRIED: dict[str, tuple[Any, ...]] = {
    "age": (30, 10, 70),
    "assistance_kind": ("subsistence_margin", "subsistence_allowance"),
    "military_status": ("none", "soldier"),
    "local_list": ("none", "hardship_database", "registered_poor"),
    "household": ("rural", "urban"),
}


@dataclass(frozen=True)
class Fork:
    """An open fact that can change the result, with what follows each answer tried."""

    fact: str
    answers: "tuple[tuple[Any, Tree], ...]"


Tree = Finding | Fork


def assess(facts: Facts, on: date, law: Law) -> Assessment:
    """Tell whether legal aid is likely on a given day, without deciding the application.

    Args:
        facts: answers so far; None means not asked yet, and nothing is ever assumed for it.
        on: day of application in Asia/Shanghai; selects the law in force.
    Returns:
        likely, unlikely, more facts (naming them) or review (for a person), with reasons.
    Raises:
        UnknownRegion, UnknownMatter, ImplausibleAmount, ContradictoryFacts, UnknownFact: see errors.py.
    Source: 《法律援助法》第二十四条至第三十四条、第四十二条、第四十四条
    """
    case = _checked(facts, on, law)
    return _assessment(case, _explore(case))


def next_questions(facts: Facts, on: date, law: Law) -> list[Question]:
    """Name the questions that can still change the result, the best first; none when it is settled.

    Status comes before income, and the region only where it matters, because the rules read them in that order.
    """
    return [_question(fact, law) for fact in _open_facts(_explore(_checked(facts, on, law)))]


def reachable(case: Case) -> set[Outcome]:
    """Give the outcomes that the open facts can still lead to."""
    return _outcomes(_explore(case))


def _outcomes(tree: Tree) -> set[Outcome]:
    if isinstance(tree, Finding):
        return {tree.outcome}
    return {outcome for _, branch in tree.answers for outcome in _outcomes(branch)} or {Outcome.REVIEW}


def _checked(facts: Facts, on: date, law: Law) -> Case:
    facts.check()
    if facts.region is not None:
        law.check_region(facts.region)
    if facts.matter is not None:
        law.matter(facts.matter)
    return Case(facts, on, law)


def _explore(case: Case, start: int = 0) -> Tree:
    """Follow the rules; where one needs an open fact, try its answers and keep the fork only if they differ."""
    try:
        return _settle(case, start)
    except Needed as needed:
        if needed.fact == "matter":  # everything depends on it; trying all matters would tell nothing new
            return Fork("matter", ())
        if start < LAST_RULES <= needed.rule:
            return _explore_last(replace(case.facts, **NOTHING_SETTLED), case.on, case.law)
        tried = _tried(needed.fact, case.law)
        branches = tuple((a, _explore(_with(case, needed.fact, a), needed.rule)) for a in tried)
        (_, first), *others = branches
        return first if all(_same(first, branch) for _, branch in others) else Fork(needed.fact, branches)


NOTHING_SETTLED: dict[str, Any] = dict.fromkeys(SETTLED_BEFORE)


@lru_cache(maxsize=4096)
def _explore_last(facts: Facts, on: date, law: Law) -> Tree:
    """Explore place and money, the widest part of the tree and the same for everyone with the same matter that day."""
    return _explore(Case(facts, on, law), LAST_RULES)


def _settle(case: Case, start: int) -> Finding:
    """Decide; a fact the caller does not know is tried in every way, and a person looks where the ways part.

    Raises:
        Needed: a fact that may still be asked.
    """
    try:
        return decide(case, start)
    except Needed as needed:
        if needed.fact not in case.facts.unknown:
            raise
        not_known = Finding(Outcome.REVIEW, (f"unknown_{needed.fact}",))
        if needed.fact == "matter":
            return not_known
        first, *others = (_settle(_with(case, needed.fact, a), needed.rule) for a in _tried(needed.fact, case.law))
        return first if all(_same(first, other) for other in others) else not_known


def _with(case: Case, fact: str, answer: Any) -> Case:
    return Case(replace(case.facts, **{fact: answer}), case.on, case.law)


def _same(one: Tree, other: Tree) -> bool:
    """Tell whether two ways end alike: same outcome and same kind of aid, whatever the reasons.

    Two forks are never alike, because a rule asks only for what can decide.
    """
    if isinstance(one, Fork) or isinstance(other, Fork):
        return False
    return (one.outcome, one.aid) == (other.outcome, other.aid)


def _tried(fact: str, law: Law) -> tuple[Any, ...]:
    if fact == "region":
        return (ELSEWHERE, *law.telling_regions)
    if fact in MONEY:
        return (Decimal(0), Decimal(9_999_999))  # on both sides of any ceiling
    return TRIED.get(fact, (False, True))


def _open_facts(tree: Tree) -> list[str]:
    return list(dict.fromkeys(_forks(tree)))


def _forks(tree: Tree) -> Iterator[str]:
    """Walk the forks level by level, so that what is asked first stands first."""
    level = [tree]
    while level:
        forks = [t for t in level if isinstance(t, Fork)]
        yield from (f.fact for f in forks)
        level = [branch for f in forks for _, branch in f.answers]


def _question(fact: str, law: Law) -> Question:
    choices = tuple(law.matters) if fact == "matter" else CHOICES.get(fact, ())
    return Question(fact, KIND[fact], choices)


def _assessment(case: Case, tree: Tree) -> Assessment:
    if isinstance(tree, Fork):
        reasons, flags = frame(case)
        found = Finding(Outcome.MORE_FACTS, reasons, flags)
    else:
        found = tree
    found = by_the_way(case, found)
    return Assessment(
        outcome=found.outcome,
        reasons=found.reasons,
        flags=found.flags,
        aid=found.aid,
        indicative=found.indicative,
        rows=found.rows,
        missing=tuple(_open_facts(tree)),
        agency=find_agency(case),
        materials=materials_for(case, found),
        remedies=remedies_for(case, found),
        time_limits=time_limits_for(case, found),
        priority=priority(case),
        comparison=found.comparison,
        facts=case.facts,
        on=case.on,
        law=case.law,
    )
