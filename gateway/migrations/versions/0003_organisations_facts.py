"""Which version of an organisation has been told as a fact; those that are here are told by the job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    # The default stays: a gateway of before this version still registers organisations while the new one starts.
    op.add_column("organisations", sa.Column("told_version", sa.Integer(), server_default="0", nullable=False))
