"""What operators do: log in, see who waits, accept, read, reply, give back, close. Every act leaves a trace."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.dialogue import Turn
from hotline import operators
from store.unit_of_work import connect, unit_of_work_factory
from tests.api.gateway import (
    PASSWORD,
    Citizen,
    Heard,
    Served,
    assert_problem,
    message,
    rows,
    text_of,
    turn,
)
from tests.conftest import Clock

SECOND = "第二位值班员的口令"
HANDOFFS = "/v1/console/handoffs"


@pytest.fixture(scope="module", autouse=True)
def staff(shared_gateway: Served, shared_file: Path, one_clock: Clock) -> None:
    """Besides demo, two more operators; wang's login gets locked."""
    engine = connect(f"sqlite:///{shared_file}")
    with unit_of_work_factory(engine)[0]() as uow:
        for login in ("li", "wang"):
            operators.enrol(uow, login, operators.hash_password(SECOND), "李工", one_clock())
    engine.dispose()


@pytest.fixture
def waiting(gateway: Served) -> Citizen:
    """Somebody in the queue."""
    citizen = gateway.citizen()
    gateway.dialogue.script = offer_person
    citizen.press(citizen.ask("老板欠薪四个月"), "转人工")
    return citizen


def offer_person(heard: Heard) -> Turn:
    return turn(message("要人工吗", ("转人工", "/request_human")), region="340104", applicant_name="某某")


def handoff_of(citizen: Citizen, operator: httpx.Client) -> dict[str, Any]:
    queue = operator.get(HANDOFFS).raise_for_status().json()
    (found,) = [one for one in queue if one["conversation_id"] == citizen.session_id]
    return dict(found)


def act(operator: httpx.Client, handoff: dict[str, Any], what: str, **body: str) -> httpx.Response:
    return operator.post(f"{HANDOFFS}/{handoff['id']}/{what}", json=body or None)


def test_登录得到令牌_退出后作废(gateway: Served) -> None:
    opened = gateway.http().post("/v1/console/sessions", json={"login": "demo", "password": PASSWORD})
    assert opened.status_code == 201
    assert opened.json().keys() == {"token", "operator_id", "display_name", "role", "may", "idle_minutes"}
    assert (opened.json()["display_name"], opened.json()["idle_minutes"]) == ("演示值班员", 20)
    operator = gateway.operator()
    assert operator.get(HANDOFFS).status_code == 200
    assert operator.delete("/v1/console/sessions").status_code == 204
    assert_problem(operator.get(HANDOFFS), 401, "login_refused")


@pytest.mark.parametrize(
    ("login", "password"), [("demo", "不对"), ("没有这个人", PASSWORD), ("", ""), ("demo' OR '1'='1", PASSWORD)]
)
def test_口令或工号不对_说法一样(gateway: Served, login: str, password: str) -> None:
    refused = gateway.http().post("/v1/console/sessions", json={"login": login, "password": password})
    assert_problem(refused, 401, "login_refused")
    assert refused.json()["detail"] == "工号或密码不对，或尝试次数过多，请稍后再试。"


def test_错五次锁十五分钟(gateway: Served, clock: Clock) -> None:
    for _ in range(5):
        gateway.http().post("/v1/console/sessions", json={"login": "wang", "password": "猜的"})
    right = {"login": "wang", "password": SECOND}
    assert_problem(gateway.http().post("/v1/console/sessions", json=right), 401, "login_refused")
    assert gateway.operator().get(HANDOFFS).status_code == 200, "别的工号不受影响"
    clock.forward(minutes=15)
    assert gateway.http().post("/v1/console/sessions", json=right).status_code == 201


def test_二十分钟不动要重新登录(gateway: Served, clock: Clock) -> None:
    operator = gateway.operator()
    clock.forward(minutes=19)
    assert operator.get(HANDOFFS).status_code == 200
    clock.forward(minutes=20)
    assert_problem(operator.get(HANDOFFS), 401, "login_refused")


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", HANDOFFS),
        ("GET", f"{HANDOFFS}/{uuid4()}"),
        ("POST", f"{HANDOFFS}/{uuid4()}/accept"),
        ("POST", f"{HANDOFFS}/{uuid4()}/messages"),
        ("POST", f"{HANDOFFS}/{uuid4()}/return"),
        ("POST", f"{HANDOFFS}/{uuid4()}/close"),
        ("DELETE", "/v1/console/sessions"),
    ],
    ids=lambda one: re.sub(r"[0-9a-f-]{36}", "…", one),
)
def test_没登录什么都做不了_来询人的令牌也不行(gateway: Served, verb: str, path: str) -> None:
    for http in (gateway.http(), gateway.citizen().http):
        assert_problem(
            http.request(verb, path, json={"text": "冒充"} if "messages" in path else None), 401, "login_refused"
        )


