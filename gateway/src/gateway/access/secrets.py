"""Secrets that we make and Keycloak keeps: shown once, and encrypted here only until Keycloak has them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes, NIST SP 800-38D
_PASSWORD_BYTES = 18  # 24 characters; the realm asks for 12
_CLIENT_SECRET_BYTES = 32


def new_password() -> str:
    """An initial password."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def new_client_secret() -> str:
    """A secret of an API client."""
    return secrets.token_urlsafe(_CLIENT_SECRET_BYTES)


@dataclass(frozen=True, slots=True)
class Issued:
    """A secret as its owner sees it once, and as it is stored."""

    plain: str
    sealed: str


class Cipher:
    """AES-256-GCM. `keys`: key id → base64 of 32 bytes; the last one encrypts, all decrypt.

    A sealed value is `key id:base64(nonce + ciphertext)`; it opens only with the name it was sealed for, so
    that it cannot be moved to another row.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        if not keys:
            raise ValueError("at least one encryption key is needed")
        self._keys = {name: AESGCM(base64.b64decode(key, validate=True)) for name, key in keys.items()}
        self._newest = next(reversed(self._keys))

    def seal(self, plain: str, name: str) -> Issued:
        """Encrypt a secret for the thing called `name`."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._keys[self._newest].encrypt(nonce, plain.encode(), name.encode())
        return Issued(plain, f"{self._newest}:{base64.b64encode(sealed).decode()}")

    def open(self, sealed: str, name: str) -> str:
        """The secret; ValueError when it was sealed for another name, with another key, or was changed."""
        key, _, encoded = sealed.partition(":")
        data = base64.b64decode(encoded)
        try:
            return self._keys[key].decrypt(data[:_NONCE], data[_NONCE:], name.encode()).decode()
        except (KeyError, InvalidTag):
            raise ValueError("this value cannot be opened") from None
