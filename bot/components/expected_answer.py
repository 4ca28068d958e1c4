"""Reads a short reply in the light of the question that was just asked."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

LONGEST_REPLY = 16  # characters; longer sentences speak for themselves

# What each question expects; a reply that carries one of these entities answers it, whatever the words around it.
EXPECTED: dict[str, set[str]] = {
    "region": {"region"},
    "safe_region": {"region"},
    "income_yuan_per_person_month": {"money"},
    "income_yuan_per_month_self": {"money"},
    "income_yuan_per_person_year": {"money"},
    "age": {"age"},
    "days_to_limitation": {"duration", "date"},
    "appointment_time": {"date"},
    "appointment_phone": {"phone"},
    "reminder_phone": {"phone"},
    "applicant_phone": {"phone"},
    "application_number": {"application_number", "appointment_number"},
    "phone_tail": {"phone_tail", "phone"},
    "rating": {"rating"},
}
# Questions whose answer is the citizen's own words, however many.
OWN_WORDS = {
    "complaint_text",
    "case_summary",
    "lawyer_wishes",
    "identity_number",
    "home_visit_address",
    "appointment_address",
    "opponent_name",
    "objection_words",
    "lawyer_change_reason",
}
# Questions whose answer is a short text.
FREE_TEXT = {"applicant_name", "represented_name", "relation", "representation_ground", "hardship_proof"} | OWN_WORDS
# What may interrupt any question: these keep the intent that the classifier found.
INTERRUPTIONS = (
    "danger_",
    "ask_why",
    "refuse",
    "dont_know",
    "request_human",
    "correct",
    "cancel_appointment",
    "repeat",
    "goodbye",
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ExpectedAnswer(GraphComponent):
    """Turns a short reply that fits the pending question into `inform`.

    The gateway sends the slots with each turn, so `metadata.slots.asking` names the question the citizen is looking at.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ExpectedAnswer":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            asking = ((message.get(METADATA) or {}).get("slots") or {}).get("asking")
            if asking and self._fits(asking, message):
                inform = {"name": "inform", "confidence": 1.0}
                others = [one for one in message.get(INTENT_RANKING_KEY) or [] if one["name"] != "inform"]
                message.set(INTENT, inform, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [inform, *others], add_to_output=True)
        return messages

    @staticmethod
    def _fits(asking: str, message: Message) -> bool:
        text = message.get(TEXT) or ""
        intent = message.get(INTENT) or {}
        if text.startswith("/") or str(intent.get("name")).startswith(INTERRUPTIONS):
            return (
                asking in OWN_WORDS and len(text) > LONGEST_REPLY and not str(intent.get("name")).startswith("danger_")
            )
        if asking in FREE_TEXT:
            return asking in OWN_WORDS or len(text) <= LONGEST_REPLY
        found = {entity["entity"] for entity in message.get(ENTITIES) or []}
        return len(text) <= LONGEST_REPLY and bool(found & EXPECTED.get(asking, set()))
