"""Ask a running gateway many people's questions, one new web session each, and print how they were met as JSON.

    .venv/bin/python bench/lay_questions.py http://127.0.0.1:12348 lay-questions.dev.jsonl --n 200 --out replies.jsonl

Each line of the file holds {"question": …}. `answered`: an answer block with articles. `person`: a way to a person is
offered. `neither` must be 0. `out` gets every question with its reply, for a person to read; keep it out of the project.
"""

import argparse
import json
import random
import sys
import time
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

SILENCE_S = 30.0
WAIT_S = 5
PERSON = ("人工", "12348")


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came back; `ms` is None when nothing did, `status` the first HTTP error met."""

    question: str
    ms: float | None = None
    status: int | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """An answer that names the articles it stands on."""
        return any(block.get("type") == "answer" and block.get("articles") for block in self.blocks)

    @property
    def person(self) -> bool:
        """A button or a sentence that leads to a person."""
        said = [str(block.get("text", "")) for block in self.blocks]
        return any(word in text for text in (*said, *self.buttons) for word in PERSON)


def ask(client: httpx.Client, question: str) -> Turn:
    """Open a session, ask, and wait for the bot's whole reply."""
    try:
        session = client.post("/v1/web/sessions").raise_for_status().json()
        token = {"Authorization": f"Bearer {session['token']}"}
        begun = time.perf_counter()
        message = {"client_msg_id": str(uuid.uuid4()), "text": question}
        after = client.post("/v1/web/messages", json=message, headers=token).raise_for_status().json()["seq"]
        events: list[dict[str, Any]] = []
        while time.perf_counter() - begun < SILENCE_S:
            page = poll(client, token, after, WAIT_S)
            events, after = said_by_bot(page["events"]), page["next"]
            if events:
                ms = (time.perf_counter() - begun) * 1000
                events += said_by_bot(poll(client, token, after, 0)["events"])  # a reply may come in several messages
                blocks = [block for event in events for block in event.get("blocks") or []]
                buttons = [button["label"] for event in events for button in event.get("buttons") or []]
                return Turn(question, round(ms, 1), None, blocks, buttons)
        return Turn(question)
    except httpx.HTTPStatusError as error:
        return Turn(question, status=error.response.status_code)
    except httpx.TransportError:
        return Turn(question, status=0)


def poll(client: httpx.Client, token: dict[str, str], after: int, wait: int) -> dict[str, Any]:
    """Read the events after a number, waiting up to `wait` seconds for the first."""
    headers = token | {"Accept": "application/json"}
    params = {"after": after, "wait": wait}
    page: dict[str, Any] = client.get("/v1/web/events", params=params, headers=headers).raise_for_status().json()
    return page


def said_by_bot(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep what the citizen reads as the reply: messages and changes of owner, not their own words."""
    return [e for e in events if e.get("from") in ("bot", "system") and e.get("type") in ("message", "owner")]


def figures(turns: Sequence[Turn]) -> dict[str, Any]:
    """Count and time the turns; shares are of all questions asked."""
    times = sorted(turn.ms for turn in turns if turn.ms is not None)
    cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    met = [turn for turn in turns if turn.ms is not None]

    def share(count: int) -> float:
        return round(count / len(turns), 4)

    return {
        "n": len(turns),
        "answered_with_sources": share(sum(turn.answered for turn in met)),
        "person_offered": share(sum(turn.person for turn in met)),
        "neither": share(sum(not turn.answered and not turn.person for turn in met)),
        "silence": sum(turn.ms is None and turn.status is None for turn in turns),
        "5xx": sum((turn.status or 0) >= 500 for turn in turns),
        "4xx": sum(400 <= (turn.status or 0) < 500 for turn in turns),
        "unreachable": sum(turn.status == 0 for turn in turns),
        "p50_ms": round(cuts[49], 1) if cuts else None,
        "p95_ms": round(cuts[94], 1) if cuts else None,
    }


def main() -> None:
    """Read the command line, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="address of the gateway, such as http://127.0.0.1:12348")
    parser.add_argument("file", type=Path, help="JSON Lines with a “question” each")
    parser.add_argument("--n", type=int, default=200, help="questions to draw (all if fewer)")
    parser.add_argument("--seed", type=int, default=12348, help="which questions are drawn")
    parser.add_argument("--concurrency", type=int, default=1, help="sessions at a time")
    parser.add_argument("--out", type=Path, help="write each turn here as a JSON line")
    options = parser.parse_args()
    questions = [json.loads(line)["question"] for line in options.file.read_text("utf-8").splitlines() if line.strip()]
    drawn = random.Random(options.seed).sample(questions, min(options.n, len(questions)))
    if not drawn:
        sys.exit(f"no questions in {options.file}")
    timeout = httpx.Timeout(SILENCE_S + WAIT_S)
    with (
        httpx.Client(base_url=options.base, timeout=timeout) as client,
        ThreadPoolExecutor(options.concurrency) as pool,
    ):
        turns = list(pool.map(lambda question: ask(client, question), drawn))
    if options.out:
        options.out.write_text("".join(json.dumps(asdict(t), ensure_ascii=False) + "\n" for t in turns), "utf-8")
    print(json.dumps(figures(turns), ensure_ascii=False))


if __name__ == "__main__":
    main()
