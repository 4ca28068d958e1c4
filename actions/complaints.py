"""Starting a complaint."""

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, conversation_id, intent_of, request_key, set_slots
from hotline import audit, complaints, consultations


class ActionStartComplaint(HotlineAction):
    """Ask what happened, keep the citizen's words, give a number."""

    def name(self) -> str:
        """Called for `complain` and for the words asked for."""
        return "action_start_complaint"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The words are kept as they were said."""
        if tracker.get_slot("asking") != "complaint_text" or intent_of(tracker) == "complain":
            dispatcher.utter_message(response="utter_ask_complaint_text")
            return set_slots(journey="complaint", asking="complaint_text")
        now, words = self.services.now(), str(tracker.latest_message.get("text") or "")
        with self.services.open_uow() as uow:
            conversation = uow.conversations.get(conversation_id(tracker))
            consultations.note(uow, conversation, now, disposition="complaint")
            complaint = complaints.file(
                uow,
                words,
                request_key(tracker, "complaint"),
                audit.CITIZEN,
                now,
                conversation_id=conversation.id,
                region=tracker.get_slot("region"),
            )
        dispatcher.utter_message(response="utter_complaint_filed", number=complaint.number)
        return set_slots(journey="none", asking=None)
