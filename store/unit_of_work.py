"""One transaction over all repositories, opened at the edge and committed before answering."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

from store.applications import Applications
from store.appointments import Appointments, WaitingList
from store.assessments import Assessments
from store.audit import Audit
from store.complaints import Complaints
from store.consultations import Consultations
from store.conversations import Buttons, Conversations, Events
from store.gaps import Gaps
from store.handoffs import Handoffs
from store.idempotency import AnsweredRequests
from store.lawyers import Lawyers
from store.operators import Operators
from store.outbox import Outbox
from store.privacy import Consents, Disclosures
from store.proofs import Proofs
from store.ratings import Ratings
from store.reports import Reports
from store.retention import Retention
from store.statutes import QuestionBank, Statutes
from store.work_orders import WorkOrders
from store.workstations import Rosters, Workstations

LOCK_WAIT_SECONDS, POOL_WAIT_SECONDS = 3, 1.5
"""How long a statement waits for another writer, and for a connection; a citizen hears of trouble within five seconds."""
POOL = {"pool_size": 10, "max_overflow": 25, "pool_timeout": POOL_WAIT_SECONDS}


class SqlUnitOfWork:
    """Fulfils `hotline.storage.UnitOfWork`."""

    def __init__(self, session: Session) -> None:
        self.conversations = Conversations(session)
        self.events = Events(session)
        self.buttons = Buttons(session)
        self.handoffs = Handoffs(session)
        self.appointments = Appointments(session)
        self.applications = Applications(session)
        self.proofs = Proofs(session)
        self.consultations = Consultations(session)
        self.assessments = Assessments(session)
        self.ratings = Ratings(session)
        self.complaints = Complaints(session)
        self.work_orders = WorkOrders(session)
        self.consents = Consents(session)
        self.disclosures = Disclosures(session)
        self.retention = Retention(session)
        self.reports = Reports(session)
        self.operators = Operators(session)
        self.audit = Audit(session)
        self.gaps = Gaps(session)
        self.outbox = Outbox(session)
        self.waiting = WaitingList(session)
        self.workstations = Workstations(session)
        self.rosters = Rosters(session)
        self.lawyers = Lawyers(session)
        self.answered_requests = AnsweredRequests(session)
        self.statutes = Statutes(session)
        self.question_bank = QuestionBank(session)


type OpenUow = Callable[[], AbstractContextManager[SqlUnitOfWork]]


def connect(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL that never waits longer than LOCK_WAIT_SECONDS for a lock."""
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            hide_parameters=True,  # errors name the statement, never what a citizen said
            connect_args={"timeout": LOCK_WAIT_SECONDS, "check_same_thread": False},
            **POOL,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    options = f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c idle_in_transaction_session_timeout=60s"
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 3},
        **POOL,
    )


def unit_of_work_factory(engine: Engine) -> tuple[OpenUow, OpenUow]:
    """Two openers: one for work that writes (commits at the end, rolls back on an exception), one for reading only."""

    @contextmanager
    def open_uow() -> Iterator[SqlUnitOfWork]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            uow = SqlUnitOfWork(session)
            yield uow
            uow.audit.write()

    reading = engine.execution_options(read_only=True)

    @contextmanager
    def open_reading() -> Iterator[SqlUnitOfWork]:
        with Session(reading, expire_on_commit=False) as session:
            yield SqlUnitOfWork(session)

    return open_uow, open_reading


def _prepare_sqlite(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves, see below
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start: a transaction that reads first and writes later could lose a race and fail."""
    reading = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
