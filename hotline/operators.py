"""Hotline staff: who they are, and their sessions on this server.

A login takes three steps, because checking a password takes long and must hold no lock: `password_to_match`, `matches`,
`log_in`.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hotline import audit
from hotline.errors import LoginRefused, NotPermitted, OperatorUnknown, PasswordTooShort
from hotline.permissions import MAY, Permission, Role
from hotline.storage import UnitOfWork

IDLE, ABSOLUTE = timedelta(minutes=20), timedelta(hours=12)
TRIES, LOCKOUT = 5, timedelta(minutes=15)
SHORTEST_PASSWORD = 10
UNKNOWN = "unknown"
"""Who tried a login that nobody has."""

# 19 MiB, two passes, one lane: OWASP's first choice, and a sixth of the library default's time on two cores.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash(secrets.token_hex(16))


@dataclass(eq=False)
class Operator:
    """A 值班人员 with a login."""

    login: str
    password_hash: str
    display_name: str
    created_at: datetime
    role: Role = Role.OPERATOR
    closed_at: datetime | None = None
    """Since when the login is shut: whoever has left keeps the name in the record, and gets in no more."""
    failed_logins: int = 0
    locked_until: datetime | None = None
    id: UUID = field(default_factory=uuid4)

    def may(self, permission: Permission) -> bool:
        """Whether the role gives this."""
        return permission in MAY[self.role]

    def require(self, permission: Permission) -> None:
        """Go on only with this permission.

        Raises:
            NotPermitted: the role does not give it.
        """
        if not self.may(permission):
            raise NotPermitted(permission)

    def refuse_if_locked(self, at: datetime) -> None:
        """Nobody gets in while locked, with whatever password.

        Raises:
            LoginRefused: the lock has not run out.
        """
        if self.locked_until is not None and self.locked_until > at:
            raise LoginRefused("locked")


@dataclass(eq=False)
class OperatorSession:
    """A login, known by the hash of its token."""

    token_hash: str
    operator_id: UUID
    opened_at: datetime
    expires_at: datetime


def hash_token(token: str) -> str:
    """What is stored of a bearer token: enough to recognise it, not to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    """What is stored of a password. Takes some 60 ms and 19 MiB: never within a transaction."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long as `hash_password`, also for None, an unknown login."""
    try:
        return _hasher.verify(password_hash or _nobody, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def enrol(
    uow: UnitOfWork, login: str, password_hash: str, display_name: str, at: datetime, role: Role = Role.OPERATOR
) -> Operator:
    """Add an operator, or give a known one this password, name and role; every session of the known one ends."""
    operator = uow.operators.by_login(login)
    if operator is None:
        operator = Operator(login, password_hash, display_name, at)
        uow.operators.add(operator)
    operator.password_hash, operator.display_name, operator.role = password_hash, display_name, role
    operator.closed_at, operator.locked_until, operator.failed_logins = None, None, 0
    uow.operators.end_sessions_of(operator.id)
    audit.record(uow, audit.SYSTEM, "operator.enrolled", login, at, role=role)
    return operator


def require_password(password: str) -> None:
    """Raises:
    PasswordTooShort: fewer than ten characters.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort


def change_role(uow: UnitOfWork, login: str, role: Role, at: datetime) -> None:
    """Give somebody another role, from the next request on.

    Raises:
        OperatorUnknown: nobody has that login.
    """
    operator = _known(uow, login)
    before, operator.role = operator.role, role
    audit.record(uow, audit.SYSTEM, "operator.role_changed", login, at, was=before, role=role)


def close(uow: UnitOfWork, login: str, at: datetime) -> None:
    """Shut a login, at once and in every open session; what was done under it stays in the record.

    Raises:
        OperatorUnknown: nobody has that login.
    """
    operator = _known(uow, login)
    operator.closed_at = at
    uow.operators.end_sessions_of(operator.id)
    audit.record(uow, audit.SYSTEM, "operator.closed", login, at)


def password_to_match(uow: UnitOfWork, login: str, at: datetime) -> str | None:
    """The hash that the password has to match, before a login; None if nobody has that login.

    Raises:
        LoginRefused: locked after five failures, for fifteen minutes.
    """
    operator = uow.operators.by_login(login)
    if operator is None or operator.closed_at is not None:
        return None
    operator.refuse_if_locked(at)
    return operator.password_hash


def log_in(uow: UnitOfWork, login: str, matched: str | None, at: datetime) -> str | None:
    """A session token, or None if refused. The caller commits either way, so that failed tries are counted.

    Args:
        matched: the hash that the password was found to match, outside this transaction; None if it did not match.

    Raises:
        LoginRefused: locked meanwhile.
    """
    operator = uow.operators.by_login(login)
    if operator is None or operator.closed_at is not None:
        audit.record(uow, UNKNOWN, "operator.login_refused", "", at)  # what was typed may be anything, a password too
        return None
    operator.refuse_if_locked(at)
    if matched is None or matched != operator.password_hash:
        operator.failed_logins += 1
        if operator.failed_logins >= TRIES:
            operator.failed_logins, operator.locked_until = 0, at + LOCKOUT
        audit.record(uow, operator.login, "operator.login_refused", "", at)
        return None
    operator.failed_logins, operator.locked_until = 0, None
    token = secrets.token_urlsafe(32)
    uow.operators.add_session(OperatorSession(hash_token(token), operator.id, at, at + IDLE))
    audit.record(uow, operator.login, "operator.logged_in", "", at)
    return token


def by_token(uow: UnitOfWork, token: str, at: datetime) -> Operator:
    """The operator behind a live session, whose idle time starts anew.

    Raises:
        LoginRefused: no such session, or it is over.
    """
    session = uow.operators.session(hash_token(token))
    if session is None or session.expires_at <= at:
        raise LoginRefused
    session.expires_at = min(at + IDLE, session.opened_at + ABSOLUTE)
    return uow.operators.get(session.operator_id)


def _known(uow: UnitOfWork, login: str) -> Operator:
    operator = uow.operators.by_login(login)
    if operator is None:
        raise OperatorUnknown(login)
    return operator
