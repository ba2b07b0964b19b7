"""A line of a sourcing may narrow the catalogue's specification."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.add_column("sourcing_lines", sa.Column("specification", sa.Text(), server_default=sa.text("''"), nullable=False))
