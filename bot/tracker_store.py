"""Where Rasa keeps conversations: as objects in memory, and only the most recent ones.

The gateway owns every conversation and restores the slots of one that is not here (`bot.channel.open_session`), so nothing is
lost when an old one goes or the process dies, and citizens' words are not written to disk a second time. Rasa's own
in-memory store writes each conversation to text and reads it back several times a turn: a third of a turn's time.
"""

from collections.abc import Iterable
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

RECENT_CONVERSATIONS = 2000


class RecentTrackerStore(TrackerStore):
    """Keeps RECENT_CONVERSATIONS conversations and forgets the one unused for longest.

    A turn that fails half-way leaves its conversation half changed; the gateway then opens a new session, so nobody meets it.
    """

    def __init__(self, domain: Domain, event_broker: Any = None, **kwargs: dict[str, Any]) -> None:
        self._trackers: dict[str, DialogueStateTracker] = {}
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the conversation as the most recently used one."""
        self._trackers.pop(tracker.sender_id, None)  # a dict keeps the order of insertion: the first is the oldest
        self._trackers[tracker.sender_id] = tracker
        while len(self._trackers) > RECENT_CONVERSATIONS:
            del self._trackers[next(iter(self._trackers))]

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, if it is still here."""
        return self._trackers.get(sender_id)

    async def keys(self) -> Iterable[str]:
        """The conversations that are here."""
        return self._trackers.keys()
