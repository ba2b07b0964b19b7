"""`wage_settlements` goes: since 0014 whether wages are settled is read from payroll's rows."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
contracts = "0007"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.drop_table("wage_settlements")
