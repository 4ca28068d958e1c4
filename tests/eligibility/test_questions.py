"""Every fact the interview can name has its question and its reason in Chinese."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from eligibility import CHOICES, KIND, Law
from eligibility.facts import Facts

QUESTIONS = Path(__file__).parents[2] / "data" / "responses" / "eligibility_questions.yml"
ASKABLE = (
    "matter", "region", "migrant_worker", "assistance_recipient", "assistance_kind", "no_fixed_income", "age",
    "disabled", "military_status", "abuse_victim", "opponent_in_household", "household", "local_list",
    "income_yuan_per_person_month", "income_yuan_per_month_self", "income_yuan_per_person_year", "retrial_ordered",
    "sensory_disability", "limited_capacity", "life_or_death_sentence",
)  # fmt: skip


@pytest.fixture(scope="module")
def responses() -> dict[str, Any]:
    return dict(yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))["responses"])


@pytest.mark.parametrize("fact", ASKABLE)
def test_a_fact_is_asked_once_politely_and_with_a_reason(responses: dict[str, Any], fact: str) -> None:
    question = responses[f"utter_ask_{fact}"][0]
    reason = responses[f"utter_why_{fact}"][0]["text"]

    assert "您" in question["text"] or "请问" in question["text"]
    assert question["text"].count("？") == 1
    assert len(reason) <= 60


def buttons(responses: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, variants in responses.items():
        for button in variants[0].get("buttons", ()):
            yield name.removeprefix("utter_ask_"), button["payload"]


def test_every_button_answers_its_own_question_with_a_known_code(responses: dict[str, Any]) -> None:
    for fact, payload in buttons(responses):
        if told := re.fullmatch(r'/inform\{\{"(\w+)":"(\w+)"\}\}', payload):
            assert told[1] == fact
            assert told[2] in CHOICES[fact]
        else:
            assert payload in ("/affirm", "/deny", "/dont_know", "/refuse")


def test_an_income_may_be_withheld(responses: dict[str, Any]) -> None:
    for fact in (name for name in ASKABLE if KIND[name] == "money"):
        assert "/refuse" in [payload for name, payload in buttons(responses) if name == fact]


def test_every_fact_has_a_chinese_name(law: Law) -> None:
    assert law.fact_names.keys() == KIND.keys()
    assert all(hasattr(Facts(), name) for name in law.fact_names)
