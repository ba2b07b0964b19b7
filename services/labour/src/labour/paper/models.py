"""Rows of other aggregates that stand together on a line of a paper; papers have no tables of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from labour.assignments.models import Assignment
from labour.payouts.models import Payee
from labour.payrolls.models import PayrollItem, PayrollLine, PayrollSignature
from labour.training.models import Requirement
from labour.workers.models import Person, Worker


@dataclass(frozen=True, slots=True)
class Wage:
    """A line of a sheet with all that a paper says of it; `signature` is the one that counts."""

    line: PayrollLine
    worker: Worker
    person: Person
    items: Sequence[PayrollItem]
    signature: PayrollSignature | None
    payee: Payee | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A worker on a project with all that a roster says of him."""

    assignment: Assignment
    worker: Worker
    person: Person
    team: str
    first_entered_at: datetime | None
    trained_on: date | None
    entry: Requirement | None
