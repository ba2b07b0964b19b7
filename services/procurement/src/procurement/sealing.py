"""Envelope encryption of sealed quotes (报价密封): a dump of the database reveals no price before the deadline.

Each sourcing has a data key of its own, which stands in the database only wrapped under a key-encryption key from the
environment. A wrapped key names the key that wrapped it (`k1:…`), so keys rotate: every key of the ring unwraps, the
last one wraps. What a value belongs to is authenticated with it (AES-256-GCM): one that was moved to another sourcing,
supplier or version does not open. Before sealing, content is padded to a power of two, so that its length does not
tell how many lines were quoted.
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
SMALLEST = 4096


class UnsealableError(Exception):
    """A value does not open: its key is not in the ring, or it was altered or moved."""


class Seals:
    """Makes, wraps and unwraps data keys; hides fingerprints of sealed requests."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()) or any(":" in name for name in keys):
            raise ValueError("sealing keys: at least one, 32 bytes each, no colon in a name")
        self._keys = dict(keys)
        self._newest = list(keys)[-1]

    @classmethod
    def from_text(cls, keys: Mapping[str, str]) -> Seals:
        """From base64, as the environment has it; ValueError when a key is unfit."""
        return cls({name: base64.b64decode(key, validate=True) for name, key in keys.items()})

    def new_key(self, place: str) -> str:
        """A fresh data key, wrapped: `<key id>:<base64>`; `place` is what it belongs to."""
        wrapped = _seal(self._keys[self._newest], os.urandom(KEY_BYTES), place)
        return f"{self._newest}:{base64.b64encode(wrapped).decode()}"

    def unwrap(self, wrapped: str, place: str) -> Seal:
        """The seal of a data key; UnsealableError when the key is not in the ring, or was altered or moved."""
        name, _, body = wrapped.partition(":")
        if name not in self._keys:
            raise UnsealableError(f"no key {name!r} in the ring")
        return Seal(_open(self._keys[name], base64.b64decode(body), place))

    def hide(self, fingerprint: bytes) -> bytes:
        """HMAC-SHA-256: prices have little entropy, so a plain hash of a quote is as good as the quote.

        Under the first key of the ring, which a rotation keeps, so that a repeated request is known again.
        """
        return hmac.new(next(iter(self._keys.values())), b"fingerprint" + fingerprint, sha256).digest()


class Seal:
    """Seals and opens content under one data key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def close(self, content: bytes, place: str) -> bytes:
        """Nonce and ciphertext of the padded content."""
        size = SMALLEST
        while size < len(content):
            size *= 2
        return _seal(self._key, content.ljust(size), place)

    def open(self, sealed: bytes, place: str) -> bytes:
        """The content; UnsealableError when it was altered or moved."""
        return _open(self._key, sealed, place).rstrip(b" ")


def _seal(key: bytes, content: bytes, place: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def _open(key: bytes, sealed: bytes, place: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as fault:
        raise UnsealableError("the value was altered, or belongs elsewhere") from fault
