"""What goes out about payroll files."""

from __future__ import annotations

from chassis.http.schemas import Out
from labour.payrolls.schemas import PayrollOut


class PayrollItemsImportOut(Out):
    """How many items a file adds (or, on a dry run, would add), and the sheet as it stands after it."""

    items: int
    dry_run: bool
    payroll: PayrollOut
