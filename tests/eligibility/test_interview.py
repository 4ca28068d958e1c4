"""The interview asks least: it ends, asks nothing useless, and comes to the same result as knowing everything."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice, product
from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bench.eligibility_rules import FIXED_FORM
from eligibility import CHOICES, KIND, Facts, Outcome, assess, next_questions, read_case
from tests.eligibility.people import DAYS, INCOMES, LAW, PEOPLE, REGIONS, SCOPE
from tests.eligibility.test_written_cases import written

MOST_QUESTIONS = 12
RELAXED = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def interview(
    person: Facts, on: date, known: Facts, silent: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Facts]]:
    """Ask one question after another and answer as this person would; yields each question and what is known then."""
    while questions := next_questions(known, on, LAW):
        fact = questions[0].fact
        answer = getattr(person, fact)
        known = known.with_unknown(fact) if fact in silent or answer is None else known.with_answer(fact, answer)
        yield fact, known


@RELAXED
@given(person=PEOPLE, on=DAYS, silent=st.frozensets(st.sampled_from(sorted(KIND)), max_size=3))
def test_it_always_ends_and_never_asks_twice(person: Facts, on: date, silent: frozenset[str]) -> None:
    asked = [fact for fact, _ in islice(interview(person, on, Facts(), silent), MOST_QUESTIONS + 1)]

    assert len(asked) <= MOST_QUESTIONS
    assert len(asked) == len(set(asked))


@RELAXED
@given(person=PEOPLE, on=DAYS)
def test_its_result_is_the_one_with_all_facts_known(person: Facts, on: date) -> None:
    known = [Facts(), *(known for _, known in interview(person, on, Facts()))][-1]

    result, full = assess(known, on, LAW), assess(person, on, LAW)
    assume(full.aid != "urgent" and result.aid != "urgent")  # a deadline is volunteered, not asked
    assert (result.outcome, result.aid) == (full.outcome, full.aid)


@RELAXED
@given(person=PEOPLE, on=DAYS, dropped=st.frozensets(st.sampled_from(sorted(KIND)), max_size=6), data=st.data())
def test_a_further_answer_never_flips_a_settled_outcome(
    person: Facts, on: date, dropped: frozenset[str], data: st.DataObject
) -> None:
    open_: dict[str, Any] = dict.fromkeys(dropped)
    known = replace(person, **open_)
    settled = assess(known, on, LAW)
    assume(settled.outcome is not Outcome.MORE_FACTS)

    more = data.draw(st.sampled_from(sorted(dropped - {*SCOPE}) or ["age"]))
    assert assess(replace(known, **{more: getattr(person, more)}), on, LAW).outcome is settled.outcome


HARDER: dict[str, Any] = {
    "assistance_recipient": True,
    "assistance_kind": "subsistence_allowance",
    "no_fixed_income": True,
    "migrant_worker": True,
    "disabled": True,
    "abuse_victim": True,
    "income_yuan_per_person_month": Decimal(0),
    "income_yuan_per_month_self": Decimal(0),
    "income_yuan_per_person_year": Decimal(0),
}


@RELAXED
@given(person=PEOPLE, on=DAYS, harder=st.frozensets(st.sampled_from(sorted(HARDER))))
def test_more_hardship_never_turns_likely_into_anything_less(person: Facts, on: date, harder: frozenset[str]) -> None:
    assume(assess(person, on, LAW).outcome is Outcome.LIKELY)
    assume("assistance_kind" not in harder or person.assistance_recipient or "assistance_recipient" in harder)

    poorer = replace(person, **{fact: HARDER[fact] for fact in harder})
    assert assess(poorer, on, LAW).outcome is Outcome.LIKELY


def answers(fact: str) -> tuple[Any, ...]:
    """Give the answers worth trying when looking for one that matters."""
    if fact == "region":
        return REGIONS
    if fact == "matter":
        return tuple(LAW.matters)
    by_kind = {"money": (*INCOMES, Decimal(9_000_000)), "yes_no": (False, True), "number": (10, 30, 70)}
    return CHOICES.get(fact) or by_kind[KIND[fact]]


def matters_somewhere(known: Facts, fact: str, on: date) -> bool:
    """Look for one completion of the open facts in which this fact alone changes outcome or aid."""
    others = [name for q in next_questions(known, on, LAW) if (name := q.fact) != fact]
    rest = [name for name in KIND if getattr(known, name) is None and name not in (*others, fact, "days_to_limitation")]
    plain = {name: answers(name)[0] for name in rest if KIND[name] in ("money", "number")}
    completions = [dict(zip(others, values, strict=True)) for values in product(*(answers(name) for name in others))]
    Random(0).shuffle(completions)
    for completion in completions[:4_000]:
        facts = replace(known, **plain, **completion)
        seen = {(a.outcome, a.aid) for v in answers(fact) if (a := try_assess(replace(facts, **{fact: v}), on))}
        if len(seen) > 1:
            return True
    return False


def try_assess(facts: Facts, on: date) -> Any:
    """Assess, or give None for answers nobody can have together."""
    if facts.assistance_recipient is False:
        facts = replace(facts, assistance_kind=None)
    try:
        return assess(facts, on, LAW)
    except ValueError:
        return None


@settings(RELAXED, max_examples=15)
@given(person=PEOPLE, on=DAYS)
def test_no_question_is_asked_whose_every_answer_leaves_the_result_the_same(person: Facts, on: date) -> None:
    known = Facts(matter=person.matter, region=person.region)
    assert known.matter
    questions = next_questions(known, on, LAW)
    for fact, after in interview(person, on, known):
        assert matters_somewhere(known, fact, on), (fact, known, questions)
        known = after


@RELAXED
@given(person=PEOPLE, on=DAYS)
def test_money_is_asked_once_and_last(person: Facts, on: date) -> None:
    asked = [KIND[fact] == "money" for fact, _ in interview(person, on, Facts())]

    assert sum(asked) <= 1
    assert not any(asked[:-1])


@RELAXED
@given(person=PEOPLE)
def test_the_region_is_not_asked_where_a_status_settles_it(person: Facts) -> None:
    helped = replace(person, assistance_recipient=True, assistance_kind="extreme_poverty")
    asked = [fact for fact, _ in interview(helped, date(2026, 11, 22), Facts())]

    assert person.matter
    assert "region" not in asked or LAW.matter(person.matter).scope != "national"


def test_the_kind_of_help_is_asked_only_while_it_matters() -> None:
    """《社会救助法》 names the near-subsistence household from 2026-07-01 on."""
    helped = Facts(matter="M07B", region="340104", assistance_recipient=True)

    assert next_questions(helped, date(2026, 6, 30), LAW)[0].fact == "assistance_kind"
    assert next_questions(helped, date(2026, 7, 1), LAW) == []
    assert assess(helped, date(2026, 7, 1), LAW).reasons == ("art_42_2",)
    told = replace(helped, assistance_kind="extreme_poverty")
    assert assess(told, date(2026, 6, 30), LAW).reasons == ("art_42_2",)


def test_what_is_asked_in_the_end_depends_on_the_answers_before() -> None:
    open_ = Facts(
        matter="M04", region="510106", assistance_recipient=False, no_fixed_income=False, military_status="none"
    )
    on = date(2024, 6, 1)

    assert [q.fact for q in next_questions(open_, on, LAW)] == [
        "abuse_victim", "opponent_in_household", "income_yuan_per_person_month", "income_yuan_per_month_self",
    ]  # fmt: skip
    apart = replace(open_, abuse_victim=False, opponent_in_household=False)
    assert [q.fact for q in next_questions(apart, on, LAW)] == ["income_yuan_per_person_month"]
    assert next_questions(replace(open_, abuse_victim=True), on, LAW) == []


def test_the_victim_of_violence_is_asked_nothing() -> None:
    assert next_questions(Facts(matter="N04"), date(2026, 11, 22), LAW) == []


def test_the_unpaid_migrant_worker_is_asked_one_thing() -> None:
    on = date(2026, 11, 22)
    assert next_questions(Facts(matter="M05A"), on, LAW)[0].fact == "migrant_worker"
    assert next_questions(Facts(matter="M05A", migrant_worker=True), on, LAW) == []


def test_asking_takes_at_most_half_of_a_fixed_form(record_property: Callable[[str, object], None]) -> None:
    counts = []
    for case in written():
        case_given = case.values[0]
        person = read_case(case_given, LAW)
        on = date.fromisoformat(case_given["as_of"])
        counts.append(sum(1 for _ in interview(person, on, Facts())))
    mean = sum(counts) / len(counts)

    record_property("mean_questions", round(mean, 2))
    print(f"mean number of questions over {len(counts)} cases: {mean:.2f}; fixed form: {len(FIXED_FORM)}")
    assert mean <= len(FIXED_FORM) / 2
