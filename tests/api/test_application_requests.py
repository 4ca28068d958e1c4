"""What applicants do by themselves with what they have sent: withdraw, object, ask for another lawyer; and children."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from tests.api.conftest import Serve
from tests.api.gateway import Citizen, ScriptedDialogue, Served, assert_problem, rows, text_of, wait_for
from tests.api.test_applications import DESK, apply, find, progress, resident
from tests.conftest import Clock

REFUSAL: dict[str, Any] = {"granted": False, "reason": "不在事项内"}
CHILD_2015, YOUTH_2010 = resident("34010420150301001"), resident("34010420100301001")
MOTHER: dict[str, Any] = {"name": "母亲丙", "phone": "13800005555", "relation": "parent", "ground": "minor"}


@pytest.fixture
def own(serve: Serve) -> Iterator[Served]:
    """A gateway with a database of the test's own."""
    with serve(ScriptedDialogue()) as served:
        yield served


def asks(http: httpx.Client, number: str, what: str, tail: str = "1234", **body: Any) -> httpx.Response:
    return http.post(f"/v1/applications/{number}/{what}", json=body, headers={"Phone-Tail": tail})


def decide(served: Served, number: str, act: str = "decision", **body: Any) -> dict[str, Any]:
    operator = served.operator()
    answered = operator.post(f"{DESK}/{find(operator, number)['id']}/{act}", json=body).raise_for_status()
    return dict(answered.json())


def told(citizen: Citizen, words: str) -> bool:
    return words in text_of(citizen.events())


# Withdrawing


@pytest.mark.parametrize("by", ["会话", "手机号后四位"])
def test_自己撤回_再按一次还是撤回_会话里告诉一声(gateway: Served, by: str) -> None:
    citizen = gateway.citizen()
    number = apply(citizen.http).json()["number"]
    http, tail = (citizen.http, "") if by == "会话" else (gateway.http(), "1234")
    assert asks(http, number, "withdraw", tail, reason="自己请到律师了").json()["status"] == "withdrawn"
    again = asks(http, number, "withdraw", tail)
    assert (again.status_code, again.json()["possible"]) == (200, [])
    wait_for(partial(told, citizen, f"{number}：已撤回"))
    operator = gateway.operator()
    last = operator.get(f"{DESK}/{find(operator, number)['id']}").json()["history"][-1]
    assert (last["actor"], last["act"]) == ("citizen", "application.withdrawn")
    assert last["details"]["reason"] == "自己请到律师了"
    assert apply(citizen.http).status_code == 201, "撤回以后可以再申请"


def test_不知道后四位的撤不了_错五次锁住_别人的会话也不行(own: Served) -> None:
    number = apply(own.http()).json()["number"]
    for _ in range(5):
        assert_problem(asks(own.citizen().http, number, "withdraw", "0000"), 404, "not_found")
    assert_problem(asks(own.http(), number, "withdraw"), 429, "lookup_locked")
    assert find(own.operator(), number)["status"] == "submitted"


def test_家暴的申请_打人的人可能知道号码_只有原来的会话能当场撤(gateway: Served) -> None:
    citizen = gateway.citizen()
    number = apply(citizen.http, matter="N04", facts={}).json()["number"]
    assert_problem(asks(gateway.http(), number, "withdraw"), 409, "person_needed")
    assert progress(gateway.http(), number).json()["status"] == "submitted"
    assert asks(citizen.http, number, "withdraw", "").json()["status"] == "withdrawn"


def test_决定了就不能撤回_能做什么写在进度里(gateway: Served) -> None:
    number = apply(gateway.http()).json()["number"]
    assert progress(gateway.http(), number).json()["possible"] == ["withdraw"]
    decide(gateway, number, granted=True, reason="第四十二条第三项")
    assert progress(gateway.http(), number).json()["possible"] == []
    assert_problem(asks(gateway.http(), number, "withdraw"), 409, "application_moved")


def test_会话过期了_后四位还管用(own: Served, clock: Clock) -> None:
    citizen = own.citizen()
    number = apply(citizen.http).json()["number"]
    clock.forward(hours=2)
    assert asks(citizen.http, number, "withdraw").json()["status"] == "withdrawn"


# Objecting, another lawyer


