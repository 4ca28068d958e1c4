"""A request sent twice has its effect once and its answer twice (Idempotency-Key)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hotline.errors import RequestReused
from hotline.storage import UnitOfWork

KEPT_FOR = timedelta(hours=24)


@dataclass(eq=False)
class AnsweredRequest:
    """A request of a conversation, and what it was answered."""

    conversation_id: UUID
    key: str
    request_hash: str
    response: dict[str, Any]
    answered_at: datetime


def answered(
    uow: UnitOfWork, conversation_id: UUID, key: str, request: dict[str, Any], at: datetime
) -> dict[str, Any] | None:
    """What the same request was answered within the last 24 hours; None if it is new.

    Locks the conversation, so that a repeat sent at the same moment waits for the first.

    Raises:
        RequestReused: the key came with another request.
    """
    uow.conversations.get_locked(conversation_id)
    known: AnsweredRequest | None = uow.answered_requests.get(conversation_id, key)
    if known is None:
        return None
    if at - known.answered_at >= KEPT_FOR:
        uow.answered_requests.remove(known)
        return None
    if known.request_hash != _hash(request):
        raise RequestReused(key)
    return known.response


def remember(
    uow: UnitOfWork, conversation_id: UUID, key: str, request: dict[str, Any], response: dict[str, Any], at: datetime
) -> None:
    """Keep the answer, in the transaction of the act."""
    uow.answered_requests.add(AnsweredRequest(conversation_id, key, _hash(request), response, at))


def _hash(request: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(request, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
