"""What was published when an order was approved, kept with its lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration. Lines that were approved before stay without."""
    op.add_column("order_lines", sa.Column("published_price", sa.Numeric(18, 6), nullable=True))
