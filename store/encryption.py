"""Personal fields are encrypted here, and only here.

A column declared as `Encrypted("table.column")` holds AES-256-GCM ciphertext; the mapped entity shows the plain value.
The ciphertext is bound to its place and to its row: moved to another row, column or table it cannot be opened. Columns
do not know their row, entities do, so sealing happens when an entity is written and opening when a field is read.

A phone that must be found again gets a `BlindIndex` beside it: a keyed hash, filled in when the field is written.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, String, Table, event, inspect
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapper, registry
from sqlalchemy.types import TypeDecorator

SUITE = b"\x02"
"""First byte of each value: AES-256-GCM with key id, bound to table, row and column. SM4 would be another byte."""
FIRST_SUITE = b"\x01"
"""The same without key id and row, as first written in 2026; still read, and rewritten by `yuanxian keys rotate`."""
KEY_ID_BYTES, NONCE_BYTES = 4, 12
HEAD = 1 + KEY_ID_BYTES


@dataclass(frozen=True)
class Key:
    """One master key, known by an id made from it; its other uses get keys derived from it."""

    master: bytes

    @property
    def id(self) -> bytes:
        """What ciphertext carries to find its key again."""
        return self.derived("key id")[:KEY_ID_BYTES]

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for this purpose only."""
        return hmac.digest(self.master, f"yuanxian {purpose}".encode(), hashlib.sha256)


class Keys:
    """The keys of this process, the current one first; set once at start, before the first row is read."""

    ring: tuple[Key, ...] = ()
    by_id: Mapping[bytes, AESGCM] = MappingProxyType({})
    index: tuple[bytes, ...] = ()


def use_key(encryption_key: str, *former: str) -> None:
    """Set the key that writes, and former keys that may still be needed to read.

    Raises:
        ValueError: a key is not 32 bytes of base64.
    """
    keys = tuple(map(_key, (encryption_key, *former)))
    Keys.ring, Keys.by_id = keys, {key.id: AESGCM(key.master) for key in keys}
    Keys.index = tuple(key.derived("blind index") for key in keys)


def seal(place: str, row: str, value: Any) -> bytes:
    """Any JSON value as ciphertext that only opens at this `table.column` and in this row."""
    key, nonce = Keys.ring[0].id, os.urandom(NONCE_BYTES)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return SUITE + key + nonce + Keys.by_id[key].encrypt(nonce, plain, _bound(place, row))


def unseal(place: str, row: str, sealed: bytes) -> Any:
    """What was sealed.

    Raises:
        InvalidTag: another place or row, a changed byte, or a key that this process does not have.
    """
    if sealed[:1] == FIRST_SUITE:
        return json.loads(_open_first(place, sealed))
    cipher = Keys.by_id.get(sealed[1:HEAD])
    if cipher is None or sealed[:1] != SUITE:
        raise InvalidTag
    nonce, body = sealed[HEAD : HEAD + NONCE_BYTES], sealed[HEAD + NONCE_BYTES :]
    return json.loads(cipher.decrypt(nonce, body, _bound(place, row)))


def is_current(sealed: bytes) -> bool:
    """Whether the current suite and key wrote this."""
    return sealed[:HEAD] == SUITE + Keys.ring[0].id


def blind(value: str) -> list[str]:
    """The blind indexes of a value, the current key's first: `where(column.in_(blind(phone)))` finds it, whichever key
    wrote it. The caller puts the value into its one form (no spaces, half-width digits) before."""
    return [hmac.digest(key, value.encode(), hashlib.sha256)[:16].hex() for key in Keys.index]


def row_name(identity: Sequence[object]) -> str:
    """The row's part of what a value is bound to: its primary key."""
    return ":".join(map(str, identity))


class Encrypted(TypeDecorator[bytes]):
    """A column of ciphertext. SQL sees nothing else: rows written past the entities must be sealed by the writer.

    Args:
        place: `table.column` under which its values are sealed; it stays when the column is renamed.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        if value is not None and value[:1] not in (SUITE, FIRST_SUITE):
            raise TypeError(f"{self.place}: seal the value before it is written")
        return value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else bytes(value)


class BlindIndex(TypeDecorator[str]):
    """A keyed hash of the `Encrypted` column named `of`, by which its text is found; filled in with it."""

    impl = String(32)
    cache_ok = True

    def __init__(self, of: str) -> None:
        super().__init__()
        self.of = of


class Mappings(registry):
    """Maps entities as SQLAlchemy does, except that an `Encrypted` column is read and written as its plain value."""

    def map_imperatively(self, class_: type[Any], local_table: Any = None, **options: Any) -> Mapper[Any]:
        """Tie the dataclass to its table."""
        table: Table = local_table
        fields = {c.name: SealedField(c.name, c.type.place) for c in table.columns if isinstance(c.type, Encrypted)}
        options["properties"] = options.get("properties", {}) | {
            field.sealed: table.columns[name] for name, field in fields.items()
        }
        mapper = super().map_imperatively(class_, table, **options)
        for name, field in fields.items():
            setattr(class_, name, field)
        if fields:
            event.listen(mapper, "before_insert", _seal_what_changed)
            event.listen(mapper, "before_update", _seal_what_changed)
        return mapper


@dataclass(frozen=True)
class Unsealed:
    """A plain value on its way into the row."""

    value: Any


class SealedField:
    """The plain side of an `Encrypted` column: opens on reading, is sealed when the entity is written.

    Every reading of a written field decrypts it anew: a dictionary is replaced, never changed in place.
    """

    def __init__(self, name: str, place: str) -> None:
        self.name, self.place, self.sealed = name, place, f"_sealed_{name}"

    def __get__(self, entity: Any, owner: type) -> Any:
        if entity is None:
            return self
        held = getattr(entity, self.sealed)
        if held is None or isinstance(held, Unsealed):
            return held and held.value
        return unseal(self.place, _row_of(entity), held)

    def __set__(self, entity: Any, value: Any) -> None:
        setattr(entity, self.sealed, None if value is None else Unsealed(value))


def _seal_what_changed(mapper: Mapper[Any], _connection: Any, entity: Any) -> None:
    for column in mapper.local_table.columns:
        if isinstance(column.type, BlindIndex):
            _fill_index(entity, column.name, column.type.of)
    for column in mapper.local_table.columns:
        if isinstance(column.type, Encrypted):
            name = f"_sealed_{column.name}"
            held = getattr(entity, name)
            if isinstance(held, Unsealed):
                setattr(entity, name, seal(column.type.place, _row_of(entity), held.value))


def _fill_index(entity: Any, name: str, of: str) -> None:
    held = getattr(entity, f"_sealed_{of}")
    if held is None or isinstance(held, Unsealed):
        setattr(entity, name, blind(held.value)[0] if held else None)


def _row_of(entity: Any) -> str:
    mapper: Mapper[Any] = inspect(type(entity))
    return row_name(mapper.primary_key_from_instance(entity))


def _key(encoded: str) -> Key:
    master = base64.b64decode(encoded)
    if len(master) != 32:
        raise ValueError("YUANXIAN_ENCRYPTION_KEY: needs 32 bytes in base64; let the set-up generate var/secrets.env")
    return Key(master)


def _bound(place: str, row: str) -> bytes:
    table, _, column = place.partition(".")
    return f"{table}:{row}:{column}".encode()


def _open_first(place: str, sealed: bytes) -> bytes:
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    for cipher in Keys.by_id.values():
        try:
            return cipher.decrypt(nonce, body, place.encode())
        except InvalidTag:
            continue
    raise InvalidTag
