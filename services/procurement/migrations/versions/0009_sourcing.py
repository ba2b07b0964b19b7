"""Sourcing: inquiries and auctions, sealed quotes, offers, awards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "sourcings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("show_rank", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('inquiry', 'auction')", name="sourcings_kind"),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'opened', 'awarded', 'cancelled', 'failed')", name="sourcings_state"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sourcings_buyer", "sourcings", ["buyer_id", "id"], unique=False)
    op.create_table(
        "auctions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sourcing_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("start_price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("decrement", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("within_minutes", sa.Integer(), nullable=False),
        sa.Column("extension_minutes", sa.Integer(), nullable=False),
        sa.Column("most_extensions", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bids", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bidders", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("best_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("last_bid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("shown IN ('rank', 'best')", name="auctions_shown"),
        sa.CheckConstraint("state IN ('open', 'closed')", name="auctions_state"),
        sa.CheckConstraint("extensions <= most_extensions", name="auctions_extensions"),
        sa.CheckConstraint("start_price > 0 AND decrement > 0", name="auctions_prices"),
        sa.CheckConstraint("starts_at < ends_at", name="auctions_times"),
        sa.ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], name="auctions_sourcing", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sourcing_id", name="auctions_once"),
    )
    op.create_table(
        "awards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sourcing_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], name="awards_sourcing"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("awards_buyer", "awards", ["buyer_id", "id"], unique=False)
    op.create_index("awards_sourcing_id", "awards", ["sourcing_id"], unique=False)
    op.create_table(
        "quote_keys",
        sa.Column("sourcing_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], name="quote_keys_sourcing", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sourcing_id"),
    )
    op.create_table(
        "sourcing_guests",
        sa.Column("sourcing_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("excluded", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], name="sourcing_guests_sourcing", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sourcing_id", "supplier_id"),
    )
    op.create_index("sourcing_guests_supplier", "sourcing_guests", ["supplier_id", "sourcing_id"], unique=False)
    op.create_table(
        "sourcing_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sourcing_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["sourcing_id"], ["sourcings.id"], name="sourcing_questions_sourcing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sourcing_questions_sourcing_id", "sourcing_questions", ["sourcing_id", "id"], unique=False)
    op.create_table(
        "auction_bidders",
        sa.Column("auction_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["auction_id"], ["auctions.id"], name="auction_bidders_auction", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("auction_id", "supplier_id"),
        sa.UniqueConstraint("auction_id", "number", name="auction_bidders_number"),
    )
    op.create_table(
        "auction_bids",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("auction_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["auction_id"], ["auctions.id"], name="auction_bids_auction", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("auction_id", "sequence", name="auction_bids_sequence"),
    )
    op.create_index("auction_bids_supplier", "auction_bids", ["supplier_id", "auction_id", "id"], unique=False)
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sourcing_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("freight", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin IN ('quote', 'auction')", name="offers_origin"),
        sa.ForeignKeyConstraint(
            ["sourcing_id", "supplier_id"],
            ["sourcing_guests.sourcing_id", "sourcing_guests.supplier_id"],
            name="offers_guest",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sourcing_id", "supplier_id", name="offers_once"),
    )
    op.create_index("offers_buyer", "offers", ["buyer_id", "id"], unique=False)
    op.create_table(
        "quotes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sourcing_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(sealed IS NULL) = (digest IS NULL)", name="quotes_digest"),
        sa.ForeignKeyConstraint(
            ["sourcing_id", "supplier_id"],
            ["sourcing_guests.sourcing_id", "sourcing_guests.supplier_id"],
            name="quotes_guest",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sourcing_id", "supplier_id", "version", name="quotes_version"),
    )
    op.create_index("quotes_supplier", "quotes", ["supplier_id", "id"], unique=False)
    op.create_table(
        "sourcing_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sourcing_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("awarded", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("awarded BETWEEN 0 AND quantity", name="sourcing_lines_awarded"),
        sa.CheckConstraint("quantity > 0", name="sourcing_lines_quantity"),
        sa.ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="sourcing_lines_material",
        ),
        sa.ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], name="sourcing_lines_sourcing", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sourcing_id", "position", name="sourcing_lines_position"),
    )
    op.create_table(
        "auction_lines",
        sa.Column("auction_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("start_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.CheckConstraint("start_price > 0", name="auction_lines_price"),
        sa.ForeignKeyConstraint(["auction_id"], ["auctions.id"], name="auction_lines_auction", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["line_id"], ["sourcing_lines.id"], name="auction_lines_line", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("auction_id", "line_id"),
    )
    op.create_table(
        "award_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("offer_line_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("lowest", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("lowest OR reason <> ''", name="award_lines_reason"),
        sa.CheckConstraint("quantity > 0", name="award_lines_quantity"),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name="award_lines_award", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["line_id"], ["sourcing_lines.id"], name="award_lines_line"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("award_id", "position", name="award_lines_position"),
    )
    op.create_index("award_lines_supplier", "award_lines", ["supplier_id", "award_id"], unique=False)
    op.create_table(
        "offer_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("alternative", sa.Boolean(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("delivery_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("freight", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("landed", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("landed_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.CheckConstraint("landed = amount + freight", name="offer_lines_landed"),
        sa.ForeignKeyConstraint(["line_id"], ["sourcing_lines.id"], name="offer_lines_line", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name="offer_lines_offer", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("line_id", "offer_id", name="offer_lines_once"),
    )
    op.create_index("offer_lines_offer_id", "offer_lines", ["offer_id"], unique=False)
    op.create_table(
        "sourcing_parts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("cost_code", sa.Text(), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("awarded", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.Column("requisition_line_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("awarded BETWEEN 0 AND quantity", name="sourcing_parts_awarded"),
        sa.CheckConstraint("quantity > 0", name="sourcing_parts_quantity"),
        sa.ForeignKeyConstraint(["line_id"], ["sourcing_lines.id"], name="sourcing_parts_line", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("line_id", "position", name="sourcing_parts_position"),
    )
    op.create_index(
        "sourcing_parts_requisition",
        "sourcing_parts",
        ["requisition_line_id"],
        unique=False,
        postgresql_where=sa.text("requisition_line_id IS NOT NULL"),
    )
    op.create_index("order_lines_bought", "order_lines", ["material_code", "unit", "id"], unique=False)
