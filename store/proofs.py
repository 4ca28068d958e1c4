"""What applicants sent as proof; the contents lie in files."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Uuid, select

from hotline.errors import NotFound
from hotline.proofs import Proof, ProofKind, Scan
from store.columns import Moment, identity, mappings, metadata, of_conversation, word
from store.repository import Repository

proofs = Table(
    "proofs",
    metadata,
    identity(),
    of_conversation(index=True),
    Column("application_id", Uuid, ForeignKey("applications.id"), index=True),
    Column("kind", word(ProofKind), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("scan", word(Scan), nullable=False),
    Column("uploaded_at", Moment, nullable=False),
    Column("idempotency_key", String(120), nullable=False, unique=True),
)
mappings.map_imperatively(Proof, proofs)


class Proofs(Repository[Proof]):
    """Fulfils `hotline.storage.Proofs`."""

    def get(self, proof_id: UUID) -> Proof:
        """The proof.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Proof, proof_id, with_for_update=True)
        if found is None:
            raise NotFound
        return found

    def by_key(self, idempotency_key: str) -> Proof | None:
        """The proof that this key already kept."""
        return self._session.scalar(select(Proof).where(proofs.c.idempotency_key == idempotency_key))

    def of_conversation(self, conversation_id: UUID) -> list[Proof]:
        """What one talk has brought, in order."""
        c = proofs.c
        return list(
            self._session.scalars(select(Proof).where(c.conversation_id == conversation_id).order_by(c.uploaded_at))
        )

    def of_application(self, application_id: UUID) -> list[Proof]:
        """What belongs to an application, in order."""
        c = proofs.c
        return list(
            self._session.scalars(select(Proof).where(c.application_id == application_id).order_by(c.uploaded_at))
        )

    def without_application(self, before: datetime) -> list[Proof]:
        """What was uploaded before a moment and belongs to no application."""
        c = proofs.c
        return list(
            self._session.scalars(select(Proof).where(c.application_id.is_(None), c.uploaded_at < before).limit(100))
        )

    def delete(self, proof: Proof) -> None:
        """Forget it; its content is the caller's business."""
        self._session.delete(proof)
