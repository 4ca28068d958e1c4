"""Time the turns of a running gateway as a citizen's page meets them, and print the figures as JSON.

    .venv/bin/python bench/turns.py http://127.0.0.1:12348

A turn lasts from `POST /v1/web/messages` to the arrival of the bot's first event by long poll. Two measurements:
`long`: 300 turns of one conversation, ten sentences over and over, so that turns 8-12 and 198-202 say the same; a late
turn may cost 1.5 times an early one. `mixed`: one citizen after another plays short journeys (questions, an interview, a
booking that is changed and cancelled), one turn at a time; no more than 80 ms at p95.

The system must allow it: run it with YUANXIAN_MESSAGES_PER_MINUTE=1000000, and with records that may be thrown away
(`bench/system_start.py --times 1 --keep` does both). Nobody else should be using it meanwhile.
"""

import argparse
import json
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean, quantiles
from typing import Any

import httpx

SILENCE_S = 30.0
WAIT_S = 10
WARM_UP_TURNS = 10
EARLY, LATE = range(8, 13), range(198, 203)
LARGEST_RATIO, LARGEST_P95_MS = 1.5, 80.0
SESSION_TURNS = 20  # hotline.conversations.TURNS_PER_DIALOGUE_SESSION: how the means are grouped

# Ten, so that turn n and turn n + 190 are the same sentence. None of them calls a person.
OVER_AND_OVER = (
    "老板拖欠工资不给，我该怎么办",
    "劳动仲裁要交钱吗",
    "没签劳动合同能要双倍工资吗",
    "工伤认定要在多少天里面申请",
    "谢谢你",
    "离婚的时候孩子跟谁过",
    "儿子不给赡养费可以告他吗",
    "朋友借钱打了欠条到期不还",
    "交通事故对方全责能赔哪些钱",
    "申请法律援助要带什么材料",
)
JOURNEYS = (
    (
        "您好",
        "我在合肥庐阳区一家饭店端盘子，老板三个月没发工资了，一共一万二，我是从阜阳出来打工的",
        "对了，申请劳动仲裁要交钱吗",
        "那帮我约个时间吧",
        "下周二上午",
        "我那天有事，改到下周四下午",
        "取消预约",
        "谢谢",
    ),
    (
        "骑电动车上班路上被汽车撞了，算不算工伤",
        "我想知道我能不能申请法律援助",
        "工伤赔偿的事",
        "成都武侯区",
        "为什么要问这个",
        "不是",
        "没有",
        "不想说",
    ),
    (
        "老伴走了，房子写的是他的名字，几个孩子怎么分",
        "遗嘱是他自己手写的，有用吗",
        "欠条过了三年还能不能告",
        "网上买的手机是翻新机，商家不肯退",
        "房东不退押金怎么办",
        "再说一遍",
        "我住芜湖镜湖区，该去哪里办",
    ),
    (
        "老公一直打我，我想离婚，怎么申请保护令",
        "蚌埠",
        "希望",
        "离婚以后抚养费怎么算",
        "今天天气怎么样",
        "你是机器人吗",
        "再见",
    ),
    (
        "儿子被派出所抓了我该怎么办",
        "还能不能请律师见他",
        "我刚才说错了，是侄子",
        "村里征地只给了一点补偿",
        "对处罚不服，去哪里申请复议",
        "孩子在学校被同学打伤了学校管不管",
    ),
)  # fmt: skip


