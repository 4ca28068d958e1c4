"""Personal fields are encrypted here, and only here."""

import base64
import json
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

VERSION = b"\x01"
"""First byte of each value: which suite and key wrote it, so that another can be added beside it."""
NONCE_BYTES = 12


class Keys:
    """The key of this process; set once at start, before the first row is read."""

    field_key: bytes = b""


def use_key(encryption_key: str) -> None:
    """Set the key.

    Raises:
        ValueError: the encryption key is not 32 bytes of base64.
    """
    key = base64.b64decode(encryption_key)
    if len(key) != 32:
        raise ValueError("YUANXIAN_ENCRYPTION_KEY: needs 32 bytes in base64; let the set-up generate var/secrets.env")
    Keys.field_key = key


class Encrypted(TypeDecorator[Any]):
    """Any JSON value as AES-256-GCM ciphertext, bound to its table and column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        nonce = os.urandom(NONCE_BYTES)
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return VERSION + nonce + AESGCM(Keys.field_key).encrypt(nonce, plain, self.place.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        sealed = bytes(value)
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        return json.loads(AESGCM(Keys.field_key).decrypt(nonce, body, self.place.encode()))
