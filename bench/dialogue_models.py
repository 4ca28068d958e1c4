"""Train and measure our dialogue model and Rasa's stock Chinese pipeline on the same examples, rules and stories.

    bot/.venv/bin/python bench/dialogue_models.py                           # both; the stock one takes long
    bot/.venv/bin/python bench/dialogue_models.py --pipeline ours
    bot/.venv/bin/python bench/dialogue_models.py --pipeline stock --epochs 1 --sample 5    # only to see that it runs

Prints one JSON document and a Markdown table. Each figure comes from a process of its own that does nothing else:
training from scratch without Rasa's cache; loading in a new process (`start_s` from its first line, with the imports of
Rasa and, for ours, of our turn channel; `load_s` for the model alone); understanding every held-out message (`parse`); whole turns (`turn`: understood,
the next actions decided, in sessions of 8 messages, custom actions answering nothing and costing nothing). The first
messages are not timed. Memory is the most that the process ever held. Accuracy and macro-F1 are those of the intent the
bot would act on, so that falling back counts as wrong; `best_guess_accuracy` ignores the fallback. A held-out message that
is also in data/nlu, which happens with short ones, is not counted.
"""

import argparse
import asyncio
import json
import logging
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
CONFIGS = {"ours": ROOT / "config.yml", "stock": ROOT / "bench" / "stock_config.yml"}
HELD_OUT = ROOT / "tests" / "nlu" / "held_out.yml"
WITH_EPOCHS = {"DIETClassifier", "TEDPolicy"}
FALLBACK = "nlu_fallback"
WARM_UP = 20
SESSION_TURNS = 8  # hotline.conversations.TURNS_PER_DIALOGUE_SESSION
ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONPATH": str(ROOT),
}
ROWS = (
    ("training time, s", "train", "seconds"),
    ("peak memory in training, MiB", "train", "peak_mib"),
    ("model file, MiB", "train", "model_mib"),
    ("start of a process to loaded, s", "serve", "start_s"),
    ("of which the model, s", "serve", "load_s"),
    ("peak memory in service, MiB", "serve", "peak_mib"),
    ("understanding, p50 ms", "serve", "parse_p50_ms"),
    ("understanding, p95 ms", "serve", "parse_p95_ms"),
    ("turn without the actions' work, p50 ms", "serve", "turn_p50_ms"),
    ("turn without the actions' work, p95 ms", "serve", "turn_p95_ms"),
    ("accuracy on held-out messages", "serve", "accuracy"),
    ("macro-F1", "serve", "macro_f1"),
    ("accuracy of the best guess", "serve", "best_guess_accuracy"),
    ("share of fallbacks", "serve", "fallbacks"),
)


# In the process that was started


def measure(pipeline: str, epochs: int | None, sample: int | None, models: Path) -> dict[str, Any]:
    """Train and serve one pipeline, each in its own process."""
    with tempfile.TemporaryDirectory() as folder:
        config, data = Path(folder, "config.yml"), ROOT / "data"
        questions = Path(folder, "questions.json")
        trained_on = {text for path in (data / "nlu").glob("*.yml") for text, _ in examples(path)}
        unseen = [one for one in examples(HELD_OUT) if one[0] not in trained_on]
        questions.write_text(json.dumps(unseen), "utf-8")
        config.write_text(config_text(CONFIGS[pipeline], epochs), "utf-8")
        if sample is not None:
            data = sampled(data, Path(folder, "data"), sample)
        train = in_child("train", config, data, models, pipeline)
        serve = in_child("serve", models / f"{pipeline}.tar.gz", questions)
    trial = {"epochs": epochs, "sample": sample}
    left_out = len(examples(HELD_OUT)) - len(unseen)
    return {"trial": trial, "train": train, "serve": serve, "held_out_but_trained_on": left_out}


def examples(path: Path) -> list[tuple[str, str]]:
    """The messages of an NLU file with their intents."""
    content = yaml.safe_load(path.read_text("utf-8"))
    return [
        (line.removeprefix("- ").strip(), intent["intent"])
        for intent in content["nlu"]
        for line in intent.get("examples", "").splitlines()
        if line.strip()
    ]


def config_text(path: Path, epochs: int | None) -> str:
    """The configuration as it is, or with another number of epochs."""
    if epochs is None:
        return path.read_text("utf-8")
    config = yaml.safe_load(path.read_text("utf-8"))
    for component in config["pipeline"] + config["policies"]:
        if component["name"] in WITH_EPOCHS:
            component["epochs"] = epochs
    return yaml.safe_dump(config, allow_unicode=True, sort_keys=False)


def sampled(data: Path, into: Path, count: int) -> Path:
    """A copy of the training data with only the first examples of each intent in each file."""
    shutil.copytree(data, into)
    for path in (into / "nlu").glob("*.yml"):
        content = yaml.safe_load(path.read_text("utf-8"))
        for intent in content["nlu"]:
            intent["examples"] = "".join(intent.get("examples", "").splitlines(keepends=True)[:count])
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    return into


