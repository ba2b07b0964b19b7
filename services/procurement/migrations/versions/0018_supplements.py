"""Supplemental agreements: new caps, a new end, more items and who may call off, signed like the agreement itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "agreement_supplements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("before_valid_to", sa.Date(), nullable=False),
        sa.Column("soft_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("hard_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("before_soft_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("before_hard_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'signed', 'declined', 'withdrawn')", name="agreement_supplements_state"
        ),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'signed', 'declined') OR proposed_at IS NOT NULL",
            name="agreement_supplements_proposed",
        ),
        sa.CheckConstraint("soft_cap <= hard_cap", name="agreement_supplements_caps"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name="agreement_supplements_agreement"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agreement_id", "number", name="agreement_supplements_number"),
    )
    op.create_index(
        "agreement_supplements_one_open",
        "agreement_supplements",
        ["agreement_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'proposed')"),
    )
    op.create_table(
        "agreement_supplement_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
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
        sa.Column("before_soft_cap", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("before_hard_cap", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.CheckConstraint("price_kind IN ('fixed', 'published')", name="agreement_supplement_items_price_kind"),
        sa.CheckConstraint("soft_cap <= hard_cap", name="agreement_supplement_items_caps"),
        sa.ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="agreement_supplement_items_material",
        ),
        sa.ForeignKeyConstraint(
            ["supplement_id"], ["agreement_supplements.id"], name="agreement_supplement_items_of", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("supplement_id", "item_id", name="agreement_supplement_items_once"),
    )
    op.create_table(
        "agreement_supplement_entitlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("soft_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("hard_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("before_soft_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("before_hard_cap", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.CheckConstraint("soft_cap <= hard_cap", name="agreement_supplement_entitlements_caps"),
        sa.ForeignKeyConstraint(
            ["supplement_id"],
            ["agreement_supplements.id"],
            name="agreement_supplement_entitlements_of",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "supplement_id",
            "organisation_id",
            "project_id",
            name="agreement_supplement_entitlements_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
