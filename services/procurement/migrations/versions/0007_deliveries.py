"""deliveries with gate, weighbridge, certificates, samples, witnesses and replacements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    _deliveries()
    _lines()
    _papers()
    _tolerances()


def _deliveries() -> None:
    for column in (
        sa.Column("driver", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("expected_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("weight_unit", sa.Text(), nullable=True),
        sa.Column("gross", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("tare", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("expected_weight", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("weight_tolerance_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("weight_deviates", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    ):
        op.add_column("deliveries", column)
    states = "'dispatched', 'arrived', 'partly_accepted', 'accepted', 'refused', 'withdrawn'"
    op.drop_constraint("deliveries_state", "deliveries")
    op.create_check_constraint("deliveries_state", "deliveries", f"state IN ({states})")
    op.create_check_constraint("deliveries_window", "deliveries", "expected_from <= expected_to")
    op.create_check_constraint("deliveries_weight", "deliveries", "tare >= 0 AND gross > tare")
    op.create_check_constraint("deliveries_weight_unit", "deliveries", "weight_unit IN ('t', 'kg')")
    op.create_index("deliveries_expected", "deliveries", ["project_id", "expected_from", "id"], unique=False)


def _lines() -> None:
    for column in (
        sa.Column("material_code", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("heat_numbers", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("received", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
    ):
        op.add_column("delivery_lines", column)
    # What was judged before there were shortages came whole.
    op.execute(
        """
        UPDATE delivery_lines AS line SET material_code = ordered.material_code, unit = ordered.unit,
            received = CASE WHEN line.judged THEN line.quantity ELSE 0 END
        FROM order_lines AS ordered WHERE ordered.id = line.order_line_id
        """
    )
    op.alter_column("delivery_lines", "material_code", nullable=False)
    op.alter_column("delivery_lines", "unit", nullable=False)
    for name, condition in (
        ("delivery_lines_accepted", "accepted >= 0 AND accepted <= received"),
        ("delivery_lines_received", "received <= quantity"),
        ("delivery_lines_reason", "accepted = received OR reason <> '' OR NOT judged"),
    ):
        op.execute(f"ALTER TABLE delivery_lines DROP CONSTRAINT IF EXISTS {name}")
        op.create_check_constraint(name, "delivery_lines", condition)
    op.create_foreign_key("delivery_lines_replaced", "delivery_lines", "delivery_lines", ["replaces"], ["id"])
    op.create_index("delivery_lines_replacing", "delivery_lines", ["replaces"], unique=False)


def _papers() -> None:
    op.create_table(
        "delivery_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("(line_id IS NULL) = (number = '')", name="delivery_files_certificate"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="delivery_files_delivery", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="delivery_files_file"),
        sa.ForeignKeyConstraint(["line_id"], ["delivery_lines.id"], name="delivery_files_line"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("delivery_files_of_delivery", "delivery_files", ["delivery_id"], unique=False)
    op.create_table(
        "delivery_samples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("laboratory", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("report_file_id", sa.Uuid(), nullable=True),
        sa.Column("report_sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'passed', 'failed')", name="delivery_samples_state"),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="delivery_samples_delivery", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["line_id"], ["delivery_lines.id"], name="delivery_samples_line"),
        sa.ForeignKeyConstraint(["report_file_id"], ["files.id"], name="delivery_samples_report"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("delivery_id", "number", name="delivery_samples_once"),
    )
    op.create_table(
        "delivery_witnesses",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="delivery_witnesses_delivery", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "organisation_id"),
    )


def _tolerances() -> None:
    tolerances = op.create_table(
        "weighing_tolerances",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="weighing_tolerances_percent"),
        sa.PrimaryKeyConstraint("valid_from"),
    )
    custom = "钢材买卖合同惯例:过磅磅差 ±3‰ 以内以送货单为准 (custom of the trade, no statute)"
    op.bulk_insert(tolerances, [{"valid_from": date(2020, 1, 1), "percent": Decimal("0.30"), "source": custom}])
