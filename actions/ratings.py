"""Rating the service."""

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, conversation_id, set_slots
from hotline import handoffs, ratings
from hotline.errors import AlreadyRated


class ActionRateService(HotlineAction):
    """Take one to five; a low rating asks for a call back."""

    def name(self) -> str:
        """Called for `rate_service` and for the number asked for."""
        return "action_rate_service"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One rating a service."""
        scores = [e["value"] for e in tracker.latest_message.get("entities") or [] if e["entity"] == "rating"]
        if not scores:
            dispatcher.utter_message(response="utter_ask_rating")
            return set_slots(journey="rating", asking="rating")
        score = int(scores[0])
        try:
            with self.services.open_uow() as uow:
                ratings.rate(uow, conversation_id(tracker), score, None, self.services.now())
                if score <= ratings.LOW:
                    conversation = uow.conversations.get(conversation_id(tracker))
                    handoffs.request(uow, conversation, "dissatisfied", self.services.now(), hold=False)
        except AlreadyRated:
            dispatcher.utter_message(response="utter_already_rated")
            return set_slots(journey="none", asking=None)
        dispatcher.utter_message(response="utter_rated_low" if score <= ratings.LOW else "utter_rated")
        return set_slots(journey="none", asking=None)
