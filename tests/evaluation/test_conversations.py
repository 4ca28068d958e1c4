"""`yuanxian evaluate conversations`: what it reads, and how an answer is held against what must come of it."""

import json
from typing import Any

import pytest

from evaluation import conversations
from evaluation.conversations import Case, Events, Turn


def answer(text: str, kind: str = "text", buttons: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {
        "blocks": [{"type": kind, "text": text, **more}],
        "buttons": [{"label": label, "action_id": label} for label in buttons],
    }


ANSWERED: Events = [
    answer("欠薪可以投诉。", "answer"),
    answer("可能符合条件", "assessment", ("预约窗口", "转人工"), outcome="likely"),
]


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ({}, ""),
        ({"blocks": ["answer", "assessment"], "contains": ["欠薪"], "excludes": ["收入"], "outcome": "likely"}, ""),
        ({"buttons": ["预约窗口"]}, ""),
        ({"blocks": ["assessment", "answer"]}, "no block answer"),
        ({"contains": ["仲裁"]}, "without 仲裁"),
        ({"excludes": ["投诉"]}, "with 投诉"),
        ({"buttons": ["取消"]}, "no button 取消"),
        ({"outcome": "unlikely"}, "outcome ['likely'] instead of unlikely"),
    ],
)
def test_答复合不合要求(then: dict[str, Any], why: str) -> None:
    assert conversations.unmet(then, ANSWERED) == why


def test_没有回音就是错() -> None:
    assert conversations.unmet({}, []) == "silence"


def test_一段对话全对才算过() -> None:
    cases = [
        Case("讨薪", (Turn("老板欠我工资", None, {"contains": ["欠薪"]}), Turn(None, "预约窗口", {}))),
        Case("离婚", (Turn("我要离婚", None, {"contains": ["离婚"]}),)),
        Case("沉默", (Turn("在吗", None, {}),)),
    ]
    said: list[str] = []

    def meet() -> Any:
        def say(turn: Turn) -> Events:
            said.append(turn.say or turn.press or "")
            return [] if turn.say == "在吗" else ANSWERED

        return say

    found = conversations.evaluate(cases, meet)
    assert said == ["老板欠我工资", "预约窗口", "我要离婚", "在吗"]
    assert (found["n"], found["passed"], found["turns"], found["turns_right"], found["silent"]) == (3, 1, 4, 2, 1)
    assert found["failed"] == [
        {"name": "离婚", "why": "我要离婚: without 离婚"},
        {"name": "沉默", "why": "在吗: silence"},
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"turns": [{"then": {}}]},
        {"turns": [{"say": "您好", "then": {"contian": ["错字"]}}]},
        {"turns": 1},
        {},
        [],
    ],
    ids=["没说也没按", "不认得的要求", "不是列表", "没有对话", "不是对象"],
)
def test_坏文件说清楚是哪一行(row: Any) -> None:
    with pytest.raises(ValueError, match="line 2"):
        conversations.read_cases([json.dumps({"turns": [{"say": "您好"}]}), json.dumps(row)])


def test_没起名的对话按行号叫() -> None:
    (case,) = conversations.read_cases(["", json.dumps({"turns": [{"say": "您好"}]})])
    assert case.name == "line 2"
