"""The console's ledger, work orders and complaints over HTTP: masked, recorded, refused in plain Chinese."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from hotline import operators
from tests.api.gateway import PATIENCE, Citizen, Heard, Served, assert_problem, message, turn, wait_for

LEDGER, ORDERS, COMPLAINTS = "/v1/console/ledger", "/v1/console/work-orders", "/v1/console/complaints"
NAME, PHONE, SUMMARY = "欧阳测试", "13800000001", "老板欠薪四个月"


@pytest.fixture(scope="module")
def signed_in(shared_gateway: Served) -> httpx.Client:
    return shared_gateway.operator()


@pytest.fixture
def desk(gateway: Served, signed_in: httpx.Client) -> httpx.Client:
    """An operator; the clock stands on Monday morning again."""
    return signed_in


def enter(desk: httpx.Client, **known: Any) -> dict[str, Any]:
    body = {"channel": "phone", "citizen_name": NAME, "citizen_phone": PHONE, "summary": SUMMARY, **known}
    return dict(desk.post(LEDGER, json=body).raise_for_status().json())


def search(desk: httpx.Client, **conditions: Any) -> list[dict[str, Any]]:
    return list(desk.post(f"{LEDGER}/search", json=conditions).raise_for_status().json()["rows"])


def post(desk: httpx.Client, path: str, **body: Any) -> httpx.Response:
    return desk.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})


def test_没有登录什么都看不到(gateway: Served) -> None:
    with gateway.http() as nobody:
        for method, path in (
            ("POST", f"{LEDGER}/search"),
            ("POST", LEDGER),
            ("GET", f"{LEDGER}/groups"),
            ("GET", f"{LEDGER}/{uuid4()}"),
            ("POST", f"{LEDGER}/{uuid4()}/reveal"),
            ("GET", ORDERS),
            ("GET", COMPLAINTS),
            ("GET", "/v1/console/reports/2026-11"),
        ):
            assert_problem(nobody.request(method, path, json={}), 401, "login_refused")


def test_市民的会话自动有一行台账(gateway: Served, desk: httpx.Client) -> None:
    citizen = gateway.citizen()

    def known(heard: Heard) -> Any:
        return turn(message("好的"), region="340104", matter="M05A", migrant_worker=True, assessment_outcome="likely")

    gateway.dialogue.script = known
    citizen.ask("老板欠我四个月工资")
    (row,) = [one for one in search(desk) if one["conversation_id"] == citizen.session_id]
    assert (row["channel"], row["region"], row["matter"], row["outcome"]) == ("web", "340104", "M05A", "likely")
    assert (row["groups"], row["name"], row["number"][:10]) == (["migrant_worker"], None, "ZX20261123")


def test_姓名电话默认遮住_事由不列出_按原号能查到(desk: httpx.Client) -> None:
    row = enter(desk, citizen_phone="13800000007")
    assert (row["name"], row["phone"], row["has_summary"]) == ("欧***", "138****0007", True)
    found = desk.post(f"{LEDGER}/search", json={"phone": "138 0000 0007"})
    assert [one["number"] for one in found.json()["rows"]] == [row["number"]]
    assert NAME not in found.text and "13800000007" not in found.text and SUMMARY not in found.text


def test_要看明文须说理由_看了留痕(desk: httpx.Client) -> None:
    row = enter(desk)
    assert_problem(desk.post(f"{LEDGER}/{row['id']}/reveal", json={"reason": "好奇"}), 422, "unknown_word")
    shown = desk.post(f"{LEDGER}/{row['id']}/reveal", json={"reason": "call_back", "note": "约好下午回电"}).json()
    assert (shown["citizen_name"], shown["citizen_phone"], shown["summary"]) == (NAME, PHONE, SUMMARY)
    desk.get(f"{LEDGER}/{row['id']}").raise_for_status()
    kept = desk.get(f"{LEDGER}/{row['id']}/history")
    assert [(one["actor"], one["act"]) for one in kept.json()] == [
        ("demo", "consultation.opened"),
        ("demo", "personal_data.revealed"),
        ("demo", "consultation.read"),
    ]
    assert kept.json()[1]["after"] == {
        "reason": "call_back",
        "fields": ["citizen_name", "citizen_phone", "summary"],
    }
    assert NAME not in kept.text and PHONE not in kept.text


def test_补正_锁定_锁了不能改_重新打开(desk: httpx.Client) -> None:
    row = enter(desk)
    here = f"{LEDGER}/{row['id']}"
    assert_problem(desk.post(f"{here}/lock"), 422, "ledger_incomplete")
    mended = desk.patch(here, json={"topic": "wages", "told_right_to_apply": True, "groups": ["migrant_worker"]}).json()
    assert mended["category"] == ["民事", "劳动争议", "拖欠工资"]
    assert desk.post(f"{here}/lock").json()["locked_at"] is not None
    assert_problem(desk.patch(here, json={"topic": "loans"}), 409, "ledger_locked")
    assert_problem(desk.post(f"{here}/lock"), 409, "ledger_locked")
    assert desk.post(f"{here}/reopen").json()["locked_at"] is None
    assert desk.patch(here, json={"topic": "loans"}).json()["topic"] == "loans"


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"channel": "飞鸽"}, "unknown_word"),
        ({"topic": "weather"}, "unknown_word"),
        ({"groups": ["老板"]}, "unknown_word"),
        ({"region": "34010"}, "malformed"),
        ({"summary": "长" * 101}, "malformed"),
        ({"citizen_phone": "12345"}, "phone_invalid"),
        ({"citizen_name": "13800000001"}, "name_invalid"),
        ({"locked_at": "2026-11-23T00:00:00Z"}, "malformed"),
        ({"number": "ZX20261123999999"}, "malformed"),
    ],
    ids=str,
)
def test_乱填的不收_说得清楚(desk: httpx.Client, known: dict[str, Any], code: str) -> None:
    before = len(search(desk, limit=200))
    assert_problem(desk.post(LEDGER, json={"channel": "phone", **known}), 422, code)
    assert len(search(desk, limit=200)) == before


@pytest.mark.parametrize(
    "conditions",
    [
        {"region": "' OR 1=1"},
        {"after": "昨天 123"},
        {"after": {"started_at": "昨天", "id": str(UUID(int=1))}},
        {"limit": 0},
        {"limit": 10**9},
        {"first": "2026-02-30"},
        {"谁": 1},
    ],
    ids=str,
)
def test_乱查的不收(desk: httpx.Client, conditions: dict[str, Any]) -> None:
    assert_problem(desk.post(f"{LEDGER}/search", json=conditions), 422, "malformed")


def test_一页一页翻_不重不漏(desk: httpx.Client) -> None:
    numbers = {enter(desk, channel="letter")["number"] for _ in range(5)}
    seen: list[str] = []
    after = None
    while True:
        found = desk.post(
            f"{LEDGER}/search", json={"channel": "letter", "limit": 2, **({"after": after} if after else {})}
        )
        page = found.raise_for_status().json()
        seen += [one["number"] for one in page["rows"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) and numbers <= set(seen)


def test_省市县都能查(desk: httpx.Client) -> None:
    number = enter(desk, region="530102")["number"]
    for region, found in (("530102", True), ("530100", True), ("530000", True), ("530103", False), ("510000", False)):
        assert (number in {one["number"] for one in search(desk, region=region, limit=200)}) is found, region


def test_回电单_取了才看得到号码_办结留结果(desk: httpx.Client) -> None:
    row = enter(desk)
    opened = post(desk, ORDERS, kind="call_back", reason="requested", about=row["number"], phone=PHONE, note="下午方便")
    order = opened.raise_for_status().json()
    assert (opened.status_code, order["phone"], order["status"], order["overdue"]) == (
        201,
        "138****0001",
        "open",
        False,
    )
    taken = desk.post(f"{ORDERS}/{order['id']}/take").json()
    assert (taken["number_to_ring"], taken["note"]) == (PHONE, "下午方便")
    assert_problem(desk.post(f"{ORDERS}/{order['id']}/finish", json={"result": "好了"}), 422, "unknown_word")
    assert desk.post(f"{ORDERS}/{order['id']}/finish", json={"result": "reached"}).json()["status"] == "done"
    assert_problem(desk.post(f"{ORDERS}/{order['id']}/cancel"), 409, "work_order_taken")
    assert order["id"] not in {one["id"] for one in desk.get(ORDERS).json()}


def test_同一个键只开一张单(desk: httpx.Client) -> None:
    body, key = {"kind": "call_back", "reason": "requested", "about": "x"}, {"Idempotency-Key": uuid4().hex}
    first, again = (desk.post(ORDERS, json=body, headers=key).json()["number"] for _ in range(2))
    assert first == again
    assert_problem(desk.post(ORDERS, json=body), 422, "malformed")


def complain(citizen: Citizen, **told: Any) -> httpx.Response:
    return post(citizen.http, "/v1/web/complaints", **{"words": "某律师收了我三千块钱", **told})


def test_投诉有自己的入口_看得到进展_办理留痕(gateway: Served, desk: httpx.Client) -> None:
    citizen = gateway.citizen()
    filed = complain(citizen, name=NAME, phone=PHONE).raise_for_status().json()
    assert (filed["status"], filed["number"][:2]) == ("filed", "TS")
    (listed,) = [one for one in desk.get(COMPLAINTS).json() if one["number"] == filed["number"]]
    assert (listed["about"], listed["name"], listed["phone"]) == ("charged_fee", "欧***", "138****0001")
    here = f"{COMPLAINTS}/{listed['id']}"
    assert desk.get(here).json()["words"] == "某律师收了我三千块钱"
    assert_problem(desk.post(f"{here}/steps", json={"to": "closed"}), 409, "complaint_state")
    desk.post(f"{here}/steps", json={"to": "accepted"}).raise_for_status()
    desk.post(f"{here}/steps", json={"to": "answered", "answer": "已核查并责令退还"}).raise_for_status()
    (mine,) = citizen.http.get("/v1/web/complaints").json()
    assert (mine["status"], mine["answer"]) == ("answered", "已核查并责令退还")
    assert gateway.citizen().http.get("/v1/web/complaints").json() == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"words": ""}, "malformed"),
        ({"words": "  \u200b"}, "empty_message"),
        ({"words": "字" * 2001}, "malformed"),
        ({"phone": "110"}, "phone_invalid"),
        ({"kind": "感谢"}, "malformed"),
        ({"happened_on": "昨天"}, "malformed"),
    ],
    ids=str,
)
def test_投诉写得不对_说清楚_不登记(gateway: Served, told: dict[str, Any], code: str) -> None:
    citizen = gateway.citizen()
    assert_problem(complain(citizen, **told), 422, code)
    assert citizen.http.get("/v1/web/complaints").json() == []


def test_建议走同一个入口(gateway: Served) -> None:
    suggested = complain(gateway.citizen(), kind="suggestion", words="希望周末也有人接电话")
    assert suggested.raise_for_status().json()["number"].startswith("JY")


@pytest.mark.parametrize(
    ("form", "media_type", "start"),
    [
        ("xlsx", "application/vnd.openxmlformats", b"PK"),
        ("csv", "text/csv", b"\xef\xbb\xbf"),
        ("pdf", "application/pdf", b"%PDF-"),
    ],
    ids=["xlsx", "csv", "pdf"],
)
def test_月报能看能带走_谁拿的留痕(desk: httpx.Client, form: str, media_type: str, start: bytes) -> None:
    shown = desk.get("/v1/console/reports/2026-11").raise_for_status().json()
    assert (shown["period"], shown["made_on"]) == ("2026年11月", "2026-11-23")
    assert all(section["meaning"] for section in shown["sections"])
    file = desk.get("/v1/console/reports/2026-11", params={"format": form})
    assert file.headers["content-type"].startswith(media_type) and file.content.startswith(start)
    assert file.headers["content-disposition"] == f'attachment; filename="12348-2026-11.{form}"'


@pytest.mark.parametrize(
    ("period", "code"), [("2026-13", "unknown_word"), ("去年", "unknown_word"), ("2026-11-01", "malformed")]
)
def test_不是月也不是年的报表没有(desk: httpx.Client, period: str, code: str) -> None:
    assert_problem(desk.get(f"/v1/console/reports/{period}"), 422, code)


def test_登录核对口令时不占数据库_同时最多核两个(gateway: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, said = threading.Lock(), threading.Event()
    running = most = 0

    def slowly(password_hash: str | None, password: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        said.wait(PATIENCE)
        with lock:
            running -= 1
        return False

    monkeypatch.setattr(operators, "matches", slowly)

    def knock(_: int) -> int:
        with gateway.http() as http:
            return http.post("/v1/console/sessions", json={"login": "nobody", "password": "x"}).status_code

    citizen = gateway.citizen()
    with ThreadPoolExecutor(6) as threads:
        knocks = threads.map(knock, range(6))
        wait_for(lambda: running == 2)
        citizen.send("口令核对着，我的话照样收").raise_for_status()
        said.set()
        assert list(knocks) == [401] * 6
    assert most == 2