def test_队列里看得到原因和等了多久_看不到说的话(gateway: Served, waiting: Citizen, clock: Clock) -> None:
    clock.forward(seconds=125)
    queue = gateway.operator().get(HANDOFFS)
    found = handoff_of(waiting, gateway.operator())
    assert (found["reason"], found["reason_words"], found["urgent"]) == ("requested", "来询人要求人工", False)
    assert (found["status"], found["waited_seconds"], found["operator_id"]) == ("waiting", 125, None)
    assert "欠薪" not in queue.text


def test_接了才看得到话和机器人的理解_没接的和没接到的看不到(gateway: Served, waiting: Citizen) -> None:
    first, second = gateway.operator(), gateway.operator("li", SECOND)
    handoff = handoff_of(waiting, first)
    assert_problem(first.get(f"{HANDOFFS}/{handoff['id']}"), 403, "not_holder")
    held = act(first, handoff, "accept").raise_for_status().json()
    assert held["handoff"]["status"] == "accepted"
    assert [one["text"] for one in held["lines"]][:2] == ["老板欠薪四个月", "要人工吗"]
    assert held["lines"][0]["understood"] == {
        "intent": "ask_wages",
        "confidence": 0.9,
        "topics": ["wages", "labour_contract"],
        "entities": [{"entity": "region", "value": "340104"}],
    }
    assert (held["known"]["region"], held["known"]["applicant_name"]) == ("340104", "某*")
    assert first.get(f"{HANDOFFS}/{handoff['id']}").json()["lines"] == held["lines"]
    assert_problem(second.get(f"{HANDOFFS}/{handoff['id']}"), 403, "not_holder")


def test_第二个人接_被告知已经有人(gateway: Served, waiting: Citizen) -> None:
    first, second = gateway.operator(), gateway.operator("li", SECOND)
    handoff = handoff_of(waiting, first)
    act(first, handoff, "accept").raise_for_status()
    for what in ("accept", "accept"):
        assert_problem(act(second, handoff, what), 409, "handoff_taken")
    assert_problem(act(second, handoff, "messages", text="插话"), 403, "not_holder")
    assert_problem(act(second, handoff, "return"), 403, "not_holder")
    assert_problem(act(second, handoff, "close"), 403, "not_holder")
    assert "插话" not in text_of(waiting.events())


def test_没有的求助404_不是编号的422(gateway: Served) -> None:
    operator = gateway.operator()
    assert_problem(operator.post(f"{HANDOFFS}/{uuid4()}/accept"), 404, "not_found")
    assert_problem(operator.post(f"{HANDOFFS}/不是编号/accept"), 422, "malformed")


def test_接入后来询人看得到是真人_机器人不插嘴_交还后机器人接着答(gateway: Served, waiting: Citizen) -> None:
    operator = gateway.operator()
    handoff = handoff_of(waiting, operator)
    asked_before = len(gateway.dialogue.heard)
    act(operator, handoff, "accept").raise_for_status()
    joined = waiting.events()[-1]
    assert (joined["type"], joined["owner"]) == ("owner", "operator") and "真人" in text_of([joined])

    reply = act(operator, handoff, "messages", text="您好，我是值班员。")
    assert reply.status_code == 201
    seq = waiting.send("太好了").raise_for_status().json()["seq"]
    said = waiting.events(reply.json()["seq"] - 1)[0]
    assert (said["from"], said["label"], text_of([said])) == ("operator", "工作人员", "您好，我是值班员。")
    assert "工作人员：您好，我是值班员。" in waiting.http.get("/v1/web/transcript").text

    act(operator, handoff, "return").raise_for_status()
    back = waiting.replies(seq)[-1]
    assert (back["type"], back["owner"]) == ("owner", "bot") and "智能助手" in text_of([back])
    assert len(gateway.dialogue.heard) == asked_before, "有人接待的时候没有问机器人"
    waiting.ask("那仲裁要钱吗")
    asked = gateway.dialogue.heard[-1]
    assert asked.sender != gateway.dialogue.heard[0].sender and asked.slots["region"] == "340104"
    assert handoff["id"] not in gateway.operator().get(HANDOFFS).text


