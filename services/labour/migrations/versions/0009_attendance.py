"""Swipes by month, what devices say of themselves, geofences, repairs, break rules and locked months."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from chassis.migrations import script

revision = "0009"
down_revision = "0008"

# The table of before stays as the first partition: nothing is copied, and processes of the version before go on
# writing into it with their ON CONFLICT on its own key. Its upper bound lies beyond whatever they write meanwhile.
PARTITIONED = """
DO $$
DECLARE bound timestamptz;
BEGIN
  SELECT (date_trunc('month', greatest(now(), max(at)) AT TIME ZONE 'UTC') + interval '2 months') AT TIME ZONE 'UTC'
  INTO bound FROM swipes;
  CREATE TABLE gate_swipes (LIKE swipes INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (at);
  CREATE INDEX gate_swipes_project ON gate_swipes (project_id, at);
  EXECUTE format('ALTER TABLE gate_swipes ATTACH PARTITION swipes FOR VALUES FROM (MINVALUE) TO (%L)', bound);
  ALTER TABLE gate_swipes ADD COLUMN counted boolean DEFAULT true NOT NULL;
  CREATE TABLE gate_swipes_rest (LIKE gate_swipes INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
  ALTER TABLE gate_swipes_rest ADD PRIMARY KEY (device_id, sequence);
  ALTER TABLE gate_swipes ATTACH PARTITION gate_swipes_rest DEFAULT;
END $$;

-- Runs as the migrations' role, since the running service may make no tables: it makes months, nothing else.
-- Months begin after the last one there is, or after what the table of before covers.
CREATE FUNCTION make_swipe_partitions(through date) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE begins timestamptz; ends timestamptz; part text; made int := 0;
BEGIN
  IF through > current_date + 1200 THEN
    RAISE EXCEPTION 'partitions until % are asked for', through;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('labour.gate_swipes', 0));
  SELECT max(substring(pg_get_expr(c.relpartbound, c.oid) FROM $re$TO \\('([^']+)'\\)$re$)::timestamptz) INTO begins
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'gate_swipes'::regclass;
  WHILE begins < through LOOP
    ends := (begins AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
    part := 'gate_swipes_' || to_char(begins AT TIME ZONE 'UTC', 'YYYYMM');
    EXECUTE format('CREATE TABLE %I (LIKE gate_swipes INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (device_id, sequence)', part);
    EXECUTE format('REVOKE ALL ON %I FROM "@runtime@"', part);
    EXECUTE format('WITH moved AS (DELETE FROM gate_swipes_rest WHERE at >= %L AND at < %L RETURNING *)
                    INSERT INTO %I SELECT * FROM moved', begins, ends, part);
    EXECUTE format('ALTER TABLE gate_swipes ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, begins, ends);
    begins := ends;
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION make_swipe_partitions(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_swipe_partitions(date) TO "@runtime@";
SELECT make_swipe_partitions((now() + interval '8 months')::date);

-- The raw swipe never changes; whether it counts does, when a month is locked or opened again.
REVOKE UPDATE, DELETE, TRUNCATE ON gate_swipes, swipes, gate_swipes_rest FROM "@runtime@";
GRANT UPDATE (counted) ON gate_swipes TO "@runtime@";
"""


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    script(PARTITIONED.replace("@runtime@", context.config.attributes["runtime_role"]))
    _devices()
    op.create_table(
        "device_incidents",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('clock_set_back', 'clock_drift')", name="device_incidents_kind"),
        sa.ForeignKeyConstraint(["device_id"], ["gate_devices.id"], name="device_incidents_device"),
        sa.PrimaryKeyConstraint("device_id", "kind", "sequence"),
    )
    op.create_table(
        "swipe_locations",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lng", sa.Numeric(precision=12, scale=6), nullable=False),
        sa.Column("lat", sa.Numeric(precision=12, scale=6), nullable=False),
        sa.Column("accuracy_m", sa.Numeric(precision=12, scale=6), nullable=False),
        sa.Column("signals", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("too_fast", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "sequence"),
    )
    op.create_index("swipe_locations_worker", "swipe_locations", ["worker_id", "at"], unique=False)
    _rules_of_projects()
    _repairs()
    op.create_table(
        "locked_months",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name="locked_months_month"),
        sa.PrimaryKeyConstraint("project_id", "employer_id", "month"),
    )


def _devices() -> None:
    op.add_column("gate_devices", sa.Column("channel", sa.Text(), server_default="gate", nullable=False))
    op.add_column("gate_devices", sa.Column("predecessor_id", sa.Uuid(), nullable=True))
    op.add_column("gate_devices", sa.Column("last_sequence", sa.BigInteger(), server_default="-1", nullable=False))
    op.add_column("gate_devices", sa.Column("last_swipe_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("gate_devices", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("gate_devices", sa.Column("clock_drift_ms", sa.BigInteger(), nullable=True))
    op.create_check_constraint("gate_devices_channel", "gate_devices", "channel IN ('gate', 'handheld', 'phone')")
    op.create_unique_constraint("gate_devices_one_successor", "gate_devices", ["predecessor_id"])
    op.execute(
        """
        UPDATE gate_devices d SET last_sequence = s.sequence, last_swipe_at = s.at, last_seen_at = s.received_at
        FROM gate_devices o CROSS JOIN LATERAL (
          SELECT sequence, at, received_at FROM swipes WHERE device_id = o.id ORDER BY sequence DESC LIMIT 1
        ) s WHERE o.id = d.id
        """
    )


def _rules_of_projects() -> None:
    op.create_table(
        "geofences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("points", sa.ARRAY(sa.Numeric(precision=12, scale=6), dimensions=2), nullable=False),
        sa.Column("radius_m", sa.Numeric(precision=12, scale=6), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN radius_m IS NULL THEN array_length(points, 1) >= 3 "
            "ELSE radius_m > 0 AND array_length(points, 1) = 1 END",
            name="geofences_shape",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("geofences_project", "geofences", ["project_id", "id"], unique=False)
    op.create_table(
        "break_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("beyond_minutes", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("beyond_minutes >= minutes AND minutes >= 0", name="break_rules_minutes"),
        sa.CheckConstraint("valid_to >= valid_from", name="break_rules_dates"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "valid_from", name="break_rules_once"),
    )


def _repairs() -> None:
    op.create_table(
        "attendance_repairs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposer_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("direction IN ('01', '02')", name="attendance_repairs_direction"),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name="attendance_repairs_state"
        ),
        sa.CheckConstraint("state <> 'approved' OR decided_by <> proposed_by", name="attendance_repairs_two_persons"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="attendance_repairs_assignment"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "attendance_repairs_once",
        "attendance_repairs",
        ["assignment_id", "at", "direction"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
    )
    op.create_index("attendance_repairs_project", "attendance_repairs", ["project_id", "id"], unique=False)
