"""Topics of a message from the confidences of its intents."""

import pytest

from bot import topics


@pytest.mark.parametrize(
    ("intent", "topic"),
    [
        ("ask_wages", "wages"),
        ("report_unpaid_wages", "wages"),
        ("ask_why", None),
        ("ask_progress", None),
        ("greet", None),
    ],
)
def test_意图对应的话题(intent: str, topic: str | None) -> None:
    assert topics.topic_of(intent) == topic


def test_问和诉说同一件事_加在一起() -> None:
    found = topics.ranked({"ask_wages": 0.4, "report_unpaid_wages": 0.3, "greet": 0.3}, [])
    assert found == [{"name": "wages", "confidence": 0.7}]


def test_分句里把握大的也算_但不超过整句() -> None:
    found = topics.ranked({"ask_divorce": 0.9}, [{"ask_divorce": 1.0}, {"ask_child_support": 0.8}, {"ask_loans": 0.1}])
    assert [one["name"] for one in found] == ["divorce", "child_support"]
    assert found[0]["confidence"] == 0.9


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我想离婚", []),
        ("我想离婚，孩子归谁抚养", ["我想离婚，孩子归谁抚养"]),
        ("老板欠我工资，还有合同也没签", ["老板欠我工资", "还有合同也没签"]),
        ("离婚怎么办另外房子归谁", ["离婚怎么办", "另外房子归谁"]),
        ("，，，", []),
    ],
)
def test_分句_太短的并到后面(text: str, parts: list[str]) -> None:
    found = [text[start:end] for start, end in topics.clauses(text)]
    assert found == (parts if len(parts) != 1 else [])
