"""Giving a reply to the journey that is under way."""

from collections.abc import Mapping

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ActionAnswerQuestion
from actions.application_requests import ActionChangeApplication
from actions.applications import ActionSubmitApplication, ActionTellProgress
from actions.appointments import REMINDER_PHONE, ActionBookAppointment, hear_reminder_phone
from actions.base import Events, HotlineAction, intent_of
from actions.complaints import ActionStartComplaint
from actions.eligibility import ActionAssessEligibility, ActionTakeInformation
from actions.facts import notice
from actions.ratings import ActionRateService
from actions.workstations import ActionReferToWorkstation

LONG_ENOUGH = 8
"""Characters from which a message that tells no fact may be a question about law that the classifier did not know."""
JOURNEYS: Mapping[str, type[HotlineAction]] = {
    "eligibility": ActionAssessEligibility,
    "booking": ActionBookAppointment,
    "application": ActionSubmitApplication,
    "progress": ActionTellProgress,
    "change": ActionChangeApplication,
    "referral": ActionReferToWorkstation,
    "complaint": ActionStartComplaint,
    "rating": ActionRateService,
}


class ActionContinueJourney(HotlineAction):
    """是、不是、不知道、不想说, or a bare fact: what it means depends on what was asked.

    One rule and this table, because a rule with a condition on `journey` stops matching as soon as its own action ends
    the journey.
    """

    def name(self) -> str:
        """Called for `inform`, `affirm`, `deny`, `dont_know` and `refuse`."""
        return "action_continue_journey"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """In danger safety is repeated and nothing is asked; with nothing under way the reply starts nothing by itself."""
        journey = tracker.get_slot("journey") or "none"
        if journey == "safety":
            dispatcher.utter_message(response=f"utter_{tracker.get_slot('danger') or 'danger_violence'}")
            return []
        if journey == "none" and tracker.get_slot("asking") == REMINDER_PHONE:
            heard = hear_reminder_phone(self.services, dispatcher, tracker)
            if heard is not None:
                return heard
        if journey in JOURNEYS:
            return JOURNEYS[journey](self.services).answer(dispatcher, tracker)
        if intent_of(tracker) == "inform":
            if self._told_articles(dispatcher, tracker):
                return []
            return ActionTakeInformation(self.services).answer(dispatcher, tracker)
        refused = intent_of(tracker) == "refuse"
        dispatcher.utter_message(response="utter_fine_not_to_say" if refused else "utter_anything_else")
        return []

    def _told_articles(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Show the articles that stand out, where a message outside any journey tells no fact we know."""
        text = str(tracker.latest_message.get("text") or "")
        if len(text) < LONG_ENOUGH or notice(tracker):
            return False
        return ActionAnswerQuestion(self.services).tell_closest(dispatcher, tracker, None, None)
