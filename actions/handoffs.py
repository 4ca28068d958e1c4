"""Calling a person: on request, and in danger."""

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, intent_of, set_slots
from actions.eligibility import ActionAssessEligibility

GUESSES_READ = 4


class ActionHandOver(HotlineAction):
    """Put the citizen in the queue and say how many wait in front."""

    def name(self) -> str:
        """Called for `request_human`."""
        return "action_hand_over"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """While a person is on the way the bot does not answer; the citizen may take that back."""
        ahead = self.call_person(tracker, "requested", hold=True)
        dispatcher.utter_message(response="utter_handover", ahead=str(ahead))
        return set_slots(misunderstood=0)


class ActionAlertOperator(HotlineAction):
    """Danger: alarm the operators, stop every interview, stay with the citizen."""

    def name(self) -> str:
        """Called after the safety sentence of every `danger_…`."""
        return "action_alert_operator"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The bot goes on answering: an alarm must not silence it."""
        intent = intent_of(tracker)
        self.call_person(tracker, intent, hold=False)
        matter = {"matter": "N04"} if intent == "danger_violence" else {}
        return set_slots(journey="safety", asking=None, danger=intent, **matter)


class ActionWelcomeSafe(HotlineAction):
    """我安全了: after violence, the protection order and aid; after other dangers, a person."""

    def name(self) -> str:
        """Called for `safe_now`."""
        return "action_welcome_safe"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Aid for victims of violence does not look at income (法律援助法 第三十二条)."""
        danger = tracker.get_slot("danger")
        if danger is None and tracker.get_slot("matter") != "N04" and not _tells_violence(tracker):
            dispatcher.utter_message(response="utter_anything_else")
            return []
        if danger not in (None, "danger_violence"):
            dispatcher.utter_message(response="utter_safe_other")
            return set_slots(journey="none", asking=None, danger=None)
        dispatcher.utter_message(response="utter_safe_now")
        events = set_slots(journey="none", asking=None, danger=None, matter="N04")
        return events + ActionAssessEligibility(self.services).go_on(dispatcher, tracker, {"matter": "N04"})


def _tells_violence(tracker: Tracker) -> bool:
    """Whether the sentence that says 我安全了 tells of violence as well: the classifier's next guesses know."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    return any(str(one["name"]).endswith(("domestic_violence", "danger_violence")) for one in ranking[:GUESSES_READ])
