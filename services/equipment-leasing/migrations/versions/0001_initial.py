"""initial."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    create_chassis_tables()
    # The embedded PostgreSQL has no btree_gist: a range of one uuid makes a uuid indexable by gist.
    op.execute("CREATE TYPE uuidrange AS RANGE (subtype = uuid)")
    op.create_table(
        "machines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lessor_id", sa.Uuid(), nullable=False),
        sa.Column("fleet_number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("manufacturer", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=True),
        sa.Column("pin", sa.Text(), nullable=True),
        sa.Column("manufacturing_licence", sa.Text(), nullable=True),
        sa.Column("product_certificate", sa.Text(), nullable=True),
        sa.Column("supervision_proof", sa.Text(), nullable=True),
        sa.Column("factory_date", sa.Date(), nullable=True),
        sa.Column("rated_moment", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column("registration_authority", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.Column("inspection_valid_to", sa.Date(), nullable=True),
        sa.Column("inspection_verdict", sa.Text(), nullable=True),
        sa.Column("inspection_agency", sa.Text(), nullable=True),
        sa.Column("inspection_report", sa.Text(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("assessment_valid_to", sa.Date(), nullable=True),
        sa.Column("assessment_verdict", sa.Text(), nullable=True),
        sa.Column("assessment_agency", sa.Text(), nullable=True),
        sa.Column("safety_devices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("devices_checked_on", sa.Date(), nullable=True),
        sa.CheckConstraint("assessment_verdict IN ('passed', 'failed')", name="machines_assessment_verdict"),
        sa.CheckConstraint("inspection_verdict IN ('passed', 'failed')", name="machines_inspection_verdict"),
        sa.CheckConstraint(
            "(registration_number IS NULL) = (registered_on IS NULL)", name="machines_registration_whole"
        ),
        sa.CheckConstraint("assessment_valid_to >= assessed_on", name="machines_assessment_forward"),
        sa.CheckConstraint("inspection_valid_to >= inspected_on", name="machines_inspection_forward"),
        sa.CheckConstraint("rated_moment > 0", name="machines_moment_positive"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lessor_id", "fleet_number", name="machines_fleet_number"),
        sa.UniqueConstraint("lessor_id", "registration_number", name="machines_registration_number"),
    )
    op.create_index("machines_lessor", "machines", ["lessor_id", "id"], unique=False)
    op.create_index("machines_pin", "machines", ["lessor_id", "pin"], unique=False)
    op.create_index("machines_serial", "machines", ["lessor_id", "serial_number"], unique=False)
    op.create_table(
        "telematics_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lessor_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lessor_id", "name", name="telematics_feeds_name"),
    )
    op.create_index("telematics_feeds_lessor", "telematics_feeds", ["lessor_id", "id"], unique=False)
    op.create_table(
        "listings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lessor_id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("monthly_rent", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("daily_rent", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("shift_rent", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("mobilisation_fee", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'listed', 'withdrawn')", name="listings_state"),
        sa.CheckConstraint(
            "coalesce(monthly_rent, 0) >= 0 AND coalesce(daily_rent, 0) >= 0 AND coalesce(shift_rent, 0) >= 0 AND coalesce(mobilisation_fee, 0) >= 0",
            name="listings_not_negative",
        ),
        sa.CheckConstraint(
            "monthly_rent IS NOT NULL OR daily_rent IS NOT NULL OR shift_rent IS NOT NULL", name="listings_rent"
        ),
        sa.ForeignKeyConstraint(
            ["machine_id"],
            ["machines.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("listings_lessor", "listings", ["lessor_id", "id"], unique=False)
    op.create_index(
        "listings_one_open",
        "listings",
        ["machine_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'listed')"),
    )
    op.create_index(
        "listings_search",
        "listings",
        ["kind", "district", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'listed'"),
    )
    op.create_table(
        "machine_hours",
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lessor_id", sa.Uuid(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("hours >= 0", name="machine_hours_not_negative"),
        sa.ForeignKeyConstraint(
            ["machine_id"],
            ["machines.id"],
        ),
        sa.PrimaryKeyConstraint("machine_id", "project_id", "day"),
    )
    op.create_index(
        "machine_hours_lessor", "machine_hours", ["lessor_id", "day", "project_id", "machine_id"], unique=False
    )
    op.create_index("machine_hours_newest", "machine_hours", ["day", "project_id", "machine_id"], unique=False)
    op.create_index("machine_hours_project", "machine_hours", ["project_id", "day", "machine_id"], unique=False)
    op.create_table(
        "telematics_units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("lessor_id", sa.Uuid(), nullable=False),
        sa.Column("equipment_id", sa.Text(), nullable=False),
        sa.Column("oem_name", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("serial_number", sa.Text(), nullable=True),
        sa.Column("pin", sa.Text(), nullable=True),
        sa.Column("machine_id", sa.Uuid(), nullable=True),
        sa.Column("matched_by", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("replacements", sa.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.CheckConstraint("matched_by IN ('mapping', 'serial_number', 'pin')", name="telematics_units_matched_by"),
        sa.CheckConstraint("(machine_id IS NULL) = (matched_by IS NULL)", name="telematics_units_match_whole"),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["telematics_feeds.id"],
        ),
        sa.ForeignKeyConstraint(
            ["machine_id"],
            ["machines.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("feed_id", "equipment_id", name="telematics_units_equipment"),
        sa.UniqueConstraint("machine_id", name="telematics_units_machine"),
    )
    op.create_index("telematics_units_feed", "telematics_units", ["feed_id", "id"], unique=False)
    op.create_index("telematics_units_lessor", "telematics_units", ["lessor_id", "id"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lessor_id", sa.Uuid(), nullable=False),
        sa.Column("lessee_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("agreed_first_day", sa.Date(), nullable=False),
        sa.Column("agreed_last_day", sa.Date(), nullable=False),
        sa.Column("rent_basis", sa.Text(), nullable=False),
        sa.Column("rent", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("operator_worker_id", sa.Uuid(), nullable=True),
        sa.Column("operator_certificate", sa.Text(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("uuidrange(machine_id, machine_id, '[]')"), "="),
            (sa.text("daterange(first_day, last_day, '[]')"), "&&"),
            where=sa.text("state IN ('held', 'confirmed', 'handed_over', 'returned')"),
            using="gist",
            name="bookings_no_overlap",
        ),
        sa.CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name="bookings_returned_whole"),
        sa.CheckConstraint(
            "(state IN ('handed_over', 'returned')) = (handed_over_at IS NOT NULL)", name="bookings_handed_over_whole"
        ),
        sa.CheckConstraint("rent_basis IN ('month', 'day', 'shift')", name="bookings_rent_basis"),
        sa.CheckConstraint(
            "state IN ('held', 'confirmed', 'handed_over', 'returned', 'released', 'cancelled')", name="bookings_state"
        ),
        sa.CheckConstraint("last_day >= first_day", name="bookings_forward"),
        sa.CheckConstraint("returned_at >= handed_over_at", name="bookings_returned_after"),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["listings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["machine_id"],
            ["machines.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("bookings_lessee", "bookings", ["lessee_id", "id"], unique=False)
    op.create_index("bookings_lessor", "bookings", ["lessor_id", "id"], unique=False)
    op.create_index("bookings_machine", "bookings", ["machine_id", "first_day"], unique=False)
    op.create_index(
        "bookings_on_site", "bookings", ["project_id"], unique=False, postgresql_where=sa.text("state = 'handed_over'")
    )
    op.create_index(
        "bookings_one_standing",
        "bookings",
        ["machine_id"],
        unique=True,
        postgresql_where=sa.text("state = 'handed_over'"),
    )
    op.create_table(
        "telematics_readings",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("hours >= 0", name="telematics_readings_not_negative"),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["telematics_units.id"],
        ),
        sa.PrimaryKeyConstraint("unit_id", "at"),
    )
