"""Applying over HTTP and asking how it stands; what operators do with an application, from the call to the decision."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from hotline.identity_documents import check_character
from hotline.reference_numbers import APPLICATION, is_well_formed
from tests.api.conftest import Serve
from tests.api.gateway import Citizen, ScriptedDialogue, Served, assert_problem, rows, text_of, wait_for
from tests.conftest import Clock

DESK = "/v1/console/applications"
NAME, PHONE = "申请人甲", "13900001234"


def resident(first_seventeen: str) -> str:
    """A number that no living person needs to have, with its check character."""
    return first_seventeen + check_character(first_seventeen)


BORN_1990 = resident("34010419900101001")
WAGES: dict[str, Any] = {
    "consent": True,
    "applicant_name": NAME,
    "matter": "M05A",
    "region": "340104",
    "facts": {"migrant_worker": True},
}


@pytest.fixture
def own(serve: Serve) -> Iterator[Served]:
    """A gateway with a database of the test's own."""
    with serve(ScriptedDialogue()) as served:
        yield served


phones = (f"138{n:04d}1234" for n in count())
"""Applications are found by phone, and most tests share a database: each has phones of its own."""


def apply(http: httpx.Client, key: str = "", **changes: Any) -> httpx.Response:
    body = {**WAGES, "applicant_phone": next(phones), **changes}
    return http.post("/v1/applications", json=body, headers={"Idempotency-Key": key or uuid4().hex})


@pytest.fixture
def sent(gateway: Served) -> dict[str, Any]:
    """What a citizen has just sent."""
    response = apply(gateway.http())
    assert response.status_code == 201, response.text
    return dict(response.json())


def progress(http: httpx.Client, number: str, tail: str = "1234") -> httpx.Response:
    return http.get(f"/v1/applications/{number}", headers={"Phone-Tail": tail})


def find(operator: httpx.Client, number: str) -> dict[str, Any]:
    (found,) = operator.post(f"{DESK}/search", json={"number": number}).raise_for_status().json()
    return dict(found)


@pytest.fixture
def desk(gateway: Served, sent: dict[str, Any]) -> Callable[..., httpx.Response]:
    """Acts of an operator on what was sent: desk("decision", granted=True, reason="…")."""
    operator = gateway.operator()
    application_id = find(operator, sent["number"])["id"]

    def act(what: str, **body: Any) -> httpx.Response:
        return operator.post(f"{DESK}/{application_id}/{what}", json=body or None)

    return act


# The citizen, a partner


def test_申请得到编号_机构_期限_材料_通道(sent: dict[str, Any]) -> None:
    assert is_well_formed(sent["number"], APPLICATION)
    assert (sent["status"], sent["stage"], sent["decide_by"]) == ("submitted", "申请", "2026-11-30")
    assert "蜀山区" in sent["agency"] and sent["materials"] and sent["outcome"] == "likely"
    assert sent["lane"] in ("ordinary", "green", "fast")