def test_结束以后会话关了_还能看_能评价_不能再说(gateway: Served, waiting: Citizen) -> None:
    operator = gateway.operator()
    handoff = handoff_of(waiting, operator)
    act(operator, handoff, "accept").raise_for_status()
    closed = act(operator, handoff, "close").raise_for_status().json()
    assert closed["status"] == "closed"
    over = waiting.events()[-1]
    assert (over["type"], over["owner"]) == ("owner", "closed")
    assert_problem(waiting.send("还在吗"), 401, "session_invalid")
    assert waiting.http.post("/v1/web/ratings", json={"score": 5}).status_code == 201
    assert_problem(act(operator, handoff, "messages", text="再说一句"), 403, "not_holder")


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "字" * 2001}, {"text": "好", "speaker": "bot"}], ids=str)
def test_值班员的回复格式不对不收(gateway: Served, waiting: Citizen, body: dict[str, str]) -> None:
    operator = gateway.operator()
    handoff = handoff_of(waiting, operator)
    act(operator, handoff, "accept").raise_for_status()
    assert_problem(operator.post(f"{HANDOFFS}/{handoff['id']}/messages", json=body), 422, "malformed")


def test_做过的事都有记录_记录里没有话(gateway: Served, waiting: Citizen, shared_file: Path) -> None:
    ((before,),) = rows(shared_file, "SELECT count(*) FROM audit")
    operator = gateway.operator()
    gateway.http().post("/v1/console/sessions", json={"login": "demo", "password": "不对的口令"})
    handoff = handoff_of(waiting, operator)
    act(operator, handoff, "accept")
    operator.get(f"{HANDOFFS}/{handoff['id']}")
    act(operator, handoff, "messages", text="您好，我是值班员。")
    act(operator, handoff, "return")
    waiting.press(waiting.ask("再找人"), "转人工")
    again = handoff_of(waiting, operator)
    act(operator, again, "accept")
    act(operator, again, "close")
    operator.delete("/v1/console/sessions")
    by_people = f"seq > {before} AND actor <> 'bot'"
    trail = rows(shared_file, f"SELECT actor, act, subject FROM audit WHERE {by_people} ORDER BY seq")
    assert [(actor, what) for actor, what, _ in trail] == [
        ("demo", "operator.logged_in"),
        ("demo", "operator.login_refused"),
        ("demo", "handoff.accepted"),
        ("demo", "conversation.read"),
        ("demo", "conversation.replied"),
        ("demo", "handoff.returned"),
        ("demo", "handoff.accepted"),
        ("demo", "handoff.closed"),
        ("demo", "operator.logged_out"),
    ]
    assert {subject for _, _, subject in trail} == {"", waiting.session_id}


def test_隔几秒看一眼_没有新的话就不算看过(gateway: Served, waiting: Citizen, shared_file: Path) -> None:
    operator = gateway.operator()
    handoff = handoff_of(waiting, operator)
    path = f"{HANDOFFS}/{handoff['id']}"
    last = act(operator, handoff, "accept").json()["lines"][-1]["seq"]

    def reads() -> int:
        act = f"act = 'conversation.read' AND subject = '{waiting.session_id}'"
        return int(rows(shared_file, f"SELECT count(*) FROM audit WHERE {act}")[0][0])

    assert operator.get(path, params={"after": last}).json()["lines"] == [] and reads() == 0
    waiting.send("您好，在吗")
    (new,) = operator.get(path, params={"after": last}).json()["lines"]
    assert (new["text"], reads()) == ("您好，在吗", 1)


def test_没接到的人想看_也看不到也不留下看过的记录(gateway: Served, waiting: Citizen, shared_file: Path) -> None:
    operator = gateway.operator()
    operator.get(f"{HANDOFFS}/{handoff_of(waiting, operator)['id']}")
    assert rows(shared_file, f"SELECT act FROM audit WHERE subject = '{waiting.session_id}'") == []
