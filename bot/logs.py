"""What Rasa may write into its log: what happened and where, never a citizen's words.

Rasa 3.6 logs an exception with the values of all local variables, and some warnings with the text or the slots they are
about.
"""

import sys
import traceback
from typing import Any

import structlog

SAFE = {"event", "event_info", "level", "timestamp", "action_name", "policy_name", "component_name"}
FRAMES = 6


def only_what_happened(_logger: object, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor: of an entry, what cannot hold words of a citizen; of an exception, its kind and its place."""
    safe = {key: value for key, value in entry.items() if key in SAFE}
    error = _exception_of(entry.get("exc_info"))
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        safe["error"] = type(error).__name__
        safe["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return safe


def keep_words_out() -> None:
    """Put the filter before whatever renders Rasa's log entries; in place, as loggers already in use share the list."""
    processors = structlog.get_config()["processors"]
    if only_what_happened not in processors:
        set_exc_info = structlog.dev.set_exc_info
        place = processors.index(set_exc_info) + 1 if set_exc_info in processors else 0
        processors.insert(place, only_what_happened)


def _exception_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    elif exc_info is True:
        exc_info = sys.exc_info()[1]
    return exc_info if isinstance(exc_info, BaseException) else None
