"""Every documented reaction to bad input. Nothing is lost, nothing runs twice, nothing typed is taken for a command."""

import json
from uuid import uuid4

import httpx
import pytest

from tests.api.gateway import ScriptedDialogue, Served, assert_problem, text_of, wait_for

MESSAGES = "/v1/web/messages"
WORDS = {
    "只有表情": "😭😭🙏",
    "斜杠命令": "/restart",
    "斜杠意图": '/book{"date":"x"}',
    "HTML": '<script>alert("x")</script><b>老板</b>不发工资&amp;',
    "SQL": "'; DROP TABLE conversations; --",
    "英文": "My boss has not paid me for three months",
    "繁体字": "老闆三個月沒發工資，我該怎麼辦？",
    "两千个字": "工" * 2000,
    "换行和制表符": "第一行\n第二行\t还有",
    "从右往左的字": "‮资工发不",
    "空字符": "老板\x00不发工资",
    "模板": "{{7*7}} ${jndi:x} %s {number}",
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_怪话当话听_原样留着_有回答(gateway: Served, dialogue: ScriptedDialogue, words: str) -> None:
    citizen = gateway.citizen()
    said = citizen.ask(words)
    (heard,) = dialogue.heard
    assert (heard.text, heard.trusted) == (words, False)
    assert text_of(said) == f"收到：{words}"
    mine, _ = citizen.events()
    assert mine["blocks"] == [{"type": "text", "text": words}]
    assert citizen.ask("再说一句")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", "empty_message"),
        (" \t\n　 ", "empty_message"),
        ("\u200b\u2060\ufeff", "empty_message"),
        ("工" * 2001, "message_too_long"),
        (" " * 2001, "empty_message"),
        ("工" * 1_000_000, "message_too_long"),
    ],
    ids=["空的", "只有空格", "只有看不见的字符", "两千零一个字", "很多空格", "一百万个字"],
)
def test_空的和太长的_说明白_不算一句(gateway: Served, dialogue: ScriptedDialogue, words: str, code: str) -> None:
    citizen = gateway.citizen()
    assert_problem(citizen.send(words, client_msg_id="m1"), 422, code)
    assert dialogue.heard == [] and citizen.events() == []
    assert citizen.send("正常的一句", client_msg_id="m1").json() == {"seq": 1}
    citizen.replies(1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "老板",
        None,
        {"text": "没有编号"},
        {"client_msg_id": "", "text": "空编号"},
        {"client_msg_id": "x" * 65, "text": "编号太长"},
        {"client_msg_id": "m1"},
        {"client_msg_id": "m1", "text": "两样", "action_id": "都有"},
        {"client_msg_id": "m1", "text": ["不是字"]},
        {"client_msg_id": 1, "text": "编号是数"},
        {"client_msg_id": "m1", "text": "多了一样", "trusted": True},
        {"client_msg_id": "m1", "action_id": "x" * 65},
    ],
    ids=lambda body: json.dumps(body, ensure_ascii=False)[:40],
)
def test_格式不对的都不处理(gateway: Served, dialogue: ScriptedDialogue, body: object) -> None:
    citizen = gateway.citizen()
    assert_problem(citizen.http.post(MESSAGES, json=body), 422, "malformed")
    assert dialogue.heard == []


@pytest.mark.parametrize(
    "raw", [b"{", b'{"client_msg_id": "m1", "text": }', b"", b"client_msg_id=m1"], ids=["半截", "缺值", "没有", "表单"]
)
def test_坏的JSON是400或422_不是500(gateway: Served, raw: bytes) -> None:
    citizen = gateway.citizen()
    refused = citizen.http.post(MESSAGES, content=raw, headers={"Content-Type": "application/json"})
    if raw:
        assert_problem(refused, 400, "json_invalid")
    else:
        assert_problem(refused, 422, "malformed")


