"""Filings are found by their worker: where everything of one person stands at the authorities."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_index("filings_worker", "filings", ["worker_id", "id"])
