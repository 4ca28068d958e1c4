"""Talking to the running system in a terminal: as a citizen, and as an operator until the console exists."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx

WAIT_SECONDS = 10


class Refused(Exception):
    """The gateway answered with a problem document; the text is its Chinese sentence."""


class Client:
    """A bearer-token client of the gateway."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=40, trust_env=False)

    def call(self, method: str, path: str, **options: Any) -> Any:
        """One request; the JSON of its answer.

        Raises:
            Refused: with the sentence to show.
        """
        try:
            response = self._http.request(method, path, **options)
        except httpx.ConnectError:
            raise Refused("连不上系统，请先运行 make run") from None
        if response.is_error:
            raise Refused(response.json().get("detail", f"HTTP {response.status_code}"))
        return response.json() if response.content else None

    def use_token(self, token: str) -> None:
        """Send this token from now on."""
        self._http.headers["Authorization"] = f"Bearer {token}"


def chat(base_url: str, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
    """Talk to the bot; a number presses the button of that number, an empty line looks for news, Ctrl+D ends."""
    client = Client(base_url)
    client.use_token(client.call("POST", "/v1/web/sessions")["token"])
    say("您好，我是 12348 智能助手（非人工）。请说说遇到的事；输入数字选按钮，空行看新消息，Ctrl+D 结束。")
    after = 0
    buttons: list[dict[str, str]] = []
    while True:
        try:
            typed = ask("您").strip()
        except EOFError:
            return
        sent_seq = after
        if typed:
            message: dict[str, str] = {"client_msg_id": uuid.uuid4().hex}
            pressed = buttons[int(typed) - 1] if typed.isdecimal() and 0 < int(typed) <= len(buttons) else None
            message |= {"action_id": pressed["action_id"]} if pressed else {"text": typed}
            try:
                sent_seq = client.call("POST", "/v1/web/messages", json=message)["seq"]
            except Refused as refusal:
                say(str(refusal))
                continue
        after, buttons = _listen(client, after, sent_seq, bool(typed), buttons, say)


def _listen(
    client: Client,
    after: int,
    sent_seq: int,
    expecting: bool,
    buttons: list[dict[str, str]],
    say: Callable[[str], None],
) -> tuple[int, list[dict[str, str]]]:
    """Show what was said since `after`; after a message of ours, wait until it is answered."""
    answered = not expecting
    while True:
        found = client.call("GET", "/v1/web/events", params={"after": after, "wait": 0 if answered else WAIT_SECONDS})
        for event in found["events"]:
            after = event["seq"]
            if event["from"] == "citizen":
                continue
            answered = answered or after > sent_seq
            say(f"{event['label']}：" + "\n".join(block["text"] for block in event["blocks"]))
            if event["buttons"]:
                buttons = event["buttons"]
                say("  ".join(f"[{place}] {one['label']}" for place, one in enumerate(buttons, 1)))
        if not found["typing"] and (answered or not found["events"]):
            return after, buttons


HELP = """list 等候和接待中的会话   accept 序号 接待   read 看对话和机器人的理解
say 文字 回复（直接打字也行）   back 交还机器人   close 结束会话   quit 退出"""


def desk(base_url: str, login: str, password: str, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
    """An operator's terminal: the queue, one conversation at a time."""
    client = Client(base_url)
    opened = client.call("POST", "/v1/console/sessions", json={"login": login, "password": password})
    client.use_token(opened["token"])
    say(f"{opened['display_name']}，您好。\n{HELP}")
    queue: list[dict[str, Any]] = _show_queue(client, say)
    held: str | None = None
    while True:
        try:
            typed = ask("值班").strip()
        except EOFError:
            return
        command, _, rest = typed.partition(" ")
        try:
            match command:
                case "quit":
                    client.call("DELETE", "/v1/console/sessions")
                    return
                case "list" | "":
                    queue = _show_queue(client, say)
                case "accept":
                    held = queue[int(rest) - 1]["id"]
                    _show_conversation(client.call("POST", f"/v1/console/handoffs/{held}/accept"), say)
                case "read":
                    _show_conversation(client.call("GET", f"/v1/console/handoffs/{held}"), say)
                case "back" | "close":
                    client.call("POST", f"/v1/console/handoffs/{held}/{'return' if command == 'back' else 'close'}")
                    say("已交还机器人" if command == "back" else "已结束")
                    held = None
                case "help":
                    say(HELP)
                case _:
                    words = rest if command == "say" else typed
                    client.call("POST", f"/v1/console/handoffs/{held}/messages", json={"text": words})
        except Refused as refusal:
            say(str(refusal))
        except (ValueError, IndexError):
            say("没有这个序号，请先 list。")


def _show_queue(client: Client, say: Callable[[str], None]) -> list[dict[str, Any]]:
    queue: list[dict[str, Any]] = client.call("GET", "/v1/console/handoffs")
    states = {"waiting": "等候", "accepted": "接待中"}
    for place, one in enumerate(queue, 1):
        minutes, seconds = divmod(one["waited_seconds"], 60)
        urgent = "【紧急】" if one["urgent"] else ""
        say(f"{place}. {urgent}{one['reason_words']}  {states[one['status']]}  等了 {minutes} 分 {seconds} 秒")
    if not queue:
        say("没有人在等。")
    return queue


def _show_conversation(held: dict[str, Any], say: Callable[[str], None]) -> None:
    speakers = {"citizen": "来询人", "bot": "机器人", "operator": "工作人员", "system": "系统"}
    for line in held["lines"]:
        say(f"{speakers[line['speaker']]}：{line['text']}")
        understood = line["understood"]
        if understood.get("intent"):
            entities = "、".join(f"{one['entity']}={one['value']}" for one in understood["entities"])
            say(f"    机器人的理解：{understood['intent']}（{understood['confidence']:.2f}）{entities}")
    known = {name: value for name, value in held["known"].items() if name not in ("journey", "asking")}
    say("已知情况：" + ("、".join(f"{name}={value}" for name, value in known.items()) or "无"))