def test_同一个请求号只有一份_内容不同要说清楚(own: Served, sqlite_file: Path) -> None:
    first = apply(own.http(), "k" * 16, applicant_phone=PHONE).json()
    assert apply(own.http(), "k" * 16, applicant_phone=PHONE).json() == first
    changed = apply(own.http(), "k" * 16, applicant_phone=PHONE, applicant_name="申请人乙")
    assert_problem(changed, 409, "request_reused")
    assert rows(sqlite_file, "SELECT count(*) FROM applications") == [(1,)]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"consent": False}, 422, "consent_missing"),
        ({"applicant_name": "13800001234"}, 422, "name_invalid"),
        ({"applicant_name": "  "}, 422, "name_invalid"),
        ({"applicant_phone": "1380000123"}, 422, "phone_invalid"),
        ({"applicant_phone": "１３８００００１２３"}, 422, "phone_invalid"),
        ({"region": "999999"}, 404, "division_unknown"),
        ({"region": "合肥"}, 422, "malformed"),
        ({"matter": "ZZ"}, 422, "unknown_matter"),
        ({"facts": {"赢不赢": True}}, 422, "unknown_fact"),
        ({"facts": {"age": 200}}, 422, "contradictory_facts"),
        (
            {"form": {"identity_number": BORN_1990[:-1] + ("0" if BORN_1990[-1] != "0" else "1")}},
            422,
            "identity_invalid",
        ),
        ({"form": {"summary": "字" * 1001}}, 422, "malformed"),
        ({"form": {"hardship": {"household_income_yuan_per_month": "-1"}}}, 422, "malformed"),
        ({"password": "多余的"}, 422, "malformed"),
    ],
    ids=[
        "没同意",
        "姓名写成手机号",
        "姓名空白",
        "手机号少一位",
        "全角的也少一位",
        "没有这个区划",
        "区划写成汉字",
        "没有这个事项",
        "没有这个事实",
        "年龄二百",
        "身份证校验码不对",
        "经过太长",
        "收入是负数",
        "多出来的一行",
    ],
)
def test_不对的内容说清楚哪里不对_什么都没存(
    own: Served, sqlite_file: Path, changes: dict[str, Any], status: int, code: str
) -> None:
    assert_problem(apply(own.http(), **changes), status, code)
    assert rows(sqlite_file, "SELECT * FROM applications") == []


def test_没有请求号不收(gateway: Served) -> None:
    assert_problem(gateway.http().post("/v1/applications", json=WAGES), 422, "malformed")


def test_查进度_编号在地址里_后四位在请求头里(gateway: Served, sent: dict[str, Any]) -> None:
    found = progress(gateway.http(), sent["number"]).raise_for_status().json()
    assert (found["status"], found["stage"], found["decide_by"]) == ("submitted", "申请", "2026-11-30")
    assert [one["stage"] for one in found["stages"]] == ["申请"]
    assert NAME not in str(found) and "applicant" not in str(found)


def test_后四位错_编号没有_都一样_错五次锁这个编号(gateway: Served, sent: dict[str, Any]) -> None:
    wrong = progress(gateway.http(), sent["number"], "0000")
    missing = progress(gateway.http(), "YX2026112399999")
    assert wrong.json() == missing.json()
    assert_problem(wrong, 404, "not_found")
    for _ in range(4):
        progress(gateway.http(), sent["number"], "0000")
    assert_problem(progress(gateway.http(), sent["number"]), 429, "lookup_locked")


def test_挨个猜编号_五十次后这个来源当天不能再查(own: Served, clock: Clock) -> None:
    http = own.http()
    sent = apply(http).json()
    for _ in range(50):
        progress(http, "YX2026112399999")
    assert_problem(progress(http, sent["number"]), 429, "lookup_locked")
    clock.forward(days=1)
    assert progress(http, sent["number"]).status_code == 200


def test_同一个手机号两个姓名_收下_也说清楚(gateway: Served) -> None:
    phone = next(phones)
    sent = apply(gateway.http(), applicant_phone=phone).json()
    other = apply(gateway.http(), applicant_phone=phone, applicant_name="申请人乙")
    assert other.status_code == 201
    assert any("另一个姓名" in note and "关系" in note for note in other.json()["notes"])
    shown = gateway.operator().get(f"{DESK}/{find(gateway.operator(), other.json()['number'])['id']}").json()
    assert shown["same_phone_other_name"] and shown["same_person"] == [sent["number"]]


def test_家人代申请_说清楚凭什么_没有权的也收下_要本人确认(gateway: Served) -> None:
    mother = {"name": "母亲丙", "phone": PHONE, "relation": "parent", "ground": "minor"}
    receipt = apply(gateway.http(), form={"representative": mother}).json()
    assert not receipt["needs_confirmation"] and "第四十条" in receipt["notes"][0]
    neighbour = {**mother, "relation": "other", "ground": "help"}
    receipt = apply(gateway.http(), form={"representative": neighbour}).json()
    assert receipt["needs_confirmation"] and "确认" in receipt["notes"][0]


