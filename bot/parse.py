"""Reads messages with the trained model, for measuring: texts in, a JSON object a line out.

    bot/.venv/bin/python -m bot.parse MODEL [SAID_ON] < TEXTS

TEXTS is a JSON string a line. Each line of the answer begins with a record separator, because Rasa writes to the screen
as well, and holds text, intent, intent_ranking, topics, category, entities and `ms`, the time of reading. The first
messages are read twice, so that nothing of the start is in the times. With SAID_ON, an ISO date, the facts are those of
a message said on that day.
"""

import asyncio
import json
import logging
import sys
import time
from datetime import date
from typing import Any

WARM_UP = 10
RECORD = "\x1e"
KEPT = ("intent", "intent_ranking", "topics", "category", "entities")


async def read(agent: Any, texts: list[str], said_on: date | None) -> None:
    """Read every text and print what was understood."""
    from bot.components.extractors import as_entity
    from bot.extraction import facts

    for text in texts[:WARM_UP]:
        await agent.parse_message(text)
    for text in texts:
        begun = time.perf_counter()
        parsed = await agent.parse_message(text)
        ms = (time.perf_counter() - begun) * 1000
        if said_on is not None:
            parsed["entities"] = [as_entity(span) for span in facts.find(parsed["text"], said_on)]
        found = {"text": text, **{key: parsed.get(key) for key in KEPT}, "ms": round(ms, 3)}
        print(RECORD + json.dumps(found, ensure_ascii=False), flush=True)


def main(model: str, said_on: str | None = None) -> None:
    """Load the model as a server would, and read the standard input."""
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # as Rasa's own command does; otherwise it writes a line for each prediction
    from rasa.core.agent import Agent

    texts = [json.loads(line) for line in sys.stdin if line.strip()]
    asyncio.run(read(Agent.load(model), texts, date.fromisoformat(said_on) if said_on else None))


if __name__ == "__main__":
    main(*sys.argv[1:])
