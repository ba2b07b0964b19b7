"""Where an order comes from, and what its lines serve."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.add_column("orders", sa.Column("origin", sa.Text(), server_default=sa.text("'direct'"), nullable=False))
    op.add_column("orders", sa.Column("origin_id", sa.Uuid(), nullable=True))
    op.add_column("orders", sa.Column("direct_reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_check_constraint("orders_origin", "orders", "origin IN ('direct', 'award', 'agreement')")
    op.create_check_constraint("orders_origin_named", "orders", "(origin = 'direct') = (origin_id IS NULL)")
    op.create_index("orders_origin_id", "orders", ["origin_id"], postgresql_where=sa.text("origin_id IS NOT NULL"))
    op.add_column("order_lines", sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=True))
    op.add_column("order_lines", sa.Column("needed_by", sa.Date(), nullable=True))
    op.add_column("order_lines", sa.Column("origin_line_id", sa.Uuid(), nullable=True))
    op.add_column("order_lines", sa.Column("requisition_line_id", sa.Uuid(), nullable=True))
    op.create_check_constraint("order_lines_tax", "order_lines", "tax_percent BETWEEN 0 AND 100")
    for name, column in (("order_lines_origin", "origin_line_id"), ("order_lines_requisition", "requisition_line_id")):
        op.create_index(name, "order_lines", [column], postgresql_where=sa.text(f"{column} IS NOT NULL"))
