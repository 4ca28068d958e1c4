"""Assessments kept for replay: no person, no conversation, no time of day."""

from collections.abc import Iterator

from sqlalchemy import JSON, Column, Date, Table, select

from hotline.assessments import KeptAssessment
from store.columns import identity, mappings, metadata
from store.encryption import Encrypted
from store.repository import Repository

BATCH = 500

assessments = Table(
    "assessments",
    metadata,
    identity(),
    Column("facts", Encrypted("assessments.facts"), nullable=False),  # age and income may point to somebody even so
    Column("day", Date, nullable=False, index=True),
    Column("result", JSON, nullable=False),
)
mappings.map_imperatively(KeptAssessment, assessments)


class Assessments(Repository[KeptAssessment]):
    """Fulfils `hotline.storage.Assessments`."""

    def all(self) -> Iterator[KeptAssessment]:
        """Every one, the oldest day first, fetched in batches."""
        ordered = select(KeptAssessment).order_by(assessments.c.day, assessments.c.id)
        yield from self._session.scalars(ordered.execution_options(yield_per=BATCH))
