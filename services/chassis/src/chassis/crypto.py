"""Encryption of identity and bank numbers at rest, and the blind index that finds them (design rule 11).

An identity number has little entropy, so a plain hash of it is as good as the number: values are encrypted with
AES-256-GCM, and looked up by HMAC-SHA-256 under a key that the database never sees. A stored value names its key
(`k1:…`), so keys rotate: every key of the ring decrypts, the last one encrypts. The place where a value stands
(table, column and row) is authenticated with it: a ciphertext moved to another row does not decrypt.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32


class UndecipherableError(Exception):
    """A stored value does not decrypt: its key is not in the ring, or it was altered or moved."""


class Vault:
    """Encrypts, decrypts and indexes personal data."""

    def __init__(self, keys: Mapping[str, bytes], index_key: bytes) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()) or any(":" in name for name in keys):
            raise ValueError("encryption keys: at least one, 32 bytes each, no colon in a name")
        if len(index_key) < KEY_BYTES:
            raise ValueError("blind index key: at least 32 bytes")
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._newest = list(keys)[-1]
        self._index_key = index_key

    @classmethod
    def from_text(cls, keys: Mapping[str, str], index_key: str) -> Vault:
        """From base64, as the environment has it; ValueError when a key is unfit."""
        return cls({name: _decode(key) for name, key in keys.items()}, _decode(index_key))

    def encrypt(self, value: str, place: str) -> str:
        """`<key id>:<base64 of nonce and ciphertext>`; `place` is e.g. `people.id_number:<row id>`."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, value.encode(), place.encode())
        return f"{self._newest}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str, place: str) -> str:
        """The value in clear; UndecipherableError when key, place or content do not fit."""
        name, _, body = stored.partition(":")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise UndecipherableError(f"no key {name!r} in the ring")
        try:
            raw = base64.b64decode(body, validate=True)
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as fault:
            raise UndecipherableError("the value was altered, or belongs elsewhere") from fault

    def is_current(self, stored: str) -> bool:
        """Whether the newest key has encrypted this value."""
        return stored.partition(":")[0] == self._newest

    def index(self, *parts: str) -> bytes:
        """The 32-byte blind index of a value; parts are kept apart, so `("1", "23")` is not `("12", "3")`."""
        mac = hmac.new(self._index_key, digestmod=sha256)
        for part in parts:
            encoded = part.encode()
            mac.update(len(encoded).to_bytes(4, "big"))
            mac.update(encoded)
        return mac.digest()

    def hide(self, fingerprint: bytes) -> bytes:
        """For `edge.write(hide=…)`: from a request's plain fingerprint a number in its body could be guessed."""
        return self.index("idempotency", fingerprint.hex())


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as fault:  # also what binascii raises
        raise ValueError("a key must be base64") from fault


def mask(value: str) -> str:
    """First and last four stay, `440305199001011234` → `4403**********1234`; short values keep one at each end."""
    kept = 4 if len(value) >= 12 else 1
    if len(value) <= 2 * kept:
        return "*" * len(value)
    return value[:kept] + "*" * (len(value) - 2 * kept) + value[-kept:]
