"""Measure how the trained dialogue model understands our own held-out messages, and draw it.

    .venv/bin/python bench/understanding.py FOLDER

Reads the five held-out files of tests/nlu with models/yuanxian.tar.gz, writes figures.json and three pictures into FOLDER
(accuracy by intent, what is taken for what, risk and coverage) and prints the figures. Nothing of those files is in the
training data; a held-out message that is there all the same, which happens with short ones, is not counted.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from evaluation import pictures, understanding
from evaluation.reading import Reading, read
from processes import MODEL
from settings import ROOT

HELD_OUT = ROOT / "tests" / "nlu"
OBLIQUE = 2  # beside the even and the odd lines, 0 and 1, of danger_held_out.yml
FALLBACK_BELOW, CLEAR_FROM = 0.25, 0.5
"""config.yml hands over below the first; the second marks a comfortable distance, for comparison."""


def main() -> None:
    """Read the command line, measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / MODEL)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    found = measure(options.model, options.folder)
    (options.folder / "figures.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps(found, ensure_ascii=False, indent=1))


def measure(model: Path, folder: Path) -> dict[str, Any]:
    """All figures; the pictures are left in the folder."""
    trained_on = {text for path in (ROOT / "data" / "nlu").glob("*.yml") for text, _ in examples(path)}
    messages = [one for one in examples(HELD_OUT / "held_out.yml") if one[0] not in trained_on]
    dangers = [
        (line, kind, place % 2)
        for kind, lines in load("danger_held_out.yml").items()
        for place, line in enumerate(lines)
    ] + [(line, kind, OBLIQUE) for kind, lines in load("danger_oblique.yml").items() for line in lines]
    several = load("several_topics.yml")
    told = load("entities_held_out.yml")
    texts = [text for text, _ in messages] + [text for text, _, _ in dangers] + [one["say"] for one in several]
    readings = read(texts, model)
    of_messages, rest = readings[: len(messages)], readings[len(messages) :]
    of_dangers, of_several = rest[: len(dangers)], rest[len(dangers) :]
    right = [intent for _, intent in messages]
    facts = read_facts(told, model)
    draw(folder, right, of_messages)
    return {
        "intents": understanding.intents(right, of_messages),
        "risk_and_coverage": [
            {"threshold": t, **risk_at(understanding.risk_and_coverage(right, of_messages), t)}
            for t in (0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
        ],
        "topics": understanding.several_topics([one["topics"] for one in several], of_several),
        "facts": understanding.facts([one["find"] for one in told["sentences"]], facts),
        "dangers_even_lines": half(dangers, of_dangers, 0),
        "dangers_odd_lines": half(dangers, of_dangers, 1),
        "dangers_told_obliquely": half(dangers, of_dangers, OBLIQUE),
        "false_alarms_in_ordinary_messages": round(
            sum(
                reading.intent.startswith(understanding.DANGER) and not wanted.startswith(understanding.DANGER)
                for wanted, reading in zip(right, of_messages, strict=True)
            )
            / sum(not wanted.startswith(understanding.DANGER) for wanted in right),
            4,
        ),
    }


def read_facts(told: dict[str, Any], model: Path) -> list[Reading]:
    """The sentences with facts, as on the day they were said."""
    said_on = told["said_on"]
    assert isinstance(said_on, date)
    return read([one["say"] for one in told["sentences"]], model, said_on)


def half(lines: Sequence[tuple[str, str, int]], readings: Sequence[Reading], part: int) -> dict[str, Any]:
    """The dangers of every other line, or of those told obliquely."""
    kept = [(kind, reading) for (_, kind, its), reading in zip(lines, readings, strict=True) if its == part]
    return understanding.dangers([kind for kind, _ in kept], [reading for _, reading in kept])


def risk_at(points: Sequence[understanding.Point], threshold: float) -> dict[str, float]:
    """What answering only messages at least so confident would mean."""
    kept = [point for point in points if point.threshold >= threshold]
    widest = max(kept, key=lambda point: point.coverage, default=understanding.Point(threshold, 0.0, 0.0))
    return {"coverage": round(widest.coverage, 4), "risk": round(widest.risk, 4)}


def draw(folder: Path, right: Sequence[str], readings: Sequence[Reading]) -> None:
    """The three pictures."""
    per_intent = understanding.intents(right, readings)["per_intent"]
    worst_last = sorted(per_intent.items(), key=lambda one: (-one[1], one[0]))
    (folder / "accuracy_by_intent.svg").write_text(pictures.bars("各意图的准确率", worst_last), "utf-8")
    (folder / "confusion.svg").write_text(
        pictures.grid("行：应当是；列：当成了", *understanding.confusion(right, readings)), "utf-8"
    )
    points = understanding.risk_and_coverage(right, readings)
    marks = [
        (at["coverage"], at["risk"], f"把握不低于 {threshold}")
        for threshold in (FALLBACK_BELOW, CLEAR_FROM)
        for at in [risk_at(points, threshold)]
    ]
    (folder / "risk_and_coverage.svg").write_text(
        pictures.curve(
            "风险与覆盖", "直接回答的比例", "其中答错的比例", [(one.coverage, one.risk) for one in points], marks
        ),
        "utf-8",
    )


def examples(path: Path) -> list[tuple[str, str]]:
    """The messages of an NLU file with their intents."""
    content = yaml.safe_load(path.read_text("utf-8"))
    return [
        (line.removeprefix("- ").strip(), intent["intent"])
        for intent in content["nlu"]
        for line in intent.get("examples", "").splitlines()
        if line.strip()
    ]


def load(name: str) -> Any:
    """A held-out file."""
    return yaml.safe_load((HELD_OUT / name).read_text("utf-8"))


if __name__ == "__main__":
    main()