def test_不是UTF8的字节_不是500(gateway: Served) -> None:
    raw = '{"client_msg_id": "m1", "text": "老板"}'.encode("gb18030")
    refused = gateway.citizen().http.post(MESSAGES, content=raw, headers={"Content-Type": "application/json"})
    assert_problem(refused, 400, "http_400")


def test_截断的半个表情去掉_别的字留着(gateway: Served, dialogue: ScriptedDialogue) -> None:
    citizen, json_body = gateway.citizen(), {"Content-Type": "application/json"}
    half = '{"client_msg_id": "m\\ud83d", "text": "老板不发工资\\ud83d"}'.encode()
    assert citizen.http.post(MESSAGES, content=half, headers=json_body).status_code == 202
    citizen.replies(1)
    assert [one.text for one in dialogue.heard] == ["老板不发工资"]
    only_half = b'{"client_msg_id": "m2", "text": "\\ud83d"}'
    assert_problem(citizen.http.post(MESSAGES, content=only_half, headers=json_body), 422, "empty_message")
    commented = b'{"score": 5, "comment": "\\udc00"}'
    assert citizen.http.post("/v1/web/ratings", content=commented, headers=json_body).status_code == 201


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer 乱写", "Bearer wrong", "Basic d3Jvbmc=", "wrong"],
    ids=["没有", "空令牌", "中文", "错令牌", "别的方式", "没有方式"],
)
@pytest.mark.parametrize("method", ["messages", "events", "transcript", "ratings", "me"])
def test_令牌不对一律401(gateway: Served, authorization: str, method: str) -> None:
    calls = {
        "messages": ("POST", {"client_msg_id": "m1", "text": "老板"}),
        "events": ("GET", None),
        "transcript": ("GET", None),
        "ratings": ("POST", {"score": 5}),
        "me": ("DELETE", None),
    }
    verb, body = calls[method]
    with gateway.http() as http:
        header = httpx.Headers([(b"Authorization", authorization.encode())] if authorization else [])
        assert_problem(http.request(verb, f"/v1/web/{method}", json=body, headers=header), 401, "session_invalid")


def test_一分钟第二十一句_请等一等_没说的不算说过(gateway: Served) -> None:
    citizen, other = gateway.citizen(), gateway.citizen()
    for place in range(20):
        assert citizen.send(f"第{place}句", client_msg_id=f"m{place}").status_code == 202
    refused = citizen.send("第二十一句", client_msg_id="m20")
    assert_problem(refused, 429, "too_many_messages")
    assert refused.headers["retry-after"] == "60"
    assert citizen.send("第三句", client_msg_id="m3").status_code == 202, "重发已经收下的不算新的一句"
    assert other.ask("别人不受影响")
    wait_for(lambda: len(citizen.events()) == 40)
    assert len([one for one in citizen.events() if one["from"] == "citizen"]) == 20


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [("GET", "/v1/web/nothing", 404), ("GET", "/v1/web/messages", 405), ("PUT", "/v1/web/sessions", 405)],
)
def test_没有的地址和不对的方法_也是问题文档(gateway: Served, verb: str, path: str, status: int) -> None:
    assert_problem(gateway.http().request(verb, path), status, f"http_{status}")


@pytest.mark.parametrize("query", ["after=-1", "after=x", "wait=-1", "wait=26", "wait=nan", "wait=inf"])
def test_读事件的参数不对_不是500(gateway: Served, query: str) -> None:
    assert_problem(gateway.citizen().http.get(f"/v1/web/events?{query}"), 422, "malformed")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"facts": {"没有这个": 1}}, None),
        ({"facts": {"matter": "Z99"}}, None),
        ({"facts": {"region": "999999"}}, None),
        ({"facts": {"income_yuan_per_person_month": "很多"}}, None),
        ({"facts": []}, "malformed"),
        ({}, "malformed"),
    ],
    ids=lambda one: json.dumps(one, ensure_ascii=False),
)
def test_资格判断的事实不对_说哪里不对(gateway: Served, body: dict[str, object], code: str | None) -> None:
    refused = gateway.http().post("/v1/assess", json=body)
    assert_problem(refused, 422, code or refused.json()["code"])


