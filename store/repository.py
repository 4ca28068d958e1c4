"""What all repositories share."""

from sqlalchemy.orm import Session


class Repository[T]:
    """What every aggregate can do: be added."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entity: T) -> None:
        """Keep it; written at the latest when the unit of work commits."""
        self._session.add(entity)
