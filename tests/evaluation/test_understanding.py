"""The figures on understanding, worked out by hand on a few readings."""

from typing import Any
from xml.etree import ElementTree

import pytest

from evaluation import pictures, understanding
from evaluation.reading import Reading


def reading(intent: str, sure: float = 1.0, topics: tuple[str, ...] = (), entities: tuple[Any, ...] = ()) -> Reading:
    return Reading("", intent, {intent: sure}, dict.fromkeys(topics, 0.5), "", list(entities), 1.0)


def test_准确率_宏平均_和混淆() -> None:
    found = understanding.intents(["greet", "greet", "thank"], [reading("greet"), reading("thank"), reading("thank")])
    assert found["accuracy"] == round(2 / 3, 4)
    assert found["macro_f1"] == round(2 / 3, 4)
    assert found["per_intent"] == {"greet": 0.5, "thank": 1.0}
    assert found["confused"] == [{"right": "greet", "taken_for": "thank", "times": 1}]


def test_把握大的先答_风险随覆盖上升() -> None:
    points = understanding.risk_and_coverage(["greet"] * 4, [reading("greet", 0.9), reading("greet", 0.8), reading("thank", 0.3), reading("greet", 0.2)])  # fmt: skip
    assert [(point.threshold, point.coverage, round(point.risk, 2)) for point in points] == [
        (0.2, 1.0, 0.25),
        (0.3, 0.75, 0.33),
        (0.8, 0.5, 0.0),
        (0.9, 0.25, 0.0),
    ]


def test_危险_漏报和误报分开算() -> None:
    found = understanding.dangers(
        ["danger_child", "danger_violence", "none", "none"],
        [reading("danger_violence"), reading("greet"), reading("danger_crowd"), reading("greet")],
    )
    assert (found["recall"], found["false_alarms"]) == (0.5, 0.5)
    assert found["per_kind"] == {"danger_child": 1.0, "danger_violence": 0.0}


def test_几个话题_看前三个() -> None:
    found = understanding.several_topics([["wages", "divorce"]], [reading("x", topics=("wages", "loans"))])
    assert found == {"n": 1, "first_right": 1.0, "recall@3": 0.5, "precision@3": 0.5}


@pytest.mark.parametrize(
    ("entity", "shown"),
    [
        ({"entity": "money", "value": "28000.00", "low": None, "high": None, "period": None}, "28000"),
        ({"entity": "money", "value": "3000.00", "low": "3000.00", "high": "3999.00", "period": "month"}, "3000-3999/month"),
        ({"entity": "duration", "value": {"value": 3.5, "unit": "month"}}, "3.5 month"),
        ({"entity": "date", "value": {"from": "2026-11-23", "to": "2026-11-23", "part": "morning", "time": "09:30"}}, "2026-11-23 09:30"),
        ({"entity": "date", "value": {"from": "2025-03-01", "to": "2025-03-31", "part": None, "time": None}}, "2025-03-01/2025-03-31"),
        ({"entity": "date", "value": {"from": None, "to": None, "part": "afternoon", "time": None}}, "? afternoon"),
        ({"entity": "age", "value": 16}, "16"),
    ],
)  # fmt: skip
def test_事实的写法和测试集一致(entity: dict[str, Any], shown: str) -> None:
    found = understanding.facts([{entity["entity"]: [shown]}], [reading("inform", entities=(entity,))])
    assert found["f1"] == 1.0


def test_光一个数的几种读法_对的算_错的不算() -> None:
    readings = [reading("inform", entities=({"entity": "age", "value": 5, "bare": True}, {"entity": "rating", "value": 5, "bare": True}))]  # fmt: skip
    found = understanding.facts([{"rating": ["5"]}], readings)
    assert (found["precision"], found["recall"]) == (1.0, 1.0)


def test_漏掉的和多出来的事实() -> None:
    told: understanding.Told = {"age": ["16", "40"]}
    found = understanding.facts([told], [reading("x", entities=({"entity": "age", "value": 16}, {"entity": "role", "value": "minor"}))])  # fmt: skip
    assert (found["precision"], found["recall"], found["f1"]) == (0.5, 0.5, 0.5)
    assert found["per_kind"]["role"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_图是合格的SVG_文字照原样() -> None:
    drawn = (
        pictures.bars("<准确率>", [("ask_wages", 0.5), ("a&b", 1.0)]),
        pictures.grid("混淆", ["a", "b"], [[3, 1], [0, 2]]),
        pictures.curve("风险", "覆盖", "风险", [(0.1, 0.0), (1.0, 0.06)], [(1.0, 0.06, "全答")]),
    )
    for picture in drawn:
        assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert "a → b: 1" in drawn[1]
