"""What an answer means for a queue: pauses, who goes on alone, what may be kept of a text. No session, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from chassis.redaction import MASK, redact_text
from labour.clients.authorities import Kind, Verdict

LEASE = timedelta(minutes=2)
"""Longer than a call may take: a request that was begun so long ago and has no answer was lost with its process."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
LONGEST_TEXT = 500
SHORTEST_PERSONAL = 2
"""Characters: a value of one character would mask half of every text."""

PARENTS: Mapping[Kind, Kind | None] = {
    Kind.PROJECT: None,
    Kind.COMPANY: Kind.PROJECT,
    Kind.SUBCONTRACTOR: Kind.COMPANY,
    Kind.TEAM: Kind.SUBCONTRACTOR,
    Kind.WORKER: Kind.TEAM,
    Kind.CONTRACT: Kind.WORKER,
    Kind.TRAINING: Kind.WORKER,
    Kind.ENTRY_EXIT: Kind.WORKER,
    Kind.ATTENDANCE: Kind.WORKER,
    Kind.PAYROLL: Kind.WORKER,
}
"""What must be at the platform first."""

IN_A_TEAM = frozenset({Kind.ENTRY_EXIT, Kind.ATTENDANCE, Kind.PAYROLL})
"""What is filed with a worker's team of the day or month; the worker himself is filed anew when he changes teams."""

COMPANY_TYPES: Mapping[str, str] = {
    "specialist_subcontractor": "001",
    "equipment_subcontractor": "002",
    "labour_subcontractor": "006",
    "general_contractor": "009",
}
"""Roles in a project as the code table corp_type has them."""

PROJECT_STATUS: Mapping[str, str] = {
    "planned": "001",
    "active": "003",
    "suspended": "005",
    "completed": "004",
    "archived": "004",
}
"""States of a project as the code table project_status has them."""

OWN_ANSWERS: Mapping[str, str] = {
    "OBJECT_GONE": "本地已无此记录 / it is on no record any more",
    "PHOTO_TYPE": "照片格式不符合平台要求 / the platform does not take photos of this type",
    "PHOTO_TOO_LARGE": "照片超过平台上限,请重新上传 / the photo is larger than the platform takes: upload it anew",
}
"""Our own answers to what cannot be sent at all; the employer mends them."""

STILL_OPEN = frozenset({Verdict.AWAY, Verdict.LIMITED, Verdict.UNKNOWN, Verdict.BARRED})
"""Answers to a question for a receipt that leave open what became of the request."""

GONE = "OBJECT_GONE"
"""Our own answer for what was queued and is on no record any more."""


def pause(times: int) -> timedelta:
    """How long to wait after so many tries in vain, counted from 0: 5 s, 10 s, … at most an hour."""
    return min(FIRST_PAUSE * (1 << min(times, 20)), LONGEST_PAUSE)


def pace(requests_per_minute: int) -> timedelta:
    """The pause between two calls that a platform bears."""
    return timedelta(minutes=1) / requests_per_minute


def kept(text: str, values: Iterable[Mapping[str, Any]]) -> str:
    """A platform's text without what was sent to it: an answer likes to repeat name and number."""
    personal = {
        value
        for one in values
        for name, value in one.items()
        if name in PERSONAL and isinstance(value, str) and len(value) >= SHORTEST_PERSONAL
    }
    for value in sorted(personal, key=len, reverse=True):
        text = text.replace(value, MASK)
    return redact_text(text)[:LONGEST_TEXT]


PERSONAL = frozenset(
    {
        "name",
        "id_card_number",
        "address",
        "cell_phone",
        "bank_card_number",
        "paying_card_number",
        "urgent_contact",
        "nation",
    }
)
"""Values of an object that are a person's."""


def photo_fault(media_type: str, size: int, types: frozenset[str], most: int) -> str:
    """The code of what keeps a photo from going: PHOTO_TYPE, PHOTO_TOO_LARGE (bytes); empty when it may go."""
    if media_type not in types:
        return "PHOTO_TYPE"
    return "PHOTO_TOO_LARGE" if size > most else ""


def team_of(batch_key: str) -> str:
    """The team with which a batch was queued: who has changed teams since is filed in the new one by an update."""
    return batch_key.partition(":")[0]


def in_order(kinds: Iterable[Kind]) -> tuple[Kind, ...]:
    """The kinds in the order of dependence."""
    wanted = set(kinds)
    return tuple(kind for kind in Kind if kind in wanted)
