"""The components inside Rasa's pipeline."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.extractors import FactExtractor
from bot.components.normaliser import TextNormaliser
from bot.extraction import regions

TIDY = yaml.safe_load((Path(__file__).parent / "extraction" / "tidy.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def normaliser() -> TextNormaliser:
    return TextNormaliser()


@pytest.fixture(scope="module")
def extractor() -> FactExtractor:
    return FactExtractor(regions.load(), lambda: date(2026, 11, 22))


@pytest.mark.parametrize("case", TIDY, ids=[case["text"] or "空" for case in TIDY])
def test_全角繁体和口头语先理顺(normaliser: TextNormaliser, case: dict[str, Any]) -> None:
    message = Message(data={TEXT: case["text"]})
    normaliser.process([message])
    assert message.get(TEXT) == case["tidy"]


def test_按钮和训练例句各按各的办(normaliser: TextNormaliser) -> None:
    button = Message(data={TEXT: '/inform{"region": "３４"}'})
    assert normaliser.process([button])[0].get(TEXT) == '/inform{"region": "３４"}'
    data = normaliser.process_training_data(
        TrainingData([Message(data={TEXT: "嗯嗯，老闆不給錢", "intent": "report_unpaid_wages"})])
    )
    assert data.training_examples[0].get(TEXT) == "老板不给钱"


def test_要件句的事实都在_能写成JSON(normaliser: TextNormaliser, extractor: FactExtractor) -> None:
    message = Message(data={TEXT: "我在合肥蜀山区工地干活，老板欠我四个月工资两万八一直不给，我是从六安来打工的"})
    extractor.process(normaliser.process([message]))
    entities = json.loads(json.dumps(message.get(ENTITIES), ensure_ascii=False))
    values = {(e["entity"], e.get("role")): e["value"] for e in entities}
    assert values == {
        ("region", "place"): "340104",
        ("region", "origin"): "341500",
        ("money", None): "28000.00",
        ("duration", None): {"value": 4, "unit": "month"},
        ("role", None): "migrant_worker",
    }
    assert {e["extractor"] for e in entities} == {"FactExtractor"}


def test_别人找到的实体留着_按钮不再读(extractor: FactExtractor) -> None:
    found_before = {"entity": "matter", "start": 0, "end": 2, "value": "M05A", "extractor": "another"}
    message = Message(data={TEXT: "工资三千元", ENTITIES: [found_before]})
    assert [e["entity"] for e in extractor.process([message])[0].get(ENTITIES)] == ["matter", "money"]
    button = Message(data={TEXT: "/inform合肥"})
    assert not extractor.process([button])[0].get(ENTITIES)


def test_今天可以由配置固定(extractor: FactExtractor) -> None:
    config = {**FactExtractor.get_default_config(), "today": "2026-01-31"}
    fixed = FactExtractor.create(config, None, None, None)
    message = Message(data={TEXT: "明天上午"})
    assert fixed.process([message])[0].get(ENTITIES)[0]["value"]["from"] == "2026-02-01"