def in_child(*arguments: str | Path) -> dict[str, Any]:
    """Run one measurement of this file in a new process, with an empty cache of Rasa's."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "figures.json")
        environment = {**os.environ, **ENVIRONMENT, "RASA_CACHE_DIRECTORY": str(Path(folder, "cache"))}
        command = [sys.executable, str(Path(__file__).resolve()), "--child", str(out), *map(str, arguments)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
        return found


def table(found: dict[str, Any]) -> str:
    """The figures side by side, for bench/RESULTS.md."""
    names = list(found["pipelines"])
    lines = [f"| | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    for title, part, key in ROWS:
        values = [str(found["pipelines"][name][part][key]) for name in names]
        lines.append(f"| {title} | {' | '.join(values)} |")
    return "\n".join(lines)


# In a child


def train(config: Path, data: Path, models: Path, name: str) -> dict[str, Any]:
    """Train from scratch; the imports of Rasa and TensorFlow are not counted."""
    from rasa.model_training import train as train_model

    begun = time.perf_counter()
    result = train_model(
        str(ROOT / "domain.yml"), str(config), [str(data)], str(models), force_training=True, fixed_model_name=name
    )
    seconds = time.perf_counter() - begun
    if result.code != 0 or result.model is None:
        sys.exit(f"training ended with {result.code}")
    return {
        "seconds": round(seconds, 1),
        "peak_mib": peak_mib(),
        "model_mib": round(Path(result.model).stat().st_size / 2**20, 1),
    }


def serve(model: Path, questions: Path, begun: float) -> dict[str, Any]:
    """Load the model as a server would, then understand and answer every held-out message."""
    from rasa.core.agent import Agent

    if model.name == "ours.tar.gz":
        import bot.channel  # noqa: F401  # our server loads it by credentials.yml, and with it all that changes Rasa

    loading = time.perf_counter()
    agent = Agent.load(str(model), action_endpoint=SilentActions())
    loaded = time.perf_counter()
    texts, intents = zip(*json.loads(questions.read_text("utf-8")), strict=True)
    parsed, parse_ms = asyncio.run(understand(agent, texts))
    turn_ms = asyncio.run(answer(agent, texts))
    return {
        "start_s": round(loaded - begun, 2),
        "load_s": round(loaded - loading, 2),
        "peak_mib": peak_mib(),
        **spread("parse", parse_ms),
        **spread("turn", turn_ms),
        **correctness(intents, parsed),
    }


class SilentActions:
    """Stands for the gateway's action webhook: runs nothing."""

    kwargs: dict[str, Any] = {}  # noqa: RUF012  # Rasa looks for options here

    async def request(self, **_: Any) -> dict[str, Any]:
        """Answer one call of Rasa's."""
        return {"events": [], "responses": []}


async def understand(agent: Any, texts: Sequence[str]) -> tuple[list[dict[str, Any]], list[float]]:
    """Parse each message by itself; what was understood, and the milliseconds of each."""
    for text in texts[:WARM_UP]:
        await agent.parse_message(text)
    parsed, times = [], []
    for text in texts:
        begun = time.perf_counter()
        parsed.append(await agent.parse_message(text))
        times.append((time.perf_counter() - begun) * 1000)
    return parsed, times


async def answer(agent: Any, texts: Sequence[str]) -> list[float]:
    """Say the messages one after the other, a new session every 20; the milliseconds of each turn."""
    times, sender = [], ""
    for number, text in enumerate([*texts[:WARM_UP], *texts]):
        if number % SESSION_TURNS == 0:
            sender = uuid.uuid4().hex
        begun = time.perf_counter()
        await agent.handle_text(text, sender_id=sender)
        times.append((time.perf_counter() - begun) * 1000)
    return times[WARM_UP:]


def correctness(right: Sequence[str], parsed: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How often the intent was the right one; the F1 is the mean over the intents that occur in the held-out set."""
    from sklearn.metrics import f1_score

    acted_on = [one["intent"]["name"] or "" for one in parsed]
    best = [next((r["name"] for r in one["intent_ranking"] if r["name"] != FALLBACK), "") for one in parsed]
    f1 = f1_score(right, acted_on, labels=sorted(set(right)), average="macro", zero_division=0)
    return {
        "n": len(right),
        "intents": len(set(right)),
        "accuracy": round(sum(map(str.__eq__, right, acted_on)) / len(right), 4),
        "macro_f1": round(float(f1), 4),
        "best_guess_accuracy": round(sum(map(str.__eq__, right, best)) / len(right), 4),
        "fallbacks": round(acted_on.count(FALLBACK) / len(right), 4),
    }


def spread(name: str, times_ms: Sequence[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds."""
    cuts = quantiles(times_ms, n=100, method="inclusive")
    return {f"{name}_p50_ms": round(cuts[49], 1), f"{name}_p95_ms": round(cuts[94], 1)}


def peak_mib() -> float:
    """The most memory this process ever held; Linux counts it in KiB, macOS in bytes."""
    unit = 1 if platform.system() == "Darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20, 1)


def child(out: Path, part: str, *arguments: str) -> None:
    """One measurement, its figures left in a file: Rasa writes what it likes to the screen."""
    begun = time.perf_counter()
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # as Rasa's own command does; otherwise it writes a line for each prediction
    if part == "train":
        config, data, models, name = arguments
        figures = train(Path(config), Path(data), Path(models), name)
    else:
        model, questions = arguments
        figures = serve(Path(model), Path(questions), begun)
    out.write_text(json.dumps(figures), "utf-8")


def main() -> None:
    """Read the command line, measure, print."""
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]), *sys.argv[3:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipeline", choices=sorted(CONFIGS), help="only this one")
    parser.add_argument("--epochs", type=int, help="instead of those in the configuration, for a trial")
    parser.add_argument("--sample", type=int, help="train on so many examples per intent and file, for a trial")
    parser.add_argument("--models", type=Path, help="keep the trained models in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        models = (options.models or Path(folder)).resolve()
        pipelines = [options.pipeline] if options.pipeline else sorted(CONFIGS)
        found = {
            "cores": os.cpu_count(),
            "pipelines": {name: measure(name, options.epochs, options.sample, models) for name in pipelines},
        }
    print(json.dumps(found, ensure_ascii=False))
    print()
    print(table(found))


if __name__ == "__main__":
    main()
