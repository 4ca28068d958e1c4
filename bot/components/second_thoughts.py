"""Doubts a first guess that has consequences, or that the length of the message speaks against."""

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

MORE_LIKELY_THAN_NOT = 0.5
CONSEQUENCES = ("report_", "organisation_request")
"""These start an assessment of their own matter: a wrong guess sends the citizen the wrong way."""
ASKS, DANGER = "ask_", "danger_"
SAFE = re.compile("安全|没事了|逃|跑出|出来了|躲到")
"""Without one of these a long message does not say that somebody is safe."""
OUR_OWN = ("ask_progress", "ask_why", "ask_article")
"""Not about a branch of law, though the name begins alike."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SecondThoughts(GraphComponent):
    """Puts the likeliest question about law first where the first guess is not believed.

    Nobody says thank you in forty characters: thanks, replies and other doings are not believed of a message that is longer
    than any example of theirs, unless a question is pending that it may answer at length. What starts an assessment is
    believed when it is more likely than not. Dangers are not doubted here; what stands behind one is, because it comes
    first when `DangerDetector` does not believe the danger.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SecondThoughts":
        return cls(model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SecondThoughts":
        with model_storage.read_from(resource) as directory:
            return cls(model_storage, resource, json.loads((directory / "longest.json").read_text(encoding="utf-8")))

    def __init__(self, model_storage: ModelStorage, resource: Resource, longest: dict[str, int]) -> None:
        self._model_storage, self._resource, self._longest = model_storage, resource, longest

    def train(self, training_data: TrainingData) -> Resource:
        """Learn how long a message of each intent can be, in characters."""
        for one in training_data.intent_examples:
            intent, length = str(one.get(INTENT)), len(one.get(TEXT) or "")
            self._longest[intent] = max(self._longest.get(intent, 0), length)
        with self._model_storage.write_to(self._resource) as directory:
            (directory / "longest.json").write_text(json.dumps(self._longest), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            place = next((at for at, one in enumerate(ranking) if not one["name"].startswith(DANGER)), None)
            if place is None or self._believed(message, ranking[place]):
                continue
            question = next((one for one in ranking if _is_question(one["name"])), None)
            if question is not None:
                behind = [one for one in ranking[place:] if one is not question]
                ranking = [*ranking[:place], question, *behind]
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _believed(self, message: Message, first: dict[str, Any]) -> bool:
        name = first["name"]
        if name.startswith(CONSEQUENCES):
            return bool(first["confidence"] >= MORE_LIKELY_THAN_NOT)
        if _is_question(name):
            return True
        if name == "safe_now" and SAFE.search(message.get(TEXT) or ""):
            return True
        pending = ((message.get(METADATA) or {}).get("slots") or {}).get("asking")
        return bool(pending) or len(message.get(TEXT) or "") <= self._longest.get(name, 0)


def _is_question(name: str) -> bool:
    return name.startswith(ASKS) and name not in OUR_OWN