def test_不予援助_自己提异议_五日审查_再提还是那一个(gateway: Served) -> None:
    citizen = gateway.citizen()
    number = apply(citizen.http).json()["number"]
    assert_problem(asks(citizen.http, number, "objection", words="不服"), 409, "application_moved")
    decide(gateway, number, **REFUSAL)
    assert progress(gateway.http(), number).json()["possible"] == ["objection"]
    assert_problem(asks(gateway.http(), number, "objection", words="   "), 422, "reason_missing")
    objected = asks(gateway.http(), number, "objection", words="我就是农民工，证明都交了").json()
    assert (objected["status"], objected["objection_by"]) == ("objected", "2026-11-30"), "十一月二十八日是周六，顺延"
    assert asks(gateway.http(), number, "objection", words="再说一遍").json() == objected
    operator = gateway.operator()
    history = operator.get(f"{DESK}/{find(operator, number)['id']}").json()["history"]
    words = [one["details"]["words"] for one in history if one["act"] == "application.objected"]
    assert words == ["我就是农民工，证明都交了"]


def test_请求换律师_转给机构_说几遍是一张单_没指派的没有可换(gateway: Served) -> None:
    number = apply(gateway.http()).json()["number"]
    assert_problem(asks(gateway.http(), number, "lawyer-change", words="换人"), 409, "application_moved")
    decide(gateway, number, granted=True, reason="第四十二条第三项")
    decide(gateway, number, "stage", status="assigned")
    for words in ("三次开庭都没来", "还是想换"):
        assert asks(gateway.http(), number, "lawyer-change", words=words).json()["possible"] == ["lawyer-change"]
    orders = gateway.operator().get("/v1/console/work-orders").json()
    (order,) = [one for one in orders if one["about"] == number]
    assert (order["kind"], order["reason_words"]) == ("transfer", "受援人请求更换法律援助人员")
    assert "蜀山区" in order["transferred_to"]


def test_办结以后自动有一张回访单(gateway: Served) -> None:
    number = apply(gateway.http()).json()["number"]
    decide(gateway, number, granted=True, reason="第四十二条第三项")
    for stage in ("assigned", "in_progress", "closed"):
        decide(gateway, number, "stage", status=stage)
    orders = gateway.operator().get("/v1/console/work-orders").json()
    (order,) = [one for one in orders if one["about"] == number]
    assert (order["kind"], order["reason"]) == ("return_visit", "service_done") and order["phone"].startswith("138")


# Children


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": {"age": 13}},
        {"form": {"born_on": "2013-01-01"}},
        {"form": {"identity_number": CHILD_2015}},
        {"facts": {"age": 13}, "form": {"representative": MOTHER}},
        {"facts": {"age": 13}, "form": {"representative": {**MOTHER, "relation": "other"}, "guardian_consent": True}},
        {"facts": {"age": 13}, "form": {"representative": {**MOTHER, "ground": "help"}, "guardian_consent": True}},
    ],
    ids=["自己来的", "写了生日", "身份证看得出", "母亲没说同意", "邻居说同意", "母亲但理由不是未成年"],
)
def test_不满十四周岁_没有监护人同意_什么都不存_给出别的路(
    own: Served, sqlite_file: Any, changes: dict[str, Any]
) -> None:
    refused = apply(own.http(), **changes)
    assert_problem(refused, 422, "guardian_consent_missing")
    assert "12348" in refused.json()["detail"] and "110" in refused.json()["detail"]
    assert rows(sqlite_file, "SELECT * FROM applications") == rows(sqlite_file, "SELECT * FROM consents") == []


def test_监护人代为申请并同意_收下_同意单记一条_审查人看得到是未成年人(gateway: Served) -> None:
    citizen = gateway.citizen()
    form = {"identity_number": CHILD_2015, "representative": MOTHER, "guardian_consent": True}
    receipt = apply(citizen.http, form=form)
    assert receipt.status_code == 201 and not receipt.json()["needs_confirmation"]
    consents = citizen.http.get("/v1/web/me").json()["consents"]
    assert {one["purpose"] for one in consents} == {"application", "identity_document", "guardian"}
    assert find(gateway.operator(), receipt.json()["number"])["minor"] is True


def test_监护人伤害孩子_别的近亲属代为申请_收下(gateway: Served) -> None:
    grandmother = {**MOTHER, "relation": "grandparent", "ground": "guardian_at_fault"}
    form = {"born_on": "2015-03-01", "representative": grandmother, "guardian_consent": True}
    receipt = apply(gateway.http(), matter="N04", facts={}, form=form).json()
    assert not receipt["needs_confirmation"] and "第四十条" in receipt["notes"][0]


