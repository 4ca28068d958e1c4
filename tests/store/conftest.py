"""Each test of this room runs twice: on a SQLite file and on a PostgreSQL server of the tests' own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from store.columns import metadata
from store.encryption import use_key
from store.migrate import upgrade
from store.unit_of_work import OpenUow, connect, unit_of_work_factory
from tests.conftest import ENCRYPTION_KEY
from tests.postgres import postgres_url

__all__ = ["postgres_url"]
DATABASES = ("SQLite", "PostgreSQL")


@pytest.fixture(autouse=True)
def the_usual_key_afterwards() -> Iterator[None]:
    """Some tests change the process's key; the next one shall not notice."""
    yield
    use_key(ENCRYPTION_KEY)


@pytest.fixture(scope="session")
def migrated_postgres(request: pytest.FixtureRequest) -> Engine:
    """The PostgreSQL server with the current schema; each test empties it before use."""
    engine = connect(request.getfixturevalue("postgres_url"))
    upgrade(engine)
    request.addfinalizer(engine.dispose)
    return engine


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """A database of the current schema, without a row."""
    use_key(ENCRYPTION_KEY)
    if request.param == "SQLite":
        found: Engine = request.getfixturevalue("sqlite_engine")
        return found
    postgres: Engine = request.getfixturevalue("migrated_postgres")
    with postgres.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # past the trigger that guards audit
        connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} CASCADE"))
    return postgres


@pytest.fixture(params=DATABASES)
def bare_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database to which no migration has been applied."""
    use_key(ENCRYPTION_KEY)
    if request.param == "SQLite":
        url = f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        server = request.getfixturevalue("postgres_url")
        with connect(server).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE IF EXISTS bare"))
            connection.execute(text("CREATE DATABASE bare"))
        url = server.rsplit("/", 1)[0] + "/bare"
    found = connect(url)
    yield found
    found.dispose()


@pytest.fixture
def open_uow(engine: Engine) -> OpenUow:
    return unit_of_work_factory(engine)[0]


@pytest.fixture
def open_reading(engine: Engine) -> OpenUow:
    return unit_of_work_factory(engine)[1]
