"""Hotline staff: who they are, their sessions on this server, and the record of what they did."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hotline.errors import LoginRefused
from hotline.storage import UnitOfWork

IDLE, ABSOLUTE = timedelta(minutes=20), timedelta(hours=12)
TRIES, LOCKOUT = 5, timedelta(minutes=15)

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
    failed_logins: int = 0
    locked_until: datetime | None = None
    id: UUID = field(default_factory=uuid4)


@dataclass(eq=False)
class OperatorSession:
    """A login, known by the hash of its token."""

    token_hash: str
    operator_id: UUID
    opened_at: datetime
    expires_at: datetime


@dataclass(eq=False)
class AuditEntry:
    """Who did what to what, and when."""

    at: datetime
    actor: str
    act: str
    subject: str
    id: UUID = field(default_factory=uuid4)


def hash_token(token: str) -> str:
    """What is stored of a bearer token: enough to recognise it, not to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def enrol(uow: UnitOfWork, login: str, password: str, display_name: str, at: datetime) -> Operator:
    """Add an operator, or give a known one this password."""
    operator = uow.operators.by_login(login)
    if operator is None:
        operator = Operator(login, _hasher.hash(password), display_name, at)
        uow.operators.add(operator)
    elif not _matches(operator.password_hash, password):
        operator.password_hash = _hasher.hash(password)
    return operator


def log_in(uow: UnitOfWork, login: str, password: str, at: datetime) -> str | None:
    """A session token, or None if refused. The caller commits either way, so that failed tries are counted.

    An unknown login costs as much time as a wrong password, so that logins cannot be probed.

    Raises:
        LoginRefused: locked after five failures, for fifteen minutes.
    """
    operator = uow.operators.by_login(login)
    if operator is not None and operator.locked_until is not None and operator.locked_until > at:
        raise LoginRefused("locked")
    if not _matches(operator.password_hash if operator else _nobody, password) or operator is None:
        if operator is not None:
            operator.failed_logins += 1
            if operator.failed_logins >= TRIES:
                operator.failed_logins, operator.locked_until = 0, at + LOCKOUT
        uow.audit.add(AuditEntry(at, login, "operator.login_refused", ""))
        return None
    operator.failed_logins, operator.locked_until = 0, None
    token = secrets.token_urlsafe(32)
    uow.operators.add_session(OperatorSession(hash_token(token), operator.id, at, at + IDLE))
    uow.audit.add(AuditEntry(at, operator.login, "operator.logged_in", ""))
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


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
