"""Wages among the indicators."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.drop_constraint("indicator_entries_measure", "indicator_entries")
    op.create_check_constraint(
        "indicator_entries_measure",
        "indicator_entries",
        "measure IN ('accepted_cost', 'invoiced_cost', 'paid_cost', 'wages_cost', 'wages_paid', 'labour_days', "
        "'machine_hours')",
    )
