"""initial."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    create_chassis_tables()
    op.create_table(
        "materials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("code ~ '^[0-9]{8}$'", name="materials_code"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code", name="materials_code_taken"),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'confirmed', 'in_delivery', 'completed', 'rejected', 'cancelled')",
            name="orders_state",
        ),
        sa.CheckConstraint("total >= 0", name="orders_total"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("buyer_id", "number", name="orders_number_taken"),
    )
    op.create_index("orders_buyer", "orders", ["buyer_id", "id"], unique=False)
    op.create_index("orders_project", "orders", ["project_id", "id"], unique=False)
    op.create_index("orders_supplier", "orders", ["supplier_id", "id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note_number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("vehicle", sa.Text(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=False),
        sa.Column("certificate_sha256", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.CheckConstraint("certificate_sha256 ~ '^[0-9a-f]{64}$'", name="deliveries_certificate"),
        sa.CheckConstraint("state IN ('dispatched', 'accepted', 'refused', 'withdrawn')", name="deliveries_state"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="deliveries_order"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("supplier_id", "note_number", name="deliveries_note_taken"),
    )
    op.create_index("deliveries_buyer", "deliveries", ["buyer_id", "id"], unique=False)
    op.create_index("deliveries_of_order", "deliveries", ["order_id"], unique=False)
    op.create_index("deliveries_supplier", "deliveries", ["supplier_id", "id"], unique=False)
    op.create_table(
        "material_units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["material_code"], ["materials.code"], name="material_units_material"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("material_code", "unit", name="material_units_once"),
    )
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("cost_code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("tolerance_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("delivered", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.Column("accepted", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("accepted >= 0 AND accepted <= delivered", name="order_lines_accepted"),
        sa.CheckConstraint("delivered <= quantity * (1 + tolerance_percent / 100)", name="order_lines_delivered"),
        sa.CheckConstraint("quantity > 0", name="order_lines_quantity"),
        sa.CheckConstraint("tolerance_percent BETWEEN 0 AND 100", name="order_lines_tolerance"),
        sa.CheckConstraint("unit_price >= 0", name="order_lines_price"),
        sa.ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="order_lines_material",
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="order_lines_order", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", "position", name="order_lines_position"),
    )
    op.create_table(
        "delivery_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("accepted", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.Column("returned", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("accepted = quantity OR reason <> '' OR NOT judged", name="delivery_lines_reason"),
        sa.CheckConstraint("accepted >= 0 AND accepted <= quantity", name="delivery_lines_accepted"),
        sa.CheckConstraint("quantity > 0", name="delivery_lines_quantity"),
        sa.CheckConstraint("returned >= 0 AND returned <= accepted", name="delivery_lines_returned"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="delivery_lines_delivery", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name="delivery_lines_order_line"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("delivery_id", "order_line_id", name="delivery_lines_once"),
    )
