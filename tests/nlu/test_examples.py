"""The training examples: enough, each intent well fed, none nearly the same as another, none held out."""

import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import yaml

from settings import ROOT

NEARLY_THE_SAME = 0.9
"""Share of character pairs that two sentences have in common, of all pairs in either."""
SHORTEST = 6
"""Characters; below that, 好的 and 好的呀 differ by design."""
FILES = sorted((ROOT / "data" / "nlu").glob("*.yml"))


def examples(path: Path) -> list[tuple[str, str]]:
    content = yaml.safe_load(path.read_text("utf-8"))
    return [
        (line.strip().removeprefix("- "), intent["intent"])
        for intent in content["nlu"]
        for line in (intent.get("examples") or "").splitlines()
        if line.strip()
    ]


def plain(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text)).lower()


def pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))


def near_duplicates(texts: list[str]) -> list[tuple[str, str]]:
    """Couples of sentences that say nearly the same with nearly the same characters."""
    kept: list[tuple[str, frozenset[str]]] = []
    having: dict[str, list[int]] = defaultdict(list)
    found = []
    for text in texts:
        if len(plain(text)) < SHORTEST:
            continue
        mine = pairs(plain(text))
        shared = Counter(place for pair in mine for place in having[pair])
        for place, common in shared.items():
            other, theirs = kept[place]
            if common / (len(mine) + len(theirs) - common) >= NEARLY_THE_SAME:
                found.append((other, text))
        for pair in mine:
            having[pair].append(len(kept))
        kept.append((text, mine))
    return found


ALL = [one for path in FILES for one in examples(path)]


def test_至少八千句_每个意图至少四十句() -> None:
    assert len(ALL) >= 8000
    assert {intent: count for intent, count in Counter(intent for _, intent in ALL).items() if count < 40} == {}


def test_没有两句几乎一样() -> None:
    assert near_duplicates([text for text, _ in ALL]) == []


def test_查得出几乎一样的句子() -> None:
    twins = ["老板欠我三个月工资一直不给", "老板欠我三个月工资，一直不给！", "我想离婚孩子归谁"]
    assert near_duplicates(twins) == [(twins[0], twins[1])]


def test_同一句话不归两个意图() -> None:
    intents: dict[str, set[str]] = defaultdict(set)
    for text, intent in ALL:
        intents[plain(text) or text].add(intent)
    assert {text: names for text, names in intents.items() if len(names) > 1} == {}


def test_留出来测试的句子_没有一句拿去训练() -> None:
    folder = ROOT / "tests" / "nlu"
    held_out = {text for text, _ in examples(folder / "held_out.yml")}
    for name in ("danger_held_out.yml", "danger_oblique.yml"):
        held_out |= {line for lines in yaml.safe_load((folder / name).read_text("utf-8")).values() for line in lines}
    stories = yaml.safe_load((ROOT / "tests" / "knowledge" / "held_out.yaml").read_text("utf-8"))
    held_out |= set(stories.values())
    held_out |= {one["say"] for one in yaml.safe_load((folder / "several_topics.yml").read_text("utf-8"))}
    categories = [yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "bot" / "categories").glob("*.yaml")]
    learnt = {text for text, _ in ALL} | {text for one in categories for text in one["questions"]}
    long_ones = {text for text in held_out & learnt if len(plain(text)) >= SHORTEST}
    assert long_ones == set()


def test_二十个类别各有一个文件() -> None:
    categories = [yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "bot" / "categories").glob("*.yaml")]
    assert len({one["category"] for one in categories}) == len(categories) == 20
    known = {intent for _, intent in ALL}
    named = {intent for one in categories for intent in one.get("intents") or {}}
    assert named <= known
    questions = [text for one in categories for text in one["questions"]]
    assert len(questions) == len(set(questions))
