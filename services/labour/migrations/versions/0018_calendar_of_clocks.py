"""A clock says how sure the calendar was of its day; those that ran before counted by weekends alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.add_column("wage_clocks", sa.Column("calendar", sa.Text(), nullable=True))
    op.create_check_constraint(
        "wage_clocks_calendar", "wage_clocks", "calendar IN ('announced', 'provisional', 'weekends')"
    )
    op.execute("UPDATE wage_clocks SET calendar = 'weekends' WHERE kind <> 'open_account'")
