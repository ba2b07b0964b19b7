"""Courses, sessions, training bases, hours that somebody needs and has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0005"
down_revision = "0004"

INSTANT = sa.DateTime(timezone=True)
HOURS = sa.Numeric(precision=12, scale=2)
SCORE = sa.Numeric(precision=6, scale=2)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    _courses()
    _sessions()
    _bases()
    _hours()


def _courses() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("hours", HOURS, nullable=False),
        sa.Column("training_type", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("pass_mark", SCORE, nullable=True),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "category IN ('entry_company', 'entry_project', 'entry_team', 'yearly', 'job_change', 'skill')",
            name="courses_category",
        ),
        sa.CheckConstraint("subject IN ('safety', 'trade', 'smart_construction')", name="courses_subject"),
        sa.CheckConstraint("state IN ('offered', 'retired')", name="courses_state"),
        sa.CheckConstraint("(category = 'skill') = (subject <> 'safety')", name="courses_subject_fits"),
        sa.CheckConstraint("hours > 0", name="courses_hours"),
        sa.CheckConstraint("pass_mark BETWEEN 0 AND 100", name="courses_pass_mark"),
        sa.UniqueConstraint("organisation_id", "name", name="courses_name_taken"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("courses_base", "courses", ["base_id"], unique=False)


def _sessions() -> None:
    op.create_table(
        "training_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("trainer", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("hours", HOURS, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("audience IN ('own', 'project', 'everybody')", name="training_sessions_audience"),
        sa.CheckConstraint("state IN ('planned', 'held', 'closed', 'cancelled')", name="training_sessions_state"),
        sa.CheckConstraint("ends_at > starts_at", name="training_sessions_instants"),
        sa.CheckConstraint("hours > 0", name="training_sessions_hours"),
        sa.CheckConstraint(
            "(audience = 'project') <= (project_id IS NOT NULL)", name="training_sessions_project_named"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="training_sessions_course"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("training_sessions_organisation", "training_sessions", ["organisation_id", "id"], unique=False)
    op.create_index("training_sessions_project", "training_sessions", ["project_id", "id"], unique=False)
    op.create_index("training_sessions_audience_id", "training_sessions", ["audience", "id"], unique=False)
    op.create_table(
        "training_attendees",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("enrolled_at", INSTANT, nullable=False),
        sa.Column("checked_in_at", INSTANT, nullable=True),
        sa.Column("checked_out_at", INSTANT, nullable=True),
        sa.Column("score", SCORE, nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("hours", HOURS, nullable=True),
        sa.CheckConstraint("checked_out_at > checked_in_at", name="training_attendees_instants"),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="training_attendees_score"),
        sa.ForeignKeyConstraint(["session_id"], ["training_sessions.id"], name="training_attendees_session"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="training_attendees_worker"),
        sa.PrimaryKeyConstraint("session_id", "worker_id"),
    )
    op.create_index("training_attendees_worker_id", "training_attendees", ["worker_id"], unique=False)


def _bases() -> None:
    op.create_table(
        "training_bases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("skills", ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name="training_bases_dates"),
        sa.UniqueConstraint("organisation_id", name="training_bases_once"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "skill_certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('junior', 'middle', 'senior')", name="skill_certificates_level"),
        sa.CheckConstraint("state IN ('valid', 'revoked')", name="skill_certificates_state"),
        sa.CheckConstraint("valid_to >= issued_on", name="skill_certificates_dates"),
        sa.ForeignKeyConstraint(["base_id"], ["training_bases.id"], name="skill_certificates_base"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="skill_certificates_worker"),
        sa.UniqueConstraint("number", name="skill_certificates_number_taken"),
        sa.UniqueConstraint("session_id", "worker_id", name="skill_certificates_once"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("skill_certificates_organisation", "skill_certificates", ["organisation_id", "id"], unique=False)
    op.create_index("skill_certificates_employer", "skill_certificates", ["employer_id", "id"], unique=False)
    op.create_index("skill_certificates_worker_id", "skill_certificates", ["worker_id"], unique=False)


def _hours() -> None:
    op.create_table(
        "training_duties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("job_change", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "duty IN ('ordinary', 'special_trade', 'safety_officer', 'manager')", name="training_duties_duty"
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="training_duties_worker"),
        sa.UniqueConstraint("worker_id", "since", name="training_duties_once"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "training_requirements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("required_hours", HOURS, nullable=False),
        sa.Column("done_hours", HOURS, nullable=False),
        sa.Column("missing_levels", sa.Text(), nullable=False),
        sa.Column("train_by", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('entry', 'yearly', 'job_change')", name="training_requirements_kind"),
        sa.CheckConstraint("required_hours >= 0 AND done_hours >= 0", name="training_requirements_hours"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="training_requirements_worker"),
        sa.UniqueConstraint("worker_id", "period", name="training_requirements_once"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("training_requirements_employer", "training_requirements", ["employer_id", "id"], unique=False)
    op.create_index(
        "training_requirements_raised",
        "training_requirements",
        ["worker_id"],
        unique=False,
        postgresql_where=sa.text("raised_at IS NOT NULL"),
    )
