"""The one call by which the gateway reaches Rasa, over real HTTP, with a stub in place of the agent.

integration.md §4.2 and the parts of §4.3 that lie on this side: an empty list is what the gateway takes for a failure,
the sender is never missing, and what a citizen types is never executed as an intent.
"""

import asyncio
import http.client
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sanic import Sanic

from bot.channel import MAX_TEXT_CHARACTERS, GatewayChannel, words_of
from bot.components.normaliser import TextNormaliser
from bot.tracker_store import RecentTrackerStore

TOKEN = "the gateway's token"
SENDER = "2f1c6f0e-6c1b-4f6e-9d0a-111111111111.1"
DOMAIN = Domain.from_dict(
    {
        "intents": ["ask_wages"],
        "slots": {
            name: {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
            for name in ("region", "asking")
        },
    }
)
HandleMessage = Callable[[UserMessage], Awaitable[Any]]


class StubAgent:
    """Takes each message as it comes and answers as the test says."""

    def __init__(self) -> None:
        self.heard: list[UserMessage] = []
        self.met: list[DialogueStateTracker] = []  # the conversation as it was when the message came
        self.tracker_store = RecentTrackerStore(DOMAIN)
        self.says: list[dict[str, Any]] = [{"text": "您好"}]
        self.slots: dict[str, Any] = {}
        self.processor = StubProcessor()

    async def handle(self, message: UserMessage) -> None:
        self.heard.append(message)
        known = await self.tracker_store.get_or_create_tracker(message.sender_id)
        self.met.append(known.copy())
        for one in self.says:
            await message.output_channel.send_response(message.sender_id, one)
        tracker = known
        parsed = {
            "intent": {"name": "ask_wages", "confidence": 0.75},
            "intent_ranking": [{"name": f"intent_{place}", "confidence": 0.1} for place in range(10)],
            "topics": [{"name": f"topic_{place}", "confidence": 0.2} for place in range(5)],
            "entities": [{"entity": "region", "value": "340104", "start": 0, "end": 3, "extractor": "FactExtractor"}],
        }
        tracker.update(UserUttered(message.text, parsed["intent"], parsed["entities"], parsed))
        tracker.update(ActionExecuted("action_answer_question"))
        for name, value in self.slots.items():
            tracker.update(SlotSet(name, value))
        await self.tracker_store.save(tracker)


class StubProcessor:
    """Understands each text as one about wages, and remembers which it was given."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def parse_message(self, message: UserMessage) -> dict[str, Any]:
        self.read.append(str(message.text))
        return {
            "text": message.text,
            "intent": {"name": "ask_wages", "confidence": 0.9},
            "intent_ranking": [{"name": "ask_wages", "confidence": 0.9}],
            "topics": [{"name": "wages", "confidence": 0.9}],
            "entities": [{"entity": "region", "value": "340104", "role": "place", "start": 0, "end": 3}],
        }


class Channel:
    """The channel on a free port."""

    def __init__(self, port: int, agent: StubAgent) -> None:
        self.port, self.agent = port, agent

    def post(
        self, body: Any, token: str | None = TOKEN, raw: bytes | None = None, path: str = "/webhooks/gw/turn"
    ) -> tuple[int, Any]:
        """Status and JSON of one call."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        connection.request("POST", path, json.dumps(body).encode() if raw is None else raw, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, json.loads(content) if content.startswith(b"{") else content

    def turn(self, text: str, trusted: bool | None = None) -> UserMessage:
        """What the agent hears of this text."""
        body: dict[str, Any] = {"sender": SENDER, "text": text, "metadata": {"seq": 7}}
        status, _ = self.post(body if trusted is None else {**body, "trusted": trusted})
        assert status == 200
        return self.agent.heard[-1]


@pytest.fixture(scope="module")
def served() -> Iterator[Channel]:
    agent, loop, ready = StubAgent(), asyncio.new_event_loop(), threading.Event()
    found: list[int] = []
    app = Sanic("turn_channel", configure_logging=False)
    app.ctx.agent = agent
    channel = GatewayChannel.from_credentials({"token": TOKEN})

    async def handle(message: UserMessage) -> None:
        await agent.handle(message)

    app.blueprint(channel.blueprint(handle), url_prefix="/webhooks/gw")

    async def start() -> None:
        server = await app.create_server("127.0.0.1", 0, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.start_serving()
        found.append(server.server.sockets[0].getsockname()[1])
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()

    threading.Thread(target=run, daemon=True).start()
    assert ready.wait(20)
    yield Channel(found[0], agent)
    loop.call_soon_threadsafe(loop.stop)


@pytest.fixture
def channel(served: Channel) -> Channel:
    """The channel, without memory of other tests."""
    served.agent.heard.clear()
    served.agent.met.clear()
    served.agent.tracker_store = RecentTrackerStore(DOMAIN)
    served.agent.says = [{"text": "您好"}]
    served.agent.slots = {}
    return served


def test_一问一答_话和理解都在(channel: Channel) -> None:
    channel.agent.says = [
        {
            "utter_action": "utter_answer",
            "text": "可以投诉",
            "buttons": [{"title": "转人工", "payload": "/request_human"}],
            "custom": {"type": "answer"},
        },
        {"text": "还要问什么"},
    ]
    channel.agent.slots = {"region": "340104", "asking": None, "session_started_metadata": {"slots": {}}}
    status, answer = channel.post({"sender": SENDER, "text": "老板不发工资", "metadata": {"seq": 7, "slots": {}}})
    assert status == 200
    assert answer == {
        "messages": [
            {
                "response": "utter_answer",
                "text": "可以投诉",
                "buttons": [{"title": "转人工", "payload": "/request_human"}],
                "custom": {"type": "answer"},
            },
            {"response": None, "text": "还要问什么", "buttons": [], "custom": {}},
        ],
        "intent": "ask_wages",
        "confidence": 0.75,
        "ranking": [{"name": f"intent_{place}", "confidence": 0.1} for place in range(3)],
        "topics": [{"name": f"topic_{place}", "confidence": 0.2} for place in range(3)],
        "entities": [{"entity": "region", "value": "340104"}],
        "slots": {"region": "340104"},
        "last_action": "action_answer_question",
    }
    (heard,) = channel.agent.heard
    assert (heard.text, heard.sender_id, heard.input_channel) == ("老板不发工资", SENDER, "gw")
    assert heard.metadata == {"seq": 7, "slots": {}}


def test_没见过的对话_先把网关记住的还给它(channel: Channel) -> None:
    sender = f"{SENDER}.again"
    kept = {"region": "340104", "asking": "age", "从前有过的槽位": "x"}
    channel.post({"sender": sender, "text": "四十", "metadata": {"seq": 9, "slots": kept}})
    (found,) = channel.agent.met
    assert [event.type_name for event in found.events] == ["session_started", "slot", "slot", "action"]
    assert (found.get_slot("region"), found.get_slot("asking")) == ("340104", "age")
    channel.post({"sender": sender, "text": "四十一", "metadata": {"seq": 10, "slots": {"region": "510107"}}})
    assert channel.agent.met[-1].get_slot("region") == "340104", "正在谈的对话以对话服务自己知道的为准"


def test_什么都没说_回空列表_网关把它当失败(channel: Channel) -> None:
    channel.agent.says = []
    status, answer = channel.post({"sender": SENDER, "text": "老板不发工资"})
    assert (status, answer["messages"]) == (200, [])


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN[:-1]], ids=str)
def test_没有令牌或令牌不对_401_机器人听不到(channel: Channel, token: str | None) -> None:
    status, _ = channel.post({"sender": SENDER, "text": "老板不发工资"}, token)
    assert status == 401
    assert channel.agent.heard == []


def test_没有令牌时_坏的内容也是401(channel: Channel) -> None:
    assert channel.post(None, None, raw=b"{")[0] == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        "话",
        {"text": "没有名字"},
        {"sender": SENDER},
        {"sender": "", "text": "空名字"},
        {"sender": None, "text": "空名字"},
        {"sender": 1, "text": "名字是数"},
        {"sender": SENDER, "text": None},
        {"sender": SENDER, "text": ["话"]},
        {"sender": SENDER, "text": "话", "metadata": "不是字典"},
        {"sender": SENDER, "text": "话", "metadata": ["不是字典"]},
        {"sender": SENDER, "text": "话" * (MAX_TEXT_CHARACTERS + 1)},
    ],
    ids=lambda body: json.dumps(body, ensure_ascii=False)[:40],
)
def test_内容不对_400_机器人听不到(channel: Channel, body: Any) -> None:
    assert channel.post(body)[0] == 400
    assert channel.agent.heard == []


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"sender=1"], ids=["空", "半截", "不是字", "表单"])
def test_不是JSON_400(channel: Channel, raw: bytes) -> None:
    assert channel.post(None, raw=raw)[0] == 400
    assert channel.agent.heard == []


