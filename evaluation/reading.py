"""What the trained dialogue model makes of messages, read in its own environment."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
RECORD = "\x1e"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONPATH": str(ROOT),
}


class Unreadable(Exception):
    """The model could not read the messages; the text is the end of what its process said."""


@dataclass(frozen=True)
class Reading:
    """One message as the bot understood it; `intents` and `topics` are name → confidence, surest first."""

    text: str
    intent: str
    intents: dict[str, float]
    topics: dict[str, float]
    category: str
    entities: list[dict[str, Any]]
    ms: float


def read(texts: Sequence[str], model: Path, said_on: date | None = None) -> list[Reading]:
    """Read messages with a trained model; loading it takes half a minute.

    Args:
        said_on: the day on which 明天 and 去年 were said; today if None.
    Raises:
        Unreadable
    """
    command = [str(PYTHON), "-m", "bot.parse", str(model), *([said_on.isoformat()] if said_on else [])]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **QUIET},
        input="\n".join(json.dumps(text) for text in texts),
        capture_output=True,
        text=True,
        check=False,
    )
    readings = readings_in(done.stdout)
    if done.returncode or len(readings) != len(texts):
        raise Unreadable(f"{len(readings)} of {len(texts)} messages were read\n{done.stderr[-2000:]}")
    return readings


def readings_in(printed: str) -> list[Reading]:
    """The records in what the reading process printed; Rasa prints there as well."""
    # splitlines would take the record separator itself for the end of a line
    lines = [line for line in printed.split("\n") if line.startswith(RECORD)]
    return [_reading(json.loads(line.removeprefix(RECORD))) for line in lines]


def _reading(parsed: dict[str, Any]) -> Reading:
    return Reading(
        text=parsed["text"],
        intent=(parsed["intent"] or {}).get("name") or "",
        intents={one["name"]: one["confidence"] for one in parsed["intent_ranking"] or []},
        topics={one["name"]: one["confidence"] for one in parsed["topics"] or []},
        category=(parsed["category"] or {}).get("name") or "",
        entities=parsed["entities"] or [],
        ms=parsed["ms"],
    )
