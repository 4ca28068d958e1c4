"""Where Rasa keeps conversations: in memory, and only the most recent ones.

The gateway owns every conversation and restores the slots of one that is not here (`action_session_start`), so nothing is
lost when an old one goes or the process dies, and citizens' words are not written to disk a second time.
"""

from typing import Any, Dict, Text

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

RECENT_CONVERSATIONS = 2000


class RecentTrackerStore(InMemoryTrackerStore):
    """An in-memory store that forgets the conversation unused for longest beyond RECENT_CONVERSATIONS."""

    def __init__(self, domain: Domain, event_broker: Any = None, **kwargs: Dict[Text, Any]) -> None:
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.store.pop(tracker.sender_id, None)  # a dict keeps the order of insertion: the first is the oldest
        await super().save(tracker)
        while len(self.store) > RECENT_CONVERSATIONS:
            del self.store[next(iter(self.store))]
