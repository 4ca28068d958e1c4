"""Staff and their sessions."""

from uuid import UUID

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Uuid, delete, select

from hotline.errors import NotFound
from hotline.operators import Operator, OperatorSession
from hotline.permissions import Role
from store.columns import Moment, identity, mappings, metadata, word
from store.repository import Repository

operators = Table(
    "operators",
    metadata,
    identity(),
    Column("login", String(64), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("display_name", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("role", word(Role), nullable=False),
    Column("closed_at", Moment),
    Column("failed_logins", Integer, nullable=False),
    Column("locked_until", Moment),
)

operator_sessions = Table(
    "operator_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("operator_id", Uuid, ForeignKey("operators.id"), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

mappings.map_imperatively(Operator, operators)
mappings.map_imperatively(OperatorSession, operator_sessions)


class Operators(Repository[Operator]):
    """Fulfils `hotline.storage.Operators`."""

    def get(self, operator_id: UUID) -> Operator:
        """The operator.

        Raises:
            NotFound: no such id.
        """
        found = self._session.get(Operator, operator_id)
        if found is None:
            raise NotFound
        return found

    def by_login(self, login: str) -> Operator | None:
        """The operator with this login, held while failed logins are counted."""
        return self._session.scalar(select(Operator).where(operators.c.login == login).with_for_update())

    def add_session(self, session: OperatorSession) -> None:
        """Keep a login."""
        self._session.add(session)

    def session(self, token_hash: str) -> OperatorSession | None:
        """The login behind this token."""
        return self._session.get(OperatorSession, token_hash)

    def end_session(self, token_hash: str) -> None:
        """Forget a login."""
        found = self.session(token_hash)
        if found is not None:
            self._session.delete(found)

    def end_sessions_of(self, operator_id: UUID) -> None:
        """Forget every login of somebody."""
        self._session.flush()
        self._session.execute(delete(operator_sessions).where(operator_sessions.c.operator_id == operator_id))

    def all(self) -> list[Operator]:
        """Everybody who has or had a login, by login."""
        return list(self._session.scalars(select(Operator).order_by(operators.c.login)))