def test_刚好两千字可以(channel: Channel) -> None:
    assert len(channel.turn("话" * MAX_TEXT_CHARACTERS).text) == MAX_TEXT_CHARACTERS


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("/restart", "restart"),
        ('/book{"date":"x"}', 'book{"date":"x"}'),
        ("  //restart", "restart"),
        ("/", "？"),
        ("去/不去", "去 不去"),
        ("老板不发工资", "老板不发工资"),
    ],
)
@pytest.mark.parametrize("trusted", [None, False])
def test_打字打出来的斜杠不算命令(channel: Channel, typed: str, heard: str, trusted: bool | None) -> None:
    message = channel.turn(typed, trusted)
    assert message.text == heard
    assert not message.text.strip().startswith("/")


@pytest.mark.parametrize("trusted", [1, "true", "yes", {}, [True]], ids=repr)
def test_只有真的true才算我们发的按钮(channel: Channel, trusted: Any) -> None:
    assert channel.turn("/restart", trusted).text == "restart"


def test_我们发的按钮原样送到(channel: Channel) -> None:
    payload = '/inform{"slot_start": "2026-11-24T09:00:00+08:00"}'
    assert channel.turn(payload, True).text == payload


def test_别的地址和别的方法都没有(channel: Channel) -> None:
    assert channel.post({}, path="/webhooks/rest/webhook")[0] == 404
    assert channel.post({}, path="/model/parse")[0] == 404
    connection = http.client.HTTPConnection("127.0.0.1", channel.port, timeout=10)
    connection.request("GET", "/webhooks/gw/turn", headers={"Authorization": f"Bearer {TOKEN}"})
    assert connection.getresponse().status == 405


