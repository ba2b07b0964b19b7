"""The days on which a worker's papers did not hold, kept once they hold again: a swipe that comes late is compared with
them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "assignment_lapses",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("assignment_id", "first_day"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="assignment_lapses_assignment"),
        sa.CheckConstraint("last_day >= first_day", name="assignment_lapses_days"),
    )
    op.create_index("assignment_lapses_project", "assignment_lapses", ["project_id", "last_day"])