def test_八十岁以上主动提上门_年龄从身份证里看出来(gateway: Served) -> None:
    number = resident("34010419460101002")
    receipt = apply(gateway.http(), form={"identity_number": number}).json()
    assert receipt["offers_home_visit"] and any("上门" in note for note in receipt["notes"])


def test_外国证件收下_标出要人工判断(gateway: Served) -> None:
    passport = {"identity_type": "passport", "identity_number": " e1234-5678 "}
    number = apply(gateway.http(), form=passport).raise_for_status().json()["number"]
    operator = gateway.operator()
    shown = operator.get(f"{DESK}/{find(operator, number)['id']}").json()
    assert shown["identity"] == "护照 E******78" and shown["facts"]["foreign_national"] is True


# The operator


def test_没登录什么都做不了_来询人的令牌也不行(gateway: Served) -> None:
    paths = gateway.http().get("/openapi.json").json()["paths"]
    calls = [(verb, path) for path, verbs in paths.items() if path.startswith(DESK) for verb in verbs]
    assert len(calls) > 15
    for verb, path in calls:
        filled = path.replace("{document}", "home-visit").replace("{format_}", "pdf")
        filled = re.sub(r"\{\w+\}", str(uuid4()), filled)
        for http in (gateway.http(), gateway.citizen().http):
            assert_problem(http.request(verb.upper(), filled), 401, "login_refused")


def test_看到的是遮住的_要看全的写理由_都有记录(own: Served, sqlite_file: Path) -> None:
    operator, sent = own.operator(), apply(own.http(), applicant_phone=PHONE).json()
    line = find(operator, sent["number"])
    assert (line["applicant_name"], line["applicant_phone"]) == ("申***", "139****1234")
    shown = operator.get(f"{DESK}/{line['id']}")
    assert NAME not in shown.text and PHONE not in shown.text
    assert_problem(operator.post(f"{DESK}/{line['id']}/reveal", json={"reason": ""}), 422, "malformed")
    full = operator.post(f"{DESK}/{line['id']}/reveal", json={"reason": "电话核对"}).json()
    assert (full["applicant_name"], full["applicant_phone"]) == (NAME, PHONE)
    acts = [act for (act,) in rows(sqlite_file, "SELECT act FROM audit WHERE act LIKE 'application%'")]
    assert {"application.submitted", "applications.searched", "application.read", "application.revealed"} <= set(acts)
    assert NAME not in str(rows(sqlite_file, "SELECT * FROM audit"))


def test_按手机号和身份证找得到同一个人_地址里没有号码(own: Served) -> None:
    form = {"identity_number": BORN_1990.lower()}
    number = apply(own.http(), applicant_phone=PHONE, form=form).json()["number"]
    operator = own.operator()
    for asked in ({"phone": "139 0000 1234"}, {"identity_number": f" {BORN_1990[:6]} {BORN_1990[6:].lower()}"}):
        found = operator.post(f"{DESK}/search", json=asked).json()
        assert [one["number"] for one in found] == [number]
    assert operator.post(f"{DESK}/search", json={"phone": "13900005678"}).json() == []


def hears(citizen: Citizen, news: str) -> bool:
    return news in text_of(citizen.events())