@pytest.mark.parametrize("credentials", [None, {}, {"token": ""}], ids=str)
def test_没配令牌就不启动(credentials: dict[str, Any] | None) -> None:
    with pytest.raises(RasaException):
        GatewayChannel.from_credentials(credentials)


def test_没见过的会话_没有理解_不出错(channel: Channel) -> None:
    async def forget(message: UserMessage) -> None:
        channel.agent.heard.append(message)

    handle, channel.agent.handle = channel.agent.handle, forget  # type: ignore[method-assign]
    try:
        status, answer = channel.post({"sender": "从没来过", "text": "话"})
    finally:
        channel.agent.handle = handle  # type: ignore[method-assign]
    assert status == 200
    assert (answer["messages"], answer["intent"], answer["slots"]) == ([], None, {})


@pytest.mark.parametrize(
    "typed", ["／restart", "嗯，/restart", '／inform{"region": "340104"}', "/嗯，/restart", "/ /restart"]
)
def test_全角斜杠和藏在后面的斜杠_理顺以后也不算命令(typed: str) -> None:
    assert not TextNormaliser().rewrite(words_of(typed)).strip().startswith("/")


def test_只读不谈_实体带全_不开对话_斜杠不算命令(channel: Channel) -> None:
    channel.agent.processor.read.clear()
    status, found = channel.post({"text": "/restart 蜀山区欠薪"}, path="/webhooks/gw/read")
    assert status == 200
    assert (found["intent"], found["topics"]) == ("ask_wages", [{"name": "wages", "confidence": 0.9}])
    assert found["entities"] == [{"entity": "region", "value": "340104", "role": "place", "start": 0, "end": 3}]
    assert channel.agent.processor.read == ["restart 蜀山区欠薪"] and channel.agent.heard == []


def test_只读_没有令牌401_内容不对400(channel: Channel) -> None:
    channel.agent.processor.read.clear()
    bodies: list[Any] = [{}, {"text": 1}, {"text": "字" * 2001}, []]
    assert channel.post({"text": "欠薪"}, token=None, path="/webhooks/gw/read")[0] == 401
    for body in bodies:
        assert channel.post(body, path="/webhooks/gw/read")[0] == 400
    assert channel.agent.processor.read == []
