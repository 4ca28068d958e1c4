"""Opening a Rasa session with what the gateway kept of the conversation."""

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, HotlineAction, set_slots


class ActionSessionStart(HotlineAction):
    """Restore the slots after a restart, after a hand-off, and when a long conversation is cut into sessions."""

    def name(self) -> str:
        """Rasa calls it at the start of every session."""
        return "action_session_start"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The gateway sends the slots with every turn; Rasa hands over those of the turn that opens the session."""
        metadata = tracker.get_slot("session_started_metadata") or {}
        kept = metadata.get("slots") or {}
        opening: Events = [{"event": "session_started", "timestamp": None}]
        listening: Events = [
            {"event": "action", "timestamp": None, "name": "action_listen", "policy": None, "confidence": None}
        ]
        return opening + set_slots(**kept) + listening
