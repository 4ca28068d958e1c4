"""All in one call for the operator on the phone: answers, articles, facts, assessment, questions, places, dangers."""

from typing import Any

import httpx
import pytest

from api.dialogue import DialogueDown, Reading
from tests.api.gateway import Served, assert_problem, rows

SAID = "我从六安来合肥蜀山区工地干活，老板欠我四个月工资"
WAGES = Reading(
    "report_unpaid_wages",
    0.93,
    [
        {"entity": "region", "value": "341500", "role": "origin", "start": 2, "end": 4},
        {"entity": "region", "value": "340104", "role": "place", "start": 5, "end": 10},
        {"entity": "role", "value": "migrant_worker", "start": 10, "end": 14},
        {"entity": "duration", "value": {"value": 4, "unit": "month"}, "start": 18, "end": 21},
    ],
    [{"name": "report_unpaid_wages", "confidence": 0.93}],
    [{"name": "wages", "confidence": 0.95}, {"name": "labour_arbitration", "confidence": 0.1}],
)


@pytest.fixture
def operator(gateway: Served) -> httpx.Client:
    gateway.dialogue.reads = lambda _: WAGES
    return gateway.operator()


def asks(operator: httpx.Client, text: str = SAID, **known: Any) -> dict[str, Any]:
    return dict(operator.post("/v1/assist", json={"text": text, **known}).raise_for_status().json())


def test_一句话_答复_事实_判断_去处_都有(operator: httpx.Client) -> None:
    found = asks(operator)
    assert (found["understood"], found["topic"]) == (True, "wages")
    assert [one["name"] for one in found["topics"]] == ["wages", "labour_arbitration"]
    assert found["answers"] and all(one["articles"] and one["conclusion"] for one in found["answers"])
    assert "wages" in {one["topic"] for one in found["answers"]}
    assert found["facts"] == {"matter": "M05A", "region": "340104", "migrant_worker": True, **months(found)}
    assert (found["assessment"]["outcome"], found["assessment"]["reasons"]) == ("likely", ["art_42_3"])
    assert found["next_questions"] == [] and found["dangers"] == [] and found["place"] == "安徽省合肥市蜀山区"
    assert any("蜀山区" in one["name"] for one in found["workstations"])


def months(found: dict[str, Any]) -> dict[str, Any]:
    """How long is owed is no fact of eligibility in every edition."""
    return {name: value for name, value in found["facts"].items() if name == "months_owed"}


def test_值班员知道的算数_缺什么就问什么(operator: httpx.Client) -> None:
    found = asks(operator, region="340111", facts={"migrant_worker": False})
    assert (found["facts"]["region"], found["facts"]["migrant_worker"]) == ("340111", False)
    assert found["assessment"]["outcome"] == "more_facts"
    assert [one["fact"] for one in found["next_questions"]] == found["assessment"]["next_questions"]
    assert {"fact", "kind", "choices"} == found["next_questions"][0].keys()


def test_什么都没听出来_也不是错_没说地方就没有去处(operator: httpx.Client, gateway: Served) -> None:
    gateway.dialogue.reads = lambda _: Reading(None, 0.0, [])
    found = asks(operator, "？？")
    assert (found["topic"], found["answers"], found["workstations"], found["sure"]) == (None, [], [], False)
    assert found["assessment"]["outcome"] == "more_facts"


def test_对话服务不在_照样有答复和判断_说明没有读懂(operator: httpx.Client, gateway: Served) -> None:
    def away(_: str) -> Reading:
        raise DialogueDown("refused")

    gateway.dialogue.reads = away
    found = asks(operator, "老板拖欠工资怎么办", facts={"matter": "M05A", "migrant_worker": True})
    assert (found["understood"], found["topics"], found["dangers"]) == (False, [], [])
    assert found["answers"] and found["assessment"]["outcome"] == "likely"


def test_危险排在最前_不是第一个猜的也要提(operator: httpx.Client, gateway: Served) -> None:
    gateway.dialogue.reads = lambda _: Reading(
        "report_domestic_violence",
        0.6,
        [],
        [
            {"name": "report_domestic_violence", "confidence": 0.6},
            {"name": "danger_violence", "confidence": 0.3},
            {"name": "danger_self_harm", "confidence": 0.05},
        ],
        [{"name": "domestic_violence", "confidence": 0.9}],
    )
    found = asks(operator, "我老公昨晚又动手了", region="340104")
    assert [one["danger"] for one in found["dangers"]] == ["danger_violence"]
    assert found["dangers"][0]["words"] == "紧急：正在发生的暴力"
    assert found["facts"]["matter"] == "N04" and found["ask_safe_place"] is True


def test_法律按那一天的(operator: httpx.Client) -> None:
    assert asks(operator, on="2021-06-01")["assessment"]["reasons"] != ["art_42_3"]


def test_什么都不存(operator: httpx.Client, gateway: Served, shared_file: Any) -> None:
    def kept() -> list[tuple[Any, ...]]:
        tables = ("consultations", "conversations", "events", "audit", "assessments")
        return [rows(shared_file, f"SELECT count(*) FROM {table}")[0] for table in tables]

    before = kept()
    asks(operator)
    assert kept() == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": ""}, 422, "malformed"),
        ({"text": "字" * 2001}, 422, "malformed"),
        ({"text": SAID, "region": "999999"}, 404, "division_unknown"),
        ({"text": SAID, "region": "蜀山区"}, 422, "malformed"),
        ({"text": SAID, "facts": {"age": "很大"}}, 422, "unknown_fact"),
        ({"text": SAID, "facts": {"没有的": 1}}, 422, "unknown_fact"),
        ({"text": SAID, "多余": 1}, 422, "malformed"),
    ],
)
def test_内容不对_说清楚(operator: httpx.Client, body: dict[str, Any], status: int, code: str) -> None:
    assert_problem(operator.post("/v1/assist", json=body), status, code)


def test_市民不能用_没登录的也不能(gateway: Served) -> None:
    assert_problem(gateway.citizen().http.post("/v1/assist", json={"text": SAID}), 401, "login_refused")
    assert_problem(gateway.http().post("/v1/assist", json={"text": SAID}), 401, "login_refused")
