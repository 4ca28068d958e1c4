"""Brings a message to one form before anything else reads it.

Half width, simplified characters, no hemming, and legal terms as they are written where voice input misheard them.
"""

from __future__ import annotations

from typing import Any

import opencc
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.extraction.text import tidy
from bot.homophones import Homophones


# Registered as a tokenizer because only those and featurizers also run over the training data, and nothing may stand
# before them. It makes no tokens; Rasa's one-tokenizer check looks at the base class and passes.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class TextNormaliser(GraphComponent):
    """Rewrites the text of a message; entity positions found later refer to the rewritten text."""

    def __init__(self) -> None:
        self._to_simplified = opencc.OpenCC("t2s")
        self._homophones = Homophones.load()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNormaliser:
        """Build the component (Rasa's interface)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Rewrite what citizens say; button payloads such as /inform{...} and annotated examples stay as they are."""
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith("/") and not message.get(ENTITIES):
                message.set(TEXT, self.rewrite(text), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Rewrite the examples in the same way."""
        self.process(training_data.training_examples)
        return training_data

    def rewrite(self, text: str) -> str:
        """Give the text in the form that the rest of the pipeline reads."""
        simplified: str = self._to_simplified.convert(text)
        return self._homophones.repair(tidy(simplified))
