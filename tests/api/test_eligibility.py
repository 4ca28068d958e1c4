"""POST /v1/assess: codes for programs, words for people, mistakes by name."""

from typing import Any

import pytest

from tests.api.gateway import Served, assert_problem

ASSESS = "/v1/assess"


def test_农民工讨薪_说为什么_去哪里_带什么_期限到什么时候(gateway: Served) -> None:
    facts = {"matter": "M05A", "region": "340104", "migrant_worker": True}
    told = gateway.http().post(ASSESS, json={"facts": facts, "on": "2025-08-01"}).raise_for_status().json()

    assert (told["outcome"], told["reasons"], told["next_questions"]) == ("likely", ["art_42_3"], [])
    assert told["flags"] == ["hardship_check_exempt", "green_channel"]
    assert (told["agency"]["rule"], told["agency"]["name"]) == ("art_38_labour", "安徽省合肥市蜀山区")
    assert any("劳动争议调解仲裁法" in limit for limit in told["time_limits"])
    assert "劳动争议仲裁不收费。" in told["remedies"]
    assert "以法律援助机构的决定为准" in told["explanation"]


def test_还缺的_按该问的先后说出来(gateway: Served) -> None:
    told = gateway.http().post(ASSESS, json={"facts": {"matter": "M05A"}}).raise_for_status().json()
    assert (told["outcome"], told["next_questions"][0]) == ("more_facts", "migrant_worker")


def test_参考方向只给值班员_这里没有(gateway: Served) -> None:
    facts = {
        "matter": "M07B", "region": "510105", "assistance_recipient": False, "no_fixed_income": False,
        "military_status": "none", "income_yuan_per_person_month": "2200",
    }  # fmt: skip
    told = gateway.http().post(ASSESS, json={"facts": facts, "on": "2025-08-01"}).raise_for_status().json()
    assert told["outcome"] == "review"
    assert "indicative" not in told and "旧标准" not in told["explanation"]


@pytest.mark.parametrize(
    ("facts", "code", "says"),
    [
        ({"region": "999999"}, "unknown_region", "这个地区我没有查到"),
        ({"matter": "M99"}, "unknown_matter", "这件事属于哪一类我没有认出来"),
        ({"income_yuan_per_month_self": "-0.01"}, "implausible_amount", "这个收入数字好像不对"),
        ({"income_yuan_per_month_self": 1e300}, "implausible_amount", "这个收入数字好像不对"),
        ({"age": 10, "military_status": "veteran"}, "contradictory_facts", "您前后说的情况有对不上的地方"),
        ({"age": 1e300}, "contradictory_facts", "您前后说的情况有对不上的地方"),
        ({"unknown": "age"}, "unknown_fact", "这个回答我没有看懂"),
        ({"unknown": {"age": 1}}, None, ""),
        ({"unknown": [["age"]]}, "unknown_fact", "这个回答我没有看懂"),
        ({"unknown": 5}, "unknown_fact", "这个回答我没有看懂"),
        ({"matter": {"$ne": ""}}, "unknown_fact", "这个回答我没有看懂"),
    ],
)
def test_不可能的事实_有代码_有一句给市民的话(
    gateway: Served, facts: dict[str, Any], code: str | None, says: str
) -> None:
    answer = gateway.http().post(ASSESS, json={"facts": facts})
    if code is None:
        assert answer.status_code == 200  # a mapping is read as the list of its names
        return
    assert_problem(answer, 422, code)
    assert says in answer.json()["detail"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_不是数的数_不是500(gateway: Served, number: str) -> None:
    body = f'{{"facts": {{"matter": "M05A", "age": {number}}}}}'
    answer = gateway.http().post(ASSESS, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_第一部法以前的日子_交给人(gateway: Served) -> None:
    told = gateway.http().post(ASSESS, json={"facts": {"matter": "N04"}, "on": "1999-01-01"}).raise_for_status().json()
    assert (told["outcome"], told["reasons"]) == ("review", ["before_legal_aid_law"])