def test_从受理到决定到指派_来询人听得到_进度看得到(gateway: Served, clock: Clock) -> None:
    citizen = gateway.citizen()
    number = apply(citizen.http).json()["number"]
    operator = gateway.operator()
    path = f"{DESK}/{find(operator, number)['id']}"
    assert operator.post(f"{path}/accept", json={}).json()["status"] == "accepted"
    asked = operator.post(f"{path}/supplement", json={"items": ["欠条"], "last_day": "2026-12-04"})
    assert (asked.json()["status"], asked.json()["supplement"]) == ("supplement", ["欠条"])
    shown = progress(gateway.http(), number).json()
    assert (shown["supplement"], shown["supplement_by"]) == (["欠条"], "2026-12-04")
    assert_problem(
        operator.post(f"{path}/supplement", json={"items": ["收条"], "last_day": "2026-12-04"}),
        409,
        "supplement_already_asked",
    )
    operator.post(f"{path}/accept", json={}).raise_for_status()
    decided = operator.post(f"{path}/decision", json={"granted": True, "reason": "第四十二条第三项"}).json()
    assert (decided["status"], decided["stage"]) == ("granted", "审批")
    kinds = {one["kind"]: one for one in decided["time_limits"]}
    assert kinds["decision"]["met_at"] and kinds["assignment"]["last_day"] == "2026-11-26"
    assert kinds["assignment"]["basis"] == "《法律援助法》第四十三条第一款"
    assert_problem(operator.post(f"{path}/decision", json={"granted": False, "reason": "改"}), 409, "application_moved")
    operator.post(f"{path}/stage", json={"status": "assigned"}).raise_for_status()
    assert [one["stage"] for one in progress(gateway.http(), number).json()["stages"]] == [
        "申请",
        "受理",
        "审批",
        "指派",
    ]
    for news in ("已指派法律援助人员", "12月4日（周五）以前补交：1. 欠条"):
        wait_for(partial(hears, citizen, news))


def test_不予援助_写理由_异议_维持(desk: Callable[..., httpx.Response]) -> None:
    assert_problem(desk("decision", granted=False, reason="  "), 422, "reason_missing")
    assert desk("decision", granted=False, reason="不在事项内").json()["status"] == "refused"
    assert_problem(desk("objection", words="不服", received_on="2026-11-24"), 422, "day_not_possible")
    assert desk("objection", words="不服", received_on="2026-11-23").json()["status"] == "objected"
    settled = desk("objection/decision", upheld=True, reason="经审查维持").json()
    assert (settled["status"], settled["can_become"]) == ("upheld", [])
    assert [one["reason"] for step in settled["history"] if "reason" in (one := step["details"])] == [
        "不在事项内",
        "经审查维持",
    ]


def test_补正期限写成过去_不发(desk: Callable[..., httpx.Response]) -> None:
    assert_problem(desk("supplement", items=["欠条"], last_day="2026-11-01"), 422, "day_not_possible")


def test_电话代填_没读回不能提交_读了同意了才提交(gateway: Served) -> None:
    operator = gateway.operator()
    key = {"Idempotency-Key": uuid4().hex}
    body = {
        **WAGES,
        "applicant_phone": next(phones),
        "channel": "phone",
        "form": {"summary": "工地欠薪四个月"},
    }
    assert_problem(operator.post(DESK, json={**body, "consent": False}, headers=key), 422, "consent_missing")
    drafted = operator.post(DESK, json=body, headers=key)
    assert (drafted.status_code, drafted.json()["status"]) == (201, "draft")
    path = f"{DESK}/{drafted.json()['id']}"
    assert operator.post(DESK, json=body, headers=key).json()["id"] == drafted.json()["id"]
    told = "".join(operator.get(f"{path}/read-back").json())
    assert NAME in told and "工地欠薪四个月" in told and "以法律援助机构的决定为准" in told
    assert_problem(operator.post(f"{path}/submit", json={"agreed": False, "consented": True}), 422, "consent_missing")
    changed = operator.post(f"{path}/form", json={"form": {"summary": "工地欠薪五个月", "wishes": {"sex": "female"}}})
    assert changed.json()["form"]["summary"] == "工地欠薪五个月"
    sent = operator.post(f"{path}/submit", json={"agreed": True, "consented": True}).json()
    assert (sent["status"], sent["channel"]) == ("submitted", "phone")
    assert [one["act"] for one in sent["history"]] == [
        "application.drafted",
        "application.amended",
        "application.amended",
        "application.submitted",
    ]


