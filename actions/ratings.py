"""Rating the service."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, conversation_id, request_key, set_slots
from hotline import ratings
from hotline.errors import AlreadyRated


class ActionRateService(HotlineAction):
    """Take one to five; after a low one somebody asks what went wrong."""

    def name(self) -> str:
        """Called for `rate_service` and for the number asked for."""
        return "action_rate_service"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One rating a service: of the talk, or of the appointment whose button was pressed."""
        scores = _entities(tracker, "rating")
        if not scores:
            dispatcher.utter_message(response="utter_ask_rating")
            service = next(iter(_entities(tracker, "rated_service")), None)
            return set_slots(journey="rating", asking="rating", rated_service=service)
        score, key = int(scores[0]), request_key(tracker, "rating")
        service = tracker.get_slot("rated_service") or ratings.TALK
        try:
            with self.services.open_uow() as uow:
                ratings.rate(uow, conversation_id(tracker), score, None, key, self.services.now(), service)
        except AlreadyRated:
            dispatcher.utter_message(response="utter_already_rated")
        else:
            dispatcher.utter_message(response="utter_rated_low" if score <= ratings.LOW else "utter_rated")
        return set_slots(journey="none", asking=None, rated_service=None)


def _entities(tracker: Tracker, name: str) -> list[Any]:
    return [e["value"] for e in tracker.latest_message.get("entities") or [] if e["entity"] == name]
