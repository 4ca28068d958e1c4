"""A PostgreSQL server of the tests' own, from the binaries that Debian installs.

A room that needs it imports the fixture into its conftest.py: `from tests.postgres import postgres_url`.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ORDINARY_USER = "postgres"  # Debian's package makes this user; the server refuses to run as root


def binaries() -> Path:
    """The folder with the newest installed server's programs."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    with_server = [folder for folder in folders if (folder / "initdb").exists()]
    if with_server:
        return with_server[-1]
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    pytest.fail("PostgreSQL is not installed; `make test` installs it on Debian, elsewhere please install it")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_ordinary_user(*command: str | Path) -> None:
    """Run one of the server's programs, never as root."""
    prefix = ["runuser", "-u", ORDINARY_USER, "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *map(str, command)], cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def running_postgres(durable: bool = False) -> Iterator[str]:
    """Address of an empty PostgreSQL that listens on loopback only and is gone after the block.

    Args:
        durable: wait for the disk at each commit, as in production; for measurements.
    """
    programs, port = binaries(), free_port()
    home = Path(tempfile.mkdtemp(prefix="yuanxian-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(home, ORDINARY_USER)
    cluster = home / "data"
    # What is lost with the machine may be lost: the tests need the constraints, not the disk.
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off"
    try:
        initdb = (
            programs / "initdb",
            "--auth=trust",
            "--username=yuanxian",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        as_ordinary_user(*initdb, "-D", cluster)
        as_ordinary_user(programs / "pg_ctl", "start", "-w", "-D", cluster, "-l", home / "log", "-o", options)
        try:
            yield f"postgresql+psycopg://yuanxian@127.0.0.1:{port}/postgres"
        finally:
            as_ordinary_user(programs / "pg_ctl", "stop", "-m", "immediate", "-D", cluster)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server for all tests of the session."""
    with running_postgres() as url:
        yield url