@dataclass(slots=True)
class Citizen:
    """One conversation over HTTP, told one message at a time."""

    client: httpx.Client
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the session."""
        session = self.client.post("/v1/web/sessions").raise_for_status().json()
        self.headers = {"Authorization": f"Bearer {session['token']}", "Accept": "application/json"}

    def say(self, text: str) -> float:
        """Send a message and give the milliseconds until the bot's first event is here; end the program if none comes."""
        begun = time.perf_counter()
        message = {"client_msg_id": str(uuid.uuid4()), "text": text}
        response = self.client.post("/v1/web/messages", json=message, headers=self.headers)
        if response.status_code == 429:
            sys.exit("too many messages: start the system with YUANXIAN_MESSAGES_PER_MINUTE=1000000")
        after = response.raise_for_status().json()["seq"]
        while time.perf_counter() - begun < SILENCE_S:
            params = {"after": after, "wait": WAIT_S}
            page = self.client.get("/v1/web/events", params=params, headers=self.headers).raise_for_status().json()
            took_ms = (time.perf_counter() - begun) * 1000
            if page["events"]:
                self._must_be_answered_by_bot(text, page)
                return took_ms
        sys.exit(f"silence after {text!r}")

    def _must_be_answered_by_bot(self, text: str, page: dict[str, Any]) -> None:
        """A reply that did not pass through the dialogue server would be fast, and say nothing about it."""
        if page["owner"] != "bot" or any(event["from"] != "bot" for event in page["events"]):
            sys.exit(f"not answered by the bot: {text!r} (owner {page['owner']}); nothing is measured")


def figures(times_ms: Sequence[float]) -> dict[str, float]:
    """Count, p50, p95 and the slowest, in milliseconds."""
    cuts = quantiles(times_ms, n=100, method="inclusive")
    return {
        "n": len(times_ms),
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "max_ms": round(max(times_ms), 1),
    }


def one_long_conversation(client: httpx.Client, turns: int) -> dict[str, Any]:
    """Turns of one conversation, and what the late ones cost beside the early ones (null if there are too few)."""
    citizen = Citizen(client)
    times = [citizen.say(OVER_AND_OVER[turn % len(OVER_AND_OVER)]) for turn in range(turns)]

    def mean_ms(numbers: range) -> float | None:
        return round(mean(times[number - 1] for number in numbers), 1) if numbers[-1] <= turns else None

    early, late = mean_ms(EARLY), mean_ms(LATE)
    groups = [range(first, min(first + SESSION_TURNS, turns + 1)) for first in range(1, turns + 1, SESSION_TURNS)]
    return figures(times) | {
        "mean_ms_turns_8_to_12": early,
        "mean_ms_turns_198_to_202": late,
        "ratio": round(late / early, 2) if early and late else None,
        "mean_ms_per_20_turns": [mean_ms(group) for group in groups],
    }


def mixed_messages(client: httpx.Client, rounds: int) -> dict[str, Any]:
    """Each journey in a conversation of its own, one after the other."""
    times = []
    for _ in range(rounds):
        for journey in JOURNEYS:
            citizen = Citizen(client)
            times += [citizen.say(sentence) for sentence in journey]
    return figures(times)


def main() -> None:
    """Read the command line, talk, print; ends with 1 when a bound is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="address of the gateway, such as http://127.0.0.1:12348")
    parser.add_argument("--turns", type=int, default=300, help="turns of the long conversation; at least 2")
    parser.add_argument("--rounds", type=int, default=5, help="how often the mixed journeys are played; 0: not at all")
    options = parser.parse_args()
    with httpx.Client(base_url=options.base, timeout=SILENCE_S + WAIT_S, trust_env=False) as client:
        warming = Citizen(client)
        for turn in range(WARM_UP_TURNS):
            warming.say(OVER_AND_OVER[turn])
        found: dict[str, Any] = {"long": one_long_conversation(client, options.turns)}
        if options.rounds:
            found["mixed"] = mixed_messages(client, options.rounds)
    ratio, mixed = found["long"]["ratio"], found.get("mixed")
    found["kept"] = {
        f"ratio <= {LARGEST_RATIO}": None if ratio is None else ratio <= LARGEST_RATIO,
        f"mixed p95 <= {LARGEST_P95_MS:.0f} ms": None if mixed is None else mixed["p95_ms"] <= LARGEST_P95_MS,
    }
    print(json.dumps(found, ensure_ascii=False))
    if False in found["kept"].values():
        sys.exit(1)


if __name__ == "__main__":
    main()
