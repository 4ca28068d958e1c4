"""Applications for legal aid."""

from sqlalchemy import Boolean, Column, Date, Integer, String, Table, select

from hotline.applications import Application, ApplicationStatus
from store.columns import Moment, identity, mappings, metadata, of_conversation, word
from store.encryption import Encrypted
from store.repository import Repository

applications = Table(
    "applications",
    metadata,
    identity(),
    Column("number", String(16), nullable=False, unique=True),
    of_conversation(index=True),
    Column("agency", String(100), nullable=False),
    Column("region", String(6)),
    Column("matter", String(8), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("facts", Encrypted("applications.facts"), nullable=False),
    Column("applicant_name", Encrypted("applications.applicant_name"), nullable=False),
    Column("applicant_phone", Encrypted("applications.applicant_phone"), nullable=False),
    Column("phone_tail", Encrypted("applications.phone_tail"), nullable=False),
    Column("wants_woman_lawyer", Boolean),
    Column("status", word(ApplicationStatus), nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("wrong_tails", Integer, nullable=False),
    Column("wrong_tails_on", Date),
    Column("idempotency_key", String(120), nullable=False, unique=True),
)
mappings.map_imperatively(Application, applications)


class Applications(Repository[Application]):
    """Fulfils `hotline.storage.Applications`."""

    def by_key(self, idempotency_key: str) -> Application | None:
        """The application that this key already made."""
        return self._session.scalar(select(Application).where(applications.c.idempotency_key == idempotency_key))

    def by_number(self, number: str) -> Application | None:
        """The application with this number, held while its wrong tries are counted."""
        return self._session.scalar(select(Application).where(applications.c.number == number).with_for_update())
