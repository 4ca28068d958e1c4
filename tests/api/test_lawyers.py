"""Lawyers over HTTP: suggested to whoever assigns, open to choice for whoever applies; and the mark 重大疑难."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hotline.application_form import Sex
from hotline.lawyers import Lawyer
from store.unit_of_work import OpenUow
from tests.api.conftest import Serve
from tests.api.gateway import ScriptedDialogue, Served, assert_problem, rows
from tests.api.test_applications import DESK, apply, find


def a_lawyer(name: str, **others: Any) -> Lawyer:
    told: dict[str, Any] = {
        "licence_number": f"TEST-{name}",
        "name": name,
        "firm": "测试律师事务所",
        "sex": Sex.MALE,
        "practising_since": date(2010, 1, 1),
        "conduct_clear": True,
        "open_to_choice": False,
        "languages": ["普通话"],
        "specialities": ["劳动"],
        "stations": ["340104-center"],
        "regions": ["340104"],
    }
    return Lawyer(**told | others)


@pytest.fixture
def own(serve: Serve, open_sqlite: OpenUow) -> Iterator[Served]:
    """A gateway with a register of its own."""
    with open_sqlite() as uow:
        newer = a_lawyer("测试乙", sex=Sex.FEMALE, open_to_choice=True, practising_since=date(2025, 1, 1))
        uow.lawyers.replace([a_lawyer("测试甲", conduct_clear=False), newer])
    with serve(ScriptedDialogue()) as served:
        yield served


def test_点援_愿意的列出来_只有公开的几样_由机构定(own: Served) -> None:
    found = own.http().get("/v1/lawyers", params={"region": "340104"}).raise_for_status().json()
    assert found["lawyers"] == [
        {
            "name": "测试乙",
            "firm": "测试律师事务所",
            "specialities": ["劳动"],
            "languages": ["普通话"],
            "stations": ["合肥市蜀山区法律援助中心"],
        }
    ]
    assert "以法律援助机构的决定为准" in found["note"] and "转人工" in found["note"]


def test_点援_没开通的地方是空的_照样可以申请(own: Served) -> None:
    found = own.http().get("/v1/lawyers", params={"region": "510104"}).raise_for_status().json()
    assert found["lawyers"] == [] and "照样可以申请" in found["note"]
    assert_problem(own.http().get("/v1/lawyers", params={"region": "999999"}), 404, "division_unknown")
    assert_problem(own.http().get("/v1/lawyers", params={"region": "合肥"}), 422, "malformed")
    assert_problem(own.http().get("/v1/lawyers"), 422, "malformed")


def test_指派时推荐_合意愿的在前_有理由_有提醒(own: Served) -> None:
    number = apply(own.http(), form={"wishes": {"sex": "female"}}).json()["number"]
    operator = own.operator()
    path = f"{DESK}/{find(operator, number)['id']}"
    first, second = operator.get(f"{path}/lawyers").raise_for_status().json()
    assert (first["name"], first["years"]) == ("测试乙", 1)
    assert "女律师，合本人意愿" in first["reasons"] and first["cautions"] == []
    assert (second["name"], second["cautions"]) == ("测试甲", ["有不良诚信记录"])
    marked = operator.post(f"{path}/difficult", json={"difficult": True, "reason": "社会影响大"})
    assert marked.json()["difficult"] is True


def test_指派给谁_写进经过_名册里没有的不收(own: Served) -> None:
    number = apply(own.http()).json()["number"]
    operator = own.operator()
    path = f"{DESK}/{find(operator, number)['id']}"
    operator.post(f"{path}/accept", json={}).raise_for_status()
    operator.post(f"{path}/decision", json={"granted": True, "reason": "第四十二条第三项"}).raise_for_status()
    stage = {"status": "assigned", "lawyer": "没有这个号"}
    assert_problem(operator.post(f"{path}/stage", json=stage), 404, "lawyer_unknown")
    assert_problem(operator.post(f"{path}/stage", json={**stage, "status": "closed"}), 422, "malformed")
    assert operator.get(path).json()["status"] == "granted"
    done = operator.post(f"{path}/stage", json={**stage, "lawyer": "TEST-测试甲"}).raise_for_status().json()
    (step,) = [one for one in done["history"] if one["act"] == "application.assigned"]
    assert step["details"] == {"words": "测试甲（测试律师事务所）", "licence_number": "TEST-测试甲"}


def test_没有这份申请_没有推荐(own: Served) -> None:
    path = f"{DESK}/00000000-0000-0000-0000-000000000000/lawyers"
    assert_problem(own.operator().get(path), 404, "not_found")


def test_标重大疑难_写理由_单独列_可以去掉_都在经过里(own: Served, sqlite_file: Path) -> None:
    plain, number = (apply(own.http()).json()["number"] for _ in range(2))
    operator = own.operator()
    path = f"{DESK}/{find(operator, number)['id']}"
    assert_problem(operator.post(f"{path}/difficult", json={"difficult": True, "reason": " "}), 422, "reason_missing")
    assert_problem(
        operator.post(f"{path}/difficult", json={"difficult": False, "reason": "没标过"}), 409, "application_moved"
    )
    shown = operator.post(f"{path}/difficult", json={"difficult": True, "reason": "涉及五十多人"}).json()
    assert (shown["difficult"], shown["status"]) == (True, "submitted")
    listed = operator.get(DESK, params={"difficult": True}).json()
    assert [one["number"] for one in listed] == [number] and listed[0]["difficult"]
    assert {one["number"] for one in operator.get(DESK).json()} == {plain, number}
    over = operator.post(f"{path}/difficult", json={"difficult": False, "reason": "已经分开办理"}).json()
    told = [(one["act"], one["details"]["reason"]) for one in over["history"] if "difficult" in one["act"]]
    assert told == [
        ("application.marked_difficult", "涉及五十多人"),
        ("application.unmarked_difficult", "已经分开办理"),
    ]
    assert operator.get(DESK, params={"difficult": True}).json() == []
    assert "涉及五十多人" not in str(rows(sqlite_file, "SELECT * FROM audit"))
