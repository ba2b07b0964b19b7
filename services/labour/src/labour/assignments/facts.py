"""What is known of a worker, and of where he is to work, when somebody stands at the gate. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from labour.codes.models import RiskClass, Sex
from labour.health.rules import HealthFacts


@dataclass(frozen=True, slots=True)
class Agreement:
    """A labour contract or written agreement that counts on the project in question; open when `valid_to` is None."""

    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A special-trade certificate (特种作业操作资格证)."""

    number: str
    trade: str
    valid_from: date
    valid_to: date
    status: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The days on which an entry of the blacklist (黑名单) counts; open when `valid_to` is None."""

    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What is known of a worker when somebody stands at the gate.

    `missing` are the fields of the registration that are empty, `trained_on` is the last basic safety training.
    `data_until` is the last day with data that keeps this training alive: a training or attendance that came no more
    than the rule's months after the one before it. Attendance after a longer gap is none of it.
    """

    sex: Sex
    birth_date: date
    work_type: str
    work_role: str
    missing: frozenset[str]
    agreements: tuple[Agreement, ...]
    trained_on: date | None
    data_until: date | None
    certificates: tuple[CertificateFacts, ...]
    health: tuple[HealthFacts, ...] = ()
    listed: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """Where he is to work: the project's city and the risk class of his work, and the trade he does there.

    `also` is a trade that the occasion demands (a machine to operate). `assigned` tells whether he stands on the
    project's list (None: not asked, he is about to), `on_leave` that he is on leave from it. `barred_on` is the day on
    which he was sent away from it.
    """

    city: str
    risk_class: RiskClass
    special_trade: str | None
    also: str | None = None
    assigned: bool | None = None
    on_leave: bool = False
    barred_on: date | None = None
