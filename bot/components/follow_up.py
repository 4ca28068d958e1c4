"""Reads a short question in the light of the answer that was just given: 「那要多久」 asks about what was answered last."""

import re
import unicodedata
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.topics import topic_of

FOLLOWS_ON = "follows_on"
"""Where a parsed message says that it goes on from the last answer."""
LONGEST = 14  # letters and digits; a longer question says what it is about
MARKS = re.compile(r"\W+")
ASKS = re.compile(
    r"怎么|咋|多久|多长|几天|几年|啥时候|什么|啥|多少|哪|谁|吗|么$|呢$|行不行|能不能|可不可以|要不要|免费不"
)
ONLY_ANSWERS_WITH = re.compile(r"呢$|么$|吧$")
"""没有呢 answers a pending question; as a question it is heard only when nothing is pending."""
OWN_MATTER = 0.45
"""From here on the classifier is believed to have heard a matter of its own in the question."""
PROCEDURE = {"court", "administrative", "legal_aid"}
"""材料, 费用 and 不服 sound like these, whatever they are asked about."""
SURE = 0.5
NEVER = ("danger_", "safe_now", "request_human")
WHEN_SURE = ("repeat", "goodbye", "correct", "ask_why", "ask_article", "greet", "thank", "bot_challenge", "insult", "out_of_scope", "rate_service", "complain", "cancel_appointment", "change_appointment", "book_appointment", "apply_legal_aid", "organisation_request", "dont_know", "refuse")  # fmt: skip
# Where an intent of our own service is meant unless the words are as bare as these.
BARE = {
    "find_workstation": re.compile(r"那?(?:要|应该|得|该|我)?(?:去|到|在)?(?:哪里|哪儿|哪|什么地方|啥地方)?(?:去)?(?:申请|办|办理|告|交|弄|投诉|起诉|立案)?(?:啊|呀|呢)?"),
    "ask_progress": re.compile(r"那?(?:一般|大概|大约|最快|最长)?(?:要|得)?(?:多久|多长时间|几天|什么时候)(?:能|会|可以)?(?:有|出|拿到|知道)?(?:结果|答复|钱)?(?:啊|呀|呢)?|.*(?:没|不|未)批.*|.*(?:被拒|驳回).*"),
    "check_eligibility": re.compile(r".*(?:过期|过了|超过|晚了|超期).*"),
}  # fmt: skip


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FollowUp(GraphComponent):
    """Gives a short question without a matter of its own the topic of the last answer.

    The gateway sends the slots with each turn: `metadata.slots.topic` is the topic that was answered last.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "FollowUp":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            slots = (message.get(METADATA) or {}).get("slots") or {}
            topic = slots.get("topic")
            if topic and follows_on(message.get(TEXT) or "", message.get(INTENT) or {}, slots):
                goes_on = {"name": f"ask_{topic}", "confidence": 1.0}
                others = [one for one in message.get(INTENT_RANKING_KEY) or [] if one["name"] != goes_on["name"]]
                message.set(INTENT, goes_on, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [goes_on, *others], add_to_output=True)
                message.set(FOLLOWS_ON, True, add_to_output=True)
        return messages


def follows_on(text: str, intent: dict[str, Any], slots: dict[str, Any]) -> bool:
    """Whether a message is a short question that names no matter of its own."""
    plain = MARKS.sub("", unicodedata.normalize("NFKC", text))
    pending = bool(slots.get("asking"))
    if text.startswith("/") or len(plain) > LONGEST or not ASKS.search(plain) or slots.get("journey") == "safety":
        return False
    if pending and not ASKS.search(ONLY_ANSWERS_WITH.sub("", plain)):
        return False
    name, confidence = str(intent.get("name")), float(intent.get("confidence") or 0.0)
    if name.startswith(NEVER) or (name in WHEN_SURE and confidence >= SURE):
        return False
    if name in BARE:
        return bool(BARE[name].fullmatch(plain)) and not _about_our_service(name, slots)
    if pending and name in ("affirm", "deny", "inform"):
        return False
    topic = topic_of(name)
    return topic in PROCEDURE | {None, slots.get("topic")} or confidence < OWN_MATTER


def _about_our_service(intent: str, slots: dict[str, Any]) -> bool:
    """Whether the same bare words ask for our own service: where to apply for aid, how far an application is."""
    if intent == "find_workstation":
        return slots.get("topic") == "legal_aid" or slots.get("journey") not in (None, "none", "eligibility")
    return intent == "ask_progress" and bool(slots.get("application_number"))