def test_工作人员改正事实_初步判断跟着变_谁改的有记录(gateway: Served) -> None:
    operator = gateway.operator()
    sent = apply(gateway.http(), facts={}).json()
    path = f"{DESK}/{find(operator, sent['number'])['id']}"
    assert sent["outcome"] != "likely"
    changed = operator.post(f"{path}/form", json={"facts": {"migrant_worker": True, "days_to_limitation": 3}}).json()
    assert (changed["outcome"], changed["urgent"], changed["lane"]) == ("likely", True, "fast")
    last = changed["history"][-1]
    assert (last["actor"], last["act"]) == ("demo", "application.amended")
    assert set(last["details"]["changed"]) == {"facts", "outcome", "urgent", "lane"}
    assert_problem(operator.post(f"{path}/form", json={"facts": {"赢不赢": True}}), 422, "unknown_fact")


def test_到期的列出来_最久的在前(own: Served, clock: Clock) -> None:
    sent = apply(own.http()).json()
    assert own.operator().get(f"{DESK}/due").json() == []
    clock.forward(days=6)
    second = apply(own.http()).json()["number"]
    clock.forward(days=2)
    due = own.operator().get(f"{DESK}/due").json()
    overdue = [(one["application"]["number"], one["time_limit"]["overdue"]) for one in due]
    assert (sent["number"], True) in overdue
    assert [one["time_limit"]["last_day"] for one in due] == sorted(one["time_limit"]["last_day"] for one in due)
    assert second not in [number for number, late in overdue if late and number == sent["number"]]


def test_没人管也会升级_重新启动后接着看(serve: Serve, clock: Clock) -> None:
    with serve(ScriptedDialogue()) as gateway:
        number = apply(gateway.http()).json()["number"]
    clock.forward(days=9)
    with serve(ScriptedDialogue()) as gateway:
        operator = gateway.operator()

        def escalated() -> list[str]:
            due = operator.get(f"{DESK}/due").json()
            return [one["application"]["number"] for one in due if one["time_limit"]["escalated_at"]]

        wait_for(escalated)
        assert set(escalated()) == {number}
        shown = operator.get(f"{DESK}/{find(operator, number)['id']}").json()
    passed = [one for one in shown["history"] if one["act"] == "time_limit.passed"]
    assert {one["actor"] for one in passed} == {"system"}
    assert "《法律援助法》第四十三条第一款" in {one["details"]["basis"] for one in passed}


def test_急的在前_快速通道和绿色通道其次(gateway: Served) -> None:
    ordinary = apply(gateway.http(), matter="M01", facts={"income_yuan_per_person_month": "500"}).json()["number"]
    urgent = apply(gateway.http(), facts={"migrant_worker": True, "days_to_limitation": 3}).json()
    assert urgent["urgent"]
    listed = [one["number"] for one in gateway.operator().get(DESK).json()]
    assert listed.index(urgent["number"]) < listed.index(ordinary)


def test_别的状态和翻页(gateway: Served, sent: dict[str, Any], desk: Callable[..., httpx.Response]) -> None:
    desk("decision", granted=True, reason="第四十二条第三项")
    operator = gateway.operator()

    def listed(status: str) -> list[str]:
        return [one["number"] for one in operator.get(DESK, params={"status": status}).json()]

    assert sent["number"] in listed("granted") and sent["number"] not in listed("submitted")
    assert operator.get(DESK, params={"before": "2026-11-22T00:00:00+08:00"}).json() == []


def test_数据库里没有明文_日志里也没有(own: Served, sqlite_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    form = {"identity_number": BORN_1990, "summary": "工地欠薪四个月", "address": "某路一号"}
    assert apply(own.http(), applicant_phone=PHONE, form=form).status_code == 201
    wal = sqlite_file.with_name(sqlite_file.name + "-wal")
    kept = sqlite_file.read_bytes() + (wal.read_bytes() if wal.exists() else b"")
    logged = capfd.readouterr()
    for secret in (NAME, PHONE, BORN_1990, "工地欠薪四个月", "某路一号"):
        assert secret.encode() not in kept
        assert secret not in logged.err + logged.out
