"""The directory of platforms, read from `data/authorities.json`, and what a connection needs of it. No session."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from labour.clients.authorities import UNHEARD_OF, Kind, Meaning, Verdict
from labour.codes.models import Status


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once. `limited`: the pause after too many calls; `settled`: what is not there by then never came."""

    requests_per_minute: int
    limited: timedelta
    settled: timedelta
    batch: Mapping[Kind, int]
    secret_characters: int
    photo_bytes: int
    photo_types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Authority:
    """A platform: its dialect, and what its answers mean."""

    code: str
    zh: str
    en: str
    connector: str
    answers: Mapping[str, Meaning]
    limits: Limits
    source: str
    status: Status
    valid_from: date
    valid_to: date | None

    def offered(self, on: date) -> bool:
        """Whether it takes filings on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def meaning(self, code: str) -> Meaning:
        """What an answer's code means; one that is not in the directory is the authority's to explain."""
        return self.answers.get(code, UNHEARD_OF)

    def batch(self, kind: Kind) -> int:
        """How many objects go in one request; one, where nothing is said."""
        return self.limits.batch.get(kind, 1)


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """On what ground fields are filed (合法性基础)."""

    fields: str
    zh: str
    en: str
    source: str
    status: Status
    valid_from: date


def _read() -> dict[str, Any]:
    text = files("labour.authorities").joinpath("data", "authorities.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=1)
def directory() -> Mapping[str, Authority]:
    """Every platform by code."""
    return {one["code"]: _authority(one) for one in _read()["authorities"]}


@lru_cache(maxsize=1)
def legal_basis() -> tuple[LegalBasis, ...]:
    """On what ground what is filed."""
    return tuple(
        LegalBasis(
            **{name: one[name] for name in ("fields", "zh", "en", "source")},
            status=Status(one["status"]),
            valid_from=date.fromisoformat(one["valid_from"]),
        )
        for one in _read()["legal_basis"]
    )


def _authority(raw: Mapping[str, Any]) -> Authority:
    return Authority(
        **{name: raw[name] for name in ("code", "zh", "en", "connector", "source")},
        answers={code: _meaning(one) for code, one in raw["answers"].items()},
        limits=_limits(raw["limits"]),
        status=Status(raw["status"]),
        valid_from=date.fromisoformat(raw["valid_from"]),
        valid_to=date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None,
    )


def _meaning(raw: Mapping[str, str]) -> Meaning:
    return Meaning(Verdict(raw["verdict"]), raw["mend_by"], raw["zh"], raw["en"])


def _limits(raw: Mapping[str, Any]) -> Limits:
    return Limits(
        requests_per_minute=raw["requests_per_minute"],
        limited=timedelta(seconds=raw["limited_pause_seconds"]),
        settled=timedelta(seconds=raw["settled_after_seconds"]),
        batch={Kind(name): size for name, size in raw["batch"].items()},
        secret_characters=raw["secret_characters"],
        photo_bytes=raw["photo_bytes"],
        photo_types=frozenset(raw["photo_types"]),
    )


def secret_place(connection_id: UUID) -> str:
    """Where a connection's secret stands, for the vault."""
    return f"authority_connections.secret:{connection_id}"
