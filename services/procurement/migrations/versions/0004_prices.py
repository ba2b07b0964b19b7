"""units, own codes and prices."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "frozen_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name="frozen_months_month"),
        sa.PrimaryKeyConstraint("month"),
    )
    op.create_table(
        "material_branches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.CheckConstraint("code ~ '^([0-9]{2}){1,2}$'", name="material_branches_code"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code", name="material_branches_code_taken"),
    )
    op.create_table(
        "price_publications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("prices", sa.Integer(), nullable=False),
        sa.CheckConstraint("region ~ '^[0-9]{6}$'", name="price_publications_region"),
        sa.CheckConstraint("source <> ''", name="price_publications_source"),
        sa.CheckConstraint("edition > 0", name="price_publications_edition_number"),
        sa.CheckConstraint("extract(day FROM month) = 1", name="price_publications_month"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("region", "month", "edition", name="price_publications_edition"),
    )
    op.create_table(
        "price_statistics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("deals", sa.Integer(), nullable=False),
        sa.Column("lower_quartile", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("median", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("upper_quartile", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.CheckConstraint("region ~ '^[0-9]{6}$'", name="price_statistics_region"),
        sa.CheckConstraint("deals >= 5", name="price_statistics_deals"),
        sa.CheckConstraint("extract(day FROM month) = 1", name="price_statistics_month"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("material_code", "region", "month", name="price_statistics_cell"),
    )
    op.create_table(
        "unit_conversions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("from_unit", sa.Text(), nullable=False),
        sa.Column("to_unit", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.CheckConstraint("material_code ~ '^([0-9]{8}|[*])$'", name="unit_conversions_code"),
        sa.CheckConstraint("source <> ''", name="unit_conversions_source"),
        sa.CheckConstraint("from_unit <> to_unit", name="unit_conversions_units"),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", name="unit_conversions_ratio"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("material_code", "from_unit", "to_unit", "valid_from", name="unit_conversions_once"),
    )
    op.create_index("unit_conversions_of_material", "unit_conversions", ["material_code", "id"], unique=False)
    op.create_table(
        "buyer_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("own_code", sa.Text(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("own_code <> ''", name="buyer_codes_own_code"),
        sa.ForeignKeyConstraint(["material_code"], ["materials.code"], name="buyer_codes_material"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "own_code", name="buyer_codes_once"),
    )
    op.create_index("buyer_codes_of_material", "buyer_codes", ["organisation_id", "material_code"], unique=False)
    op.create_table(
        "published_prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("with_tax", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("without_tax", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("with_tax >= without_tax AND without_tax > 0", name="published_prices_positive"),
        sa.ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="published_prices_material",
        ),
        sa.ForeignKeyConstraint(["publication_id"], ["price_publications.id"], name="published_prices_publication"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("publication_id", "material_code", name="published_prices_once"),
    )
    op.create_index(
        "published_prices_on_day",
        "published_prices",
        ["material_code", "region", "valid_from", "known_at"],
        unique=False,
    )
    op.add_column("materials", sa.Column("cost_type", sa.Text(), server_default=sa.text("'material'"), nullable=False))
    op.create_check_constraint(
        "materials_cost_type", "materials", "cost_type IN ('labour', 'material', 'equipment', 'machinery')"
    )
    _add_units_of_every_material()


def _add_units_of_every_material() -> None:
    """Units of measure that convert whatever the material: no second way leads from one to another."""
    factors = [("t", "kg", 1000), ("kg", "g", 1000), ("km", "m", 1000), ("m", "cm", 100), ("m", "mm", 1000)]
    factors += [("m2", "cm2", 10_000), ("m3", "L", 1000)]
    table = sa.table(
        "unit_conversions",
        *(sa.column(name) for name in ("id", "version", "created_at", "updated_at", "material_code", "from_unit")),
        *(sa.column(name) for name in ("to_unit", "numerator", "denominator", "source", "valid_from")),
    )
    for from_unit, to_unit, numerator in factors:
        op.execute(
            table.insert().values(
                id=sa.func.gen_random_uuid(),
                version=1,
                created_at=sa.func.now(),
                updated_at=sa.func.now(),
                material_code="*",
                from_unit=from_unit,
                to_unit=to_unit,
                numerator=numerator,
                denominator=1,
                source="GB 3100-1993",
                valid_from=date(1994, 7, 1),
            )
        )
