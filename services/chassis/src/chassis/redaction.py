"""What must not stand in a log line or a span: numbers of persons and bank accounts, phones,
secrets, tokens.
"""

from __future__ import annotations

import re
from typing import Any

MASK = "***"
LONGEST = 16_384
"""Characters of one text; what is longer is cut, before the last word that the cut would halve."""

_SENSITIVE = r"client_secret|secret|password|passwd|access_token|refresh_token|id_token|token|api[_-]?key"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # user:password@host in an address
    (re.compile(r"(://[^\s/:@]*):[^\s/@]+@"), rf"\1:{MASK}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), rf"\1 {MASK}"),
    # a JWT, also a truncated one
    (re.compile(r"\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}"), MASK),
    (re.compile(rf"""(?i)\b({_SENSITIVE})(["']?\s*[=:]\s*["']?)[^\s"',&;{{}})]+"""), rf"\1\2{MASK}"),
    # 居民身份证号 (18, the last may be X; 15 in the old form) and 银行卡号 (16 to 19 digits)
    (re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15,19})(?![0-9A-Za-z])"), MASK),
    (re.compile(r"(?<![0-9A-Za-z-])\d{4}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?(?![0-9A-Za-z-])"), MASK),
    (re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![0-9A-Za-z])"), MASK),
)
_HALVED = re.compile(r"[\w.~+/=-]{1,256}$")
_SUSPICIOUS = re.compile(r"(?i)\d{4}|eyJ|[=:]|bearer|basic")
"""What every rule needs; most strings (names, codes, states) have none of it and are let through at once."""
_SECRET_KEY = re.compile(
    rf"(?i)(?:^|_)(?:{_SENSITIVE}|authorization|credential|identity_number|id_number|bank_account|phone)s?$"
)
_SMALLEST_NUMBER = 10**14


def redact_text(text: str) -> str:
    """The text without what looks like a number of a person, a bank card, a phone, a secret or a token."""
    if len(text) > LONGEST:
        text = _HALVED.sub("", text[:LONGEST]) + "…"
    if _SUSPICIOUS.search(text) is None:
        return text
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def redact(value: Any, key: str = "") -> Any:
    """The same for a value of any JSON shape; what stands under a telling key is masked whatever
    it looks like.
    """
    if key and value is not None and _SECRET_KEY.search(key):
        return MASK
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        return {redact_text(str(name)): redact(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    if isinstance(value, int) and abs(value) >= _SMALLEST_NUMBER:
        return MASK
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact_text(str(value))