def test_十六岁自己申请_收下_说清楚谁可以代办(gateway: Served) -> None:
    receipt = apply(gateway.http(), form={"identity_number": YOUTH_2010})
    assert receipt.status_code == 201 and any("第四十条" in note and "安全" in note for note in receipt.json()["notes"])
    assert find(gateway.operator(), receipt.json()["number"])["minor"] is True


def test_满十四周岁的当天起_不用监护人同意(gateway: Served) -> None:
    assert_problem(apply(gateway.http(), form={"born_on": "2012-11-24"}), 422, "guardian_consent_missing")
    assert apply(gateway.http(), form={"born_on": "2012-11-23"}).status_code == 201


def test_值班人员代填和后来补的_一样要监护人同意(gateway: Served) -> None:
    operator = gateway.operator()
    draft = {"consent": True, "applicant_name": "孩子甲", "applicant_phone": "13800006666", "matter": "M05A"}
    draft |= {"region": "340104", "facts": {"age": 12}}
    drafted = operator.post(DESK, json=draft, headers={"Idempotency-Key": "k" * 8})
    assert_problem(drafted, 422, "guardian_consent_missing")
    path = f"{DESK}/{find(operator, apply(gateway.http()).json()['number'])['id']}"
    child = {"form": {"identity_number": CHILD_2015}}
    assert_problem(operator.post(f"{path}/form", json=child), 422, "guardian_consent_missing")
    assert operator.get(path).json()["identity"] is None
    child["form"] |= {"representative": MOTHER, "guardian_consent": True}  # type: ignore[dict-item]
    assert operator.post(f"{path}/form", json=child).json()["minor"] is True


# From the authorities


NOTICE = {
    "authority": "某某区人民法院刑庭", "contact_phone": "055162345678", "applicant_name": "被告人甲", "matter": "C02",
    "region": "340104", "facts": {"age": 17, "proceeding": "criminal"}, "received_at": "2026-11-23T08:30:00+08:00",
}  # fmt: skip


def enters(served: Served, path: str, body: dict[str, Any], key: str = "notice-1") -> httpx.Response:
    return served.operator().post(f"{DESK}{path}", json=body, headers={"Idempotency-Key": key})


def test_法院通知指派_不用本人申请和同意_三日内指派_法院凭编号查得到(own: Served) -> None:
    received = enters(own, "/notices", NOTICE)
    assert received.status_code == 201, received.text
    notified = received.json()
    assert (notified["status"], notified["stage"], notified["minor"]) == ("notified", "受理", True)
    (clock,) = notified["time_limits"]
    assert (clock["kind"], clock["last_day"], clock["basis"]) == ("notice", "2026-11-26", "《法律援助法》第三十六条")
    assert enters(own, "/notices", NOTICE).json()["number"] == notified["number"]
    assert "三日内指派律师" in progress(own.http(), notified["number"], "5678").json()["status_words"]
    assigned = decide(own, notified["number"], "stage", status="assigned")
    met = {one["kind"]: one["met_at"] for one in assigned["time_limits"]}
    assert met["notice"] and met["agreement"] is None


def test_通知的时间写成明天_不收(own: Served) -> None:
    assert_problem(
        enters(own, "/notices", {**NOTICE, "received_at": "2026-11-24T09:00:00+08:00"}), 422, "day_in_future"
    )


def test_看守所转来的_二十四小时的钟从本人提出时走_交上去就停_没交就升级(own: Served, clock: Clock) -> None:
    draft = {
        "consent": True, "applicant_name": "在押人甲", "applicant_phone": "13800004444", "matter": "C01",
        "region": "340104", "forwarded": {"by": "某某看守所值班律师", "asked_at": "2026-11-22T20:00:00+08:00"},
    }  # fmt: skip
    drafted = enters(own, "", draft).raise_for_status().json()
    assert [(one["kind"], one["last_day"]) for one in drafted["time_limits"]] == [("forwarding", "2026-11-23")]
    operator = own.operator()
    assert operator.get(f"{DESK}/due").json() == [], "还有十一个小时"
    clock.forward(hours=12)
    operator = own.operator()
    (due,) = operator.get(f"{DESK}/due").json()
    assert due["time_limit"]["overdue"] and due["time_limit"]["basis"] == "《法律援助法》第三十九条"
    sent = operator.post(f"{DESK}/{drafted['id']}/submit", json={"agreed": True, "consented": True}).json()
    assert {one["kind"]: bool(one["met_at"]) for one in sent["time_limits"]} == {"forwarding": True, "decision": False}
