"""Finds the facts in a message: places, money, times, ages, persons, numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.extraction import facts, regions
from bot.extraction.spans import Span

CHINA = timezone(timedelta(hours=8))  # Asia/Shanghai has had no summer time since 1991
LONGEST_READ = 2000  # characters, as many as the channel lets through


def today_in_china() -> date:
    """The day it is for the caller."""
    return datetime.now(CHINA).date()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactExtractor(GraphComponent):
    """Appends the facts of a message to its entities.

    Entities are region, money, duration, date, age, role, phone, phone_tail, application_number, appointment_number,
    rating and person_count; what their values look like stands in bot/extraction, in the function `find` of each
    module. An entity with `bare` is one reading of a naked number: believe it only if that was asked for.
    """

    def __init__(self, gazetteer: regions.Gazetteer, today: Callable[[], date] = today_in_china) -> None:
        self._gazetteer = gazetteer
        self._today = today

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`divisions`: the file of divisions; `today`: an ISO date for tests and replays, else the clock."""
        return {"divisions": str(regions.DIVISIONS), "today": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FactExtractor:
        """Build the component (Rasa's interface)."""
        gazetteer = regions.load(Path(config["divisions"]))
        if config.get("today"):
            fixed = date.fromisoformat(str(config["today"]))
            return cls(gazetteer, lambda: fixed)
        return cls(gazetteer)

    def process(self, messages: list[Message]) -> list[Message]:
        """Append entities; those that others found stay."""
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith("/"):
                spans = facts.find(text[:LONGEST_READ], self._today(), self._gazetteer)
                message.set(ENTITIES, [*message.get(ENTITIES, []), *map(as_entity, spans)], add_to_output=True)
        return messages


def as_entity(span: Span) -> dict[str, Any]:
    """Rasa's shape. `role` of a region is Rasa's own entity role, so that a slot can be filled from one role only."""
    return {
        **span.extras,
        "entity": span.kind,
        "start": span.start,
        "end": span.end,
        "value": span.value,
        "confidence": span.confidence,
        "extractor": FactExtractor.__name__,
    }
