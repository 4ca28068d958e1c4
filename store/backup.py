"""Backup and restore of all our tables, the same way for SQLite and PostgreSQL, while the service runs.

A backup is one snapshot of every row, compressed and encrypted as a whole; personal fields are encrypted a second time,
as in the database. It needs the encryption key, which therefore has to be kept somewhere else. Restoring wants an empty
database and the version of the program that made the backup; `yuanxian db upgrade` comes after it.
"""

import base64
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, Table, func, insert, select, text

import store.unit_of_work  # noqa: F401  # every table is known once all repositories are
from store.columns import metadata
from store.encryption import KEY_ID_BYTES, Keys
from store.migrate import upgrade

MAGIC = b"YUANXIAN-BACKUP-1"
FRAME_BYTES, ROWS_AT_ONCE = 1 << 20, 500
PREFIX_BYTES = 8
MORE, LAST = b"more", b"last"
"""What each frame is sealed with besides its number, so that a backup cut short is noticed."""


class BackupUnusable(Exception):
    """The file is no whole backup of ours, or does not fit; the message says which and what to do."""


def back_up(engine: Engine, file: Path) -> dict[str, int]:
    """Write a backup, readable by its owner only; how many rows of each table. The file appears when it is complete."""
    half = file.with_name(f"{file.name}.part")
    counts: dict[str, int] = {}
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        with snapshot(engine) as connection:
            _write_frames(out, _compressed(_lines(connection, counts)))
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)
    return counts


def restore(engine: Engine, file: Path) -> dict[str, int]:
    """Fill an empty database from a backup, all or nothing; how many rows of each table.

    Raises:
        BackupUnusable: damaged, cut short, of another key or version, or the database is not empty.
    """
    with file.open("rb") as source:
        lines = _decompressed(_read_frames(source))
        head = json.loads(next(lines))
        upgrade(engine)
        counts: dict[str, int] = {}
        with engine.begin() as connection:
            if (known := _revision(connection)) != head["revision"]:
                raise BackupUnusable(
                    f"the backup is of schema {head['revision']}, this program of {known}; use that version"
                )
            _refuse_if_filled(connection)
            for name, rows in _by_table(lines):
                connection.execute(insert(metadata.tables[name]), rows)
                counts[name] = counts.get(name, 0) + len(rows)
            if counts != {name: count for name, count in head["rows"].items() if count}:
                raise BackupUnusable("the backup has other rows than it says; take another one")
    return counts


def snapshot(engine: Engine) -> Connection:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.connect().execution_options(read_only=True)


def _lines(connection: Connection, counts: dict[str, int]) -> Iterator[bytes]:
    for table in metadata.sorted_tables:
        counts[table.name] = connection.scalar(select(func.count()).select_from(table)) or 0
    yield _json({"revision": _revision(connection), "rows": counts})
    for table in metadata.sorted_tables:
        yield from _rows(connection, table)


def _rows(connection: Connection, table: Table) -> Iterator[bytes]:
    with connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)) as found:
        for rows in found.partitions():
            yield _json(
                {"table": table.name, "rows": [{c: _packed(v) for c, v in row._mapping.items()} for row in rows]}
            )


def _by_table(lines: Iterator[bytes]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for line in lines:
        batch = json.loads(line)
        yield batch["table"], [{name: _unpacked(value) for name, value in row.items()} for row in batch["rows"]]


def _refuse_if_filled(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise BackupUnusable(f"the database is not empty: {table.name} has rows; restore into a new one")


def _revision(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _packed(value: Any) -> Any:
    """A column's value in JSON: what JSON does not know is a pair of kind and text, so JSON's own lists are a pair too."""
    if isinstance(value, bytes):
        return ["bytes", base64.b64encode(value).decode()]
    if isinstance(value, datetime):
        return ["moment", value.isoformat()]
    if isinstance(value, date):
        return ["day", value.isoformat()]
    if isinstance(value, UUID):
        return ["id", value.hex]
    return ["json", value] if isinstance(value, list | dict) else value


def _unpacked(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, packed = value
    match kind:
        case "bytes":
            return base64.b64decode(packed)
        case "moment":
            return datetime.fromisoformat(packed)
        case "day":
            return date.fromisoformat(packed)
        case "id":
            return UUID(packed)
    return packed


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _compressed(lines: Iterable[bytes]) -> Iterator[bytes]:
    squeeze = zlib.compressobj()
    for line in lines:
        yield squeeze.compress(line)
    yield squeeze.flush()


def _decompressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    expand, left = zlib.decompressobj(), b""
    for chunk in chunks:
        *lines, left = (left + expand.decompress(chunk)).split(b"\n")
        yield from lines


def _write_frames(out: IO[bytes], chunks: Iterable[bytes]) -> None:
    key, prefix = Keys.ring[0], os.urandom(PREFIX_BYTES)
    out.write(MAGIC + key.id + prefix)
    cipher, waiting, number = AESGCM(key.derived("backup")), b"", 0
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > FRAME_BYTES:
            _write_frame(out, cipher, prefix, number, waiting[:FRAME_BYTES], MORE)
            waiting, number = waiting[FRAME_BYTES:], number + 1
    _write_frame(out, cipher, prefix, number, waiting, LAST)


def _write_frame(out: IO[bytes], cipher: AESGCM, prefix: bytes, number: int, plain: bytes, place: bytes) -> None:
    sealed = cipher.encrypt(prefix + struct.pack(">I", number), plain, MAGIC + place)
    out.write(struct.pack(">I?", len(sealed), place == LAST) + sealed)


def _read_frames(source: IO[bytes]) -> Iterator[bytes]:
    if source.read(len(MAGIC)) != MAGIC:
        raise BackupUnusable("this is no backup of 援线")
    key_id, prefix = source.read(KEY_ID_BYTES), source.read(PREFIX_BYTES)
    key = next((key for key in Keys.ring if key.id == key_id), None)
    if key is None:
        raise BackupUnusable("another encryption key made this backup; set that key, as former key if need be")
    cipher, number, last = AESGCM(key.derived("backup")), 0, False
    while not last:
        head = source.read(5)
        if len(head) < 5:
            raise BackupUnusable("the backup is cut short; take another one")
        length, last = struct.unpack(">I?", head)
        try:
            nonce = prefix + struct.pack(">I", number)
            yield cipher.decrypt(nonce, source.read(length), MAGIC + (LAST if last else MORE))
        except InvalidTag:
            raise BackupUnusable("the backup is damaged; take another one") from None
        number += 1
