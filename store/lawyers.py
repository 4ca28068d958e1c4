"""The agency's register of lawyers."""

from collections.abc import Iterable

from sqlalchemy import JSON, Boolean, Column, Date, String, Table, delete, select
from sqlalchemy.orm import Session

from hotline.application_form import Sex
from hotline.lawyers import Lawyer
from store.columns import mappings, metadata, word

lawyers = Table(
    "lawyers",
    metadata,
    Column("licence_number", String(32), primary_key=True),
    Column("name", String(50), nullable=False),
    Column("firm", String(100), nullable=False),
    Column("sex", word(Sex), nullable=False),
    Column("practising_since", Date, nullable=False),
    Column("conduct_clear", Boolean, nullable=False),
    Column("open_to_choice", Boolean, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("specialities", JSON, nullable=False),
    Column("stations", JSON, nullable=False),
    Column("regions", JSON, nullable=False),
)
mappings.map_imperatively(Lawyer, lawyers)


class Lawyers:
    """Fulfils `hotline.storage.Lawyers`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, licence_number: str) -> Lawyer | None:
        """The lawyer with this licence."""
        return self._session.get(Lawyer, licence_number)

    def all(self) -> list[Lawyer]:
        """The whole register, by name."""
        c = lawyers.c
        return list(self._session.scalars(select(Lawyer).order_by(c.name, c.licence_number)))

    def replace(self, register: Iterable[Lawyer]) -> None:
        """Put this register in place of the one that was kept."""
        rows = [{column.name: getattr(one, column.name) for column in lawyers.c} for one in register]
        self._session.execute(delete(Lawyer))
        if rows:
            self._session.execute(lawyers.insert(), rows)
