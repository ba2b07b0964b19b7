"""What goes out about months."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.http.schemas import Out
from chassis.values import Instant


class LockedMonthOut(Out):
    """A month whose worker days stay as they are: payroll has closed it. `month` is its first day."""

    project_id: UUID
    employer_id: UUID
    month: date
    locked_at: Instant