APPLICATION = {"consent": True, "applicant_name": "申请人甲", "applicant_phone": "13800001234", "matter": "M05A"}
APPLICATION |= {"region": "340104"}
HARDSHIP: dict[str, object] = {"household_income_yuan_per_month": "-1"}


@pytest.mark.parametrize(
    ("form", "code", "said"),
    [
        ({"born_on": "2027-01-01"}, "day_in_future", "还没有到"),
        ({"born_on": "一九九〇年"}, "malformed", "出生日期，要写成 1990-01-31 这样"),
        ({"hardship": HARDSHIP}, "malformed", "家庭月收入"),
        ({"identity_number": "340104199001010010"}, "identity_invalid", "校验码"),
        ({"identity_number": "340104900101001"}, "identity_invalid", "15 位"),
        ({"identity_number": "340104209901010014"}, "identity_invalid", "出生日期"),
        ({"identity_type": "passport", "identity_number": "护照"}, "identity_invalid", "护照"),
        ({"identity_type": "taiwan_permit", "identity_number": "1"}, "identity_invalid", "台湾"),
        ({"identity_type": "hk_macao_permit", "identity_number": "X12345678"}, "identity_invalid", "港澳"),
        ({"identity_type": "foreign_permanent", "identity_number": "ABC"}, "identity_invalid", "永久居留"),
        ({"identity_type": "驾驶证", "identity_number": "1"}, "malformed", "证件种类"),
        ({"representative": {"name": "母亲丙", "phone": "123", "relation": "parent", "ground": "minor"}}, "phone_invalid", "11 位"),
        ({"representative": {"name": "母亲丙", "phone": "13800001234", "relation": "妈"}}, "malformed", "关系；代为申请的理由"),
    ],
    ids=["生日在明年", "生日是汉字", "收入是负数", "校验码不对", "十五位的", "生日不对", "护照", "台胞证", "回乡证", "永居证", "不认的证件", "代办人电话", "没说关系"],
)  # fmt: skip
def test_申请里填错的_说清楚是哪一项_怎么写_填别的还能交(
    gateway: Served, form: dict[str, object], code: str, said: str
) -> None:
    http, headers = gateway.http(), {"Idempotency-Key": uuid4().hex}
    refused = http.post("/v1/applications", json={**APPLICATION, "form": form}, headers=headers)
    assert_problem(refused, 422, code)
    assert said in refused.json()["detail"], refused.json()["detail"]
    assert http.post("/v1/applications", json=APPLICATION, headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("first", "last", "code", "said"),
    [
        ("2026-11-01", "2026-11-02", "past_time", "已经过去"),
        ("2026-12-02", "2026-12-01", "past_time", "已经过去"),
        ("下周", "2026-12-01", "malformed", "要写成 2026-12-01"),
    ],
    ids=["过去的", "倒过来的", "不是日期"],
)
def test_候补写错日子_说清楚(gateway: Served, first: str, last: str, code: str, said: str) -> None:
    citizen, wish = gateway.citizen(), {"station_id": "340104-center", "first": first, "last": last}
    refused = citizen.http.post("/v1/waiting", json=wish)
    assert_problem(refused, 422, code)
    assert said in refused.json()["detail"]


def test_投诉的事发生在明天_说清楚(gateway: Served) -> None:
    body, headers = {"words": "态度差", "happened_on": "2026-11-24"}, {"Idempotency-Key": "1"}
    citizen = gateway.citizen()
    refused = citizen.http.post("/v1/web/complaints", json=body, headers=headers)
    assert_problem(refused, 422, "day_in_future")
    body["happened_on"] = "2026-11-23"
    assert citizen.http.post("/v1/web/complaints", json=body, headers=headers).status_code == 201
