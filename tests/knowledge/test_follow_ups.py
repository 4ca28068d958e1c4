"""Questions that go on from an answer, measured on follow_ups.yaml, and the rule on the edges."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answers import Answer
from knowledge.search import AnswerIndex, AskBack
from tests.knowledge.conftest import TODAY

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "follow_ups.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def topics(answers: tuple[Answer, ...]) -> dict[str, str]:
    """The topic of each answer."""
    return {answer.id: answer.topic for answer in answers}


def test_每一条都对着有的答复(topics: dict[str, str]) -> None:
    named = {name for case in CASES for name in (case["after"], *case["answers"])}
    assert named <= topics.keys()


def test_接着问的_答了的很少答错_多数答对或者问对(answer_index: AnswerIndex, topics: dict[str, str]) -> None:
    answered = wrong = helped = 0
    for case in CASES:
        found = answer_index.next(case["ask"], topics[case["after"]], TODAY)
        offered = (found,) if isinstance(found, Answer) else found.candidates if found else ()
        right = any(one.id in case["answers"] for one in offered)
        answered += isinstance(found, Answer)
        wrong += isinstance(found, Answer) and not right
        helped += right
    assert wrong / answered <= 0.11, f"{wrong} of {answered} answered"
    assert answered / len(CASES) >= 0.6
    assert helped / len(CASES) >= 0.8


def test_只在上一个答复的主题里找(answer_index: AnswerIndex) -> None:
    found = answer_index.next("要花多少钱", "divorce", TODAY)
    assert {one.topic for one in (found.candidates if isinstance(found, AskBack) else (found,)) if one} == {"divorce"}


@pytest.mark.parametrize("text", ["", "？", "😀", "qwzx"])
def test_没有可用的字就没有下一个答复(answer_index: AnswerIndex, text: str) -> None:
    assert answer_index.next(text, "divorce", TODAY) is None


def test_没有这个主题_也不出错(answer_index: AnswerIndex) -> None:
    assert answer_index.next("要多久", "no_such_topic", TODAY) is None


def test_同一主题里谁都没说到的_不硬接(answer_index: AnswerIndex) -> None:
    """快递 and 旅游 are filed under one topic; what neither speaks of leads to no answer of either."""
    assert not isinstance(answer_index.next("你们几点下班", "consumer", TODAY), Answer)
