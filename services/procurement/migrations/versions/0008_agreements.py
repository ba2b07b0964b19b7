"""Agreements and call-offs, changes of orders, lines that take no more deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("soft_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("hard_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('contract', 'framework', 'centralised')", name="agreements_kind"),
        sa.CheckConstraint("state IN ('draft', 'proposed', 'active', 'suspended', 'ended')", name="agreements_state"),
        sa.CheckConstraint("soft_cap <= hard_cap", name="agreements_caps"),
        sa.CheckConstraint("valid_from <= valid_to", name="agreements_validity"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("holder_id", "number", name="agreements_number_taken"),
    )
    op.create_index("agreements_holder", "agreements", ["holder_id", "id"], unique=False)
    op.create_index("agreements_supplier", "agreements", ["supplier_id", "id"], unique=False)
    op.create_table(
        "agreement_entitlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("soft_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("hard_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.CheckConstraint("soft_cap <= hard_cap", name="agreement_entitlements_caps"),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name="agreement_entitlements_of", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "agreement_id",
            "organisation_id",
            "project_id",
            name="agreement_entitlements_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "agreement_entitlements_organisation",
        "agreement_entitlements",
        ["organisation_id", "agreement_id"],
        unique=False,
    )
    op.create_table(
        "call_offs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name="call_offs_agreement"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="call_offs_order"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", name="call_offs_once"),
    )
    op.create_index("call_offs_of_agreement", "call_offs", ["agreement_id", "id"], unique=False)
    op.create_table(
        "order_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("adds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'offered', 'accepted', 'declined', 'rejected', 'withdrawn')",
            name="order_changes_state",
        ),
        sa.CheckConstraint(
            "state NOT IN ('offered', 'accepted', 'declined') OR offered_at IS NOT NULL", name="order_changes_offered"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="order_changes_order"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", "number", name="order_changes_number"),
    )
    op.create_index(
        "order_changes_one_open",
        "order_changes",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'offered')"),
    )
    op.create_table(
        "agreement_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price_kind", sa.Text(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("discount_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("discount_amount", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("tolerance_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("soft_cap", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("hard_cap", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.CheckConstraint("(price_kind = 'fixed') = (unit_price IS NOT NULL)", name="agreement_items_fixed"),
        sa.CheckConstraint("(price_kind = 'published') = (region <> '')", name="agreement_items_published"),
        sa.CheckConstraint("price_kind IN ('fixed', 'published')", name="agreement_items_price_kind"),
        sa.CheckConstraint("discount_percent = 0 OR discount_amount = 0", name="agreement_items_one_discount"),
        sa.CheckConstraint("soft_cap <= hard_cap", name="agreement_items_caps"),
        sa.CheckConstraint("tolerance_percent BETWEEN 0 AND 100", name="agreement_items_tolerance"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name="agreement_items_of", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="agreement_items_material",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agreement_id", "position", name="agreement_items_position"),
    )
    op.create_table(
        "order_change_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("cost_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("tolerance_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("before_quantity", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("before_unit_price", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("before_needed_by", sa.Date(), nullable=True),
        sa.CheckConstraint("(before_quantity IS NULL) = (before_unit_price IS NULL)", name="order_change_lines_before"),
        sa.CheckConstraint("quantity > 0", name="order_change_lines_quantity"),
        sa.CheckConstraint("unit_price >= 0", name="order_change_lines_price"),
        sa.ForeignKeyConstraint(
            ["change_id"], ["order_changes.id"], name="order_change_lines_change", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("change_id", "line_id", name="order_change_lines_once"),
    )
    op.create_index("order_change_lines_line", "order_change_lines", ["line_id"], unique=False)
    op.create_table(
        "call_off_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_off_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("price_kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("published_price", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("published_month", sa.Date(), nullable=True),
        sa.Column("published_source", sa.Text(), nullable=False),
        sa.Column("discount_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("discount_amount", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.CheckConstraint(
            "(price_kind = 'published') = (published_price IS NOT NULL)", name="call_off_lines_published"
        ),
        sa.ForeignKeyConstraint(["call_off_id"], ["call_offs.id"], name="call_off_lines_of", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["item_id"], ["agreement_items.id"], name="call_off_lines_item"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_line_id", name="call_off_lines_once"),
    )
    op.add_column("order_lines", sa.Column("closed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "order_lines_awaited",
        "order_lines",
        ["needed_by", "order_id"],
        unique=False,
        postgresql_where=sa.text("needed_by IS NOT NULL AND NOT closed AND delivered < quantity"),
    )
    op.add_column("orders", sa.Column("open_change_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE order_lines SET closed = true FROM orders"
        " WHERE orders.id = order_lines.order_id AND orders.state IN ('completed', 'rejected', 'cancelled')"
    )
