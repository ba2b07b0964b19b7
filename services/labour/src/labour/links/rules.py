"""Limits, when a link opens, and what counts as the same name. Pure."""

from __future__ import annotations

import hmac
import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from labour.links.states import State

SECRET_BYTES = 32
LONGEST_SECRET = 64
CODE_DIGITS = 6
CODE_VALID = timedelta(minutes=5)
SESSION = timedelta(minutes=15)
MOST_FAILURES = 5
RESEND_AFTER = timedelta(seconds=60)
MOST_CODES = 5
"""Codes that a worker is sent in COUNTED_OVER, through all his links."""
COUNTED_OVER = timedelta(hours=24)


def secret_hash(secret: str) -> bytes:
    """What is kept of a secret: SHA-256 is enough, as nobody guesses 32 random bytes."""
    return sha256(secret.encode()).digest()


def closed(state: State, valid_until: datetime, now: datetime) -> str:
    """Why a link opens nothing (`used`, `revoked`, `locked`, `expired`); empty while it does."""
    if state is not State.ACTIVE:
        return state.value
    return "expired" if now >= valid_until else ""


def same_name(given: str, known: str) -> bool:
    """Whether two writings of a name are one: width, case and blanks do not count; takes the same time either way."""
    return hmac.compare_digest(_plain(given), _plain(known))


def _plain(name: str) -> bytes:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold().encode()


def code_place(code_id: UUID) -> str:
    """Where a code on its way to the sender stands."""
    return f"link_codes.code:{code_id}"


def phone_place(code_id: UUID) -> str:
    """Where the number that a code was sent to stands."""
    return f"link_codes.phone:{code_id}"
