"""Requests that were answered, for as long as they may be repeated."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, String, Table, delete

from hotline.idempotency import AnsweredRequest
from store.columns import Moment, mappings, metadata, of_conversation
from store.encryption import Encrypted
from store.repository import Repository

answered_requests = Table(
    "answered_requests",
    metadata,
    of_conversation(primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("response", Encrypted("answered_requests.response"), nullable=False),
    Column("answered_at", Moment, nullable=False, index=True),
)
mappings.map_imperatively(AnsweredRequest, answered_requests)


class AnsweredRequests(Repository[AnsweredRequest]):
    """Fulfils `hotline.storage.AnsweredRequests`."""

    def get(self, conversation_id: UUID, key: str) -> AnsweredRequest | None:
        """The request of this conversation with this key."""
        return self._session.get(AnsweredRequest, (conversation_id, key))

    def remove(self, request: AnsweredRequest) -> None:
        """Forget it; at once, so that its key can be used again."""
        self._session.delete(request)
        self._session.flush()

    def erase_before(self, moment: datetime) -> None:
        """Forget all that can no longer be repeated."""
        self._session.execute(delete(answered_requests).where(answered_requests.c.answered_at < moment))
