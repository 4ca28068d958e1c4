"""Time the assessment and the interview, count the questions, and print the figures as JSON.

    .venv/bin/python bench/eligibility_rules.py                  # with 100,000 random fact sets: about two minutes
    .venv/bin/python bench/eligibility_rules.py --random 2000

Asked: `assess` at most 0.3 ms and `next_questions` at most 2 ms in the median, over the written cases as the interview
meets them (every state between the first question and the last); no exception over the random fact sets; on average at
most half as many questions as a fixed form asks. Beside them runs a peer that knows no dates, no sources and no open
facts: a fixed form of fourteen fields, checked by a chain of ifs. Its time is the floor of what such a check can cost
in Python, so the ratio says what dates, reasons and open facts cost, on whatever machine this runs.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any

import yaml

from eligibility import CHOICES, KIND, EligibilityError, Facts, Law, assess, next_questions, read_case

CASES = Path(__file__).parents[1] / "tests" / "eligibility"
LARGEST_ASSESS_MS, LARGEST_QUESTIONS_MS, LARGEST_SHARE = 0.3, 2.0, 0.5
ROUNDS = 5
# What a paper form asks everyone, needed or not.
FIXED_FORM = (
    "matter", "region", "migrant_worker", "assistance_recipient", "assistance_kind", "no_fixed_income", "age",
    "disabled", "military_status", "abuse_victim", "opponent_in_household", "household", "local_list",
    "income_yuan_per_person_month",
)  # fmt: skip
NO_MEANS_TEST = frozenset({"N01", "N02", "N03", "N04", "C02", "C04", "C06"})
LISTED = frozenset({f"M0{n}" for n in range(1, 9)} | {"M05A", "M05B", "M07A", "M07B", "M07C", "M07D"})
ONE_CEILING = Decimal(1848)

type State = tuple[Facts, date]


def fixed_form(facts: Facts) -> bool | None:
    """The peer: one place, one day, one ceiling, every field filled in; None where it has no opinion."""
    if facts.matter in NO_MEANS_TEST or facts.abuse_victim:
        return True
    if facts.matter not in LISTED:
        return None
    if facts.migrant_worker and facts.matter in ("M05A", "M07A"):
        return True
    if facts.assistance_recipient or facts.local_list not in (None, "none"):
        return True
    if facts.no_fixed_income and (facts.disabled or facts.age is None or facts.age < 18 or facts.age >= 60):
        return True
    own = facts.income_yuan_per_month_self if facts.opponent_in_household else facts.income_yuan_per_person_month
    return None if own is None else own < ONE_CEILING


def written(law: Law) -> list[State]:
    """The people and days of all written cases."""
    files = sorted(path for folder in ("golden", "edges") for path in (CASES / folder).rglob("*.yaml"))
    cases = [case["given"] for file in files for case in yaml.safe_load(file.read_text("utf-8"))["cases"]]
    return [(read_case(case, law), date.fromisoformat(case["as_of"])) for case in cases]


def interview(person: Facts, on: date, law: Law) -> Iterator[Facts]:
    """What is known before each question and after the last, when this person is asked from the beginning."""
    known = Facts()
    while questions := next_questions(known, on, law):
        yield known
        fact = questions[0].fact
        answer = getattr(person, fact)
        known = known.with_unknown(fact) if answer is None else known.with_answer(fact, answer)
    yield known


def random_facts(random: Random, law: Law) -> State:
    """Any answers to any questions, also such as contradict each other, on any day since 2020."""
    values: dict[str, Any] = {}
    for name, kind in KIND.items():
        if random.random() < 0.5:
            continue
        if name == "matter":
            values[name] = random.choice(list(law.matters))
        elif name == "region":
            values[name] = random.choice(list(law.regions))
        elif kind == "money":
            values[name] = Decimal(random.randrange(0, 500_000)) / 100
        elif kind == "number":
            values[name] = random.randrange(-20, 140)
        else:
            values[name] = random.choice(CHOICES.get(name, (False, True)))
    unknown = frozenset(name for name in KIND if name not in values and random.random() < 0.1)
    return Facts(**values, unknown=unknown), date(2020, 1, 1) + timedelta(days=random.randrange(2_600))


def timed_ms(work: Callable[[State], object], states: Sequence[State]) -> float:
    """Median milliseconds of one piece of work, over all states and ROUNDS rounds, after a round that counts for nothing."""
    times = []
    for turn in range(ROUNDS + 1):
        for state in states:
            begun = time.perf_counter()
            work(state)
            if turn:
                times.append((time.perf_counter() - begun) * 1000)
    return median(times)


def survive(count: int, law: Law) -> dict[str, Any]:
    """Assess random fact sets and ask for their questions; refusing nonsense by name is sound, anything else is counted."""
    random = Random(20261122)
    refused, failed, slowest = 0, [], 0.0
    for _ in range(count):
        facts, on = random_facts(random, law)
        begun = time.perf_counter()
        try:
            assess(facts, on, law)
        except EligibilityError:
            refused += 1
        except Exception as error:  # the point of this run is that there is none
            failed.append(f"{error!r}: {facts} on {on}")
        slowest = max(slowest, (time.perf_counter() - begun) * 1000)
    return {
        "n": count,
        "refused_by_name": refused,
        "exceptions": len(failed),
        "first": failed[:1],
        "slowest_ms": round(slowest, 1),
    }


def main() -> None:
    """Read the command line, measure, print; ends with 1 when a bound is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=100_000, help="how many random fact sets")
    options = parser.parse_args()
    law = Law.load()
    people = written(law)
    paths = [(list(interview(person, on, law)), on) for person, on in people]
    states = [(known, on) for path, on in paths for known in path]
    asked = mean(len(path) - 1 for path, _ in paths)
    peer_ms = timed_ms(lambda state: fixed_form(state[0]), people)
    assess_ms = timed_ms(lambda state: assess(*state, law), people)
    assess_open_ms = timed_ms(lambda state: assess(*state, law), states)
    questions_ms = timed_ms(lambda state: next_questions(*state, law), states)
    survived = survive(options.random, law)
    print(
        json.dumps(
            {
                "written_cases": len(people),
                "states_of_the_interview": len(states),
                "peer_fixed_form_ms": round(peer_ms, 5),
                "assess_ms": round(assess_ms, 4),
                "assess_to_peer": round(assess_ms / peer_ms),
                "assess_with_open_facts_ms": round(assess_open_ms, 4),
                "next_questions_ms": round(questions_ms, 4),
                "next_questions_to_peer": round(questions_ms / peer_ms),
                "mean_questions": round(asked, 2),
                "fixed_form_questions": len(FIXED_FORM),
                "share": round(asked / len(FIXED_FORM), 2),
                "random": survived,
            },
            ensure_ascii=False,
            indent=2,
        )
    )
    kept = (
        assess_ms <= LARGEST_ASSESS_MS
        and assess_open_ms <= LARGEST_ASSESS_MS
        and questions_ms <= LARGEST_QUESTIONS_MS
        and asked / len(FIXED_FORM) <= LARGEST_SHARE
        and not survived["exceptions"]
    )
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
