"""Which text a consent is given to, and which of a worker's data stands without one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.errors import Violation
from labour.codes.models import Status
from labour.codes.rules import in_force_on
from labour.consents.models import How, Purpose


@dataclass(frozen=True, slots=True)
class ConsentText:
    """An edition of what a person is asked, in both languages, and where it comes from."""

    purpose: Purpose
    version: str
    zh: str
    en: str
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it comes in; `file_id` with a scan, `link_id` with a link."""

    purpose: Purpose
    text_version: str
    given_on: date
    how: How
    file_id: UUID | None = None
    link_id: UUID | None = None


def fault_of(given: Given, texts: Iterable[ConsentText], today: date) -> Violation | None:
    """Why a consent cannot be taken, with a pointer relative to it; None when it can."""
    if given.given_on > today:
        return Violation("/given_on", "IN_FUTURE", "日期不能晚于今天。", "The day lies in the future.")
    editions = [one for one in texts if one.purpose is given.purpose and one.version == given.text_version]
    if not any(in_force_on(one.valid_from, one.valid_to, given.given_on) for one in editions):
        return Violation(
            "/text_version",
            "CONSENT_TEXT_NOT_IN_FORCE",
            "该用途在该日没有此版本的同意文本。",
            "On that day no text of this version is in force for this purpose.",
        )
    return None


def current(texts: Iterable[ConsentText], today: date) -> list[ConsentText]:
    """The editions that are in force: what a person is shown before he consents."""
    return [one for one in texts if in_force_on(one.valid_from, one.valid_to, today)]


def missing(worker: Any, standing: Collection[Purpose], fields: Mapping[Purpose, Collection[str]]) -> list[Purpose]:
    """The purposes of which a worker's own row holds data without a consent that stands."""
    return [
        purpose
        for purpose, names in fields.items()
        if purpose not in standing and any(getattr(worker, name, None) not in (None, "") for name in names)
    ]
