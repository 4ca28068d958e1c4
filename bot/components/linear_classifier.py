"""What the classifiers of intents and of categories share: one linear model over a message's characters and words."""

import inspect
import sys
from typing import Any, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot import homophones, linear
from bot.extraction import text as extraction_text
from bot.linear import LinearModel, Text

READ_AND_FITTED_BY = (linear, homophones, extraction_text)
Classifier = TypeVar("Classifier", bound="LinearClassifier")


class LinearClassifier(GraphComponent):
    """Keeps a linear model in Rasa's storage; who inherits it says what to learn from and what to write on a message."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @classmethod
    def create(
        cls: type[Classifier],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Classifier:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls: type[Classifier],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Classifier:
        with model_storage.read_from(resource) as directory:
            return cls(model_storage, resource, LinearModel.read(directory))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """How the model is fitted and the text read, so that a change there is not hidden by Rasa's cache."""
        modules = (*READ_AND_FITTED_BY, sys.modules[__name__], sys.modules[cls.__module__])
        return "".join(inspect.getsource(module) for module in modules)

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: LinearModel | None = None) -> None:
        self._model_storage, self._resource, self.model = model_storage, resource, model

    def keep(self, model: LinearModel) -> Resource:
        """Use a model from now on, and leave it for `load`."""
        self.model = model
        with self._model_storage.write_to(self._resource) as directory:
            model.write(directory)
        return self._resource


def text_of(message: Message, start: int = 0, end: int | None = None) -> Text:
    """The message, or the part of it from start to end, as the linear classifiers read it."""
    text = message.get(TEXT)
    end = len(text) if end is None else end
    words = [token.text for token in message.get(TOKENS_NAMES[TEXT]) or [] if start <= token.start < end]
    return Text.of(text[start:end], words)
