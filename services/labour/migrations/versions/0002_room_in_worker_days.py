"""Room in the pages of worker_days for the next version of each row."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Only pages written from now on have it, which are those of the days that still change."""
    op.execute("ALTER TABLE worker_days SET (fillfactor = 50)")
