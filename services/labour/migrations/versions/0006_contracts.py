"""Links, contracts, their signatures and warnings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    _links()
    _contracts()
    _signatures()


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("valid_until", INSTANT, nullable=False),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("checked_until", INSTANT, nullable=True),
        sa.Column("checked_code_id", sa.Uuid(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint("purpose IN ('contract', 'wage_sheet', 'self_service')", name="links_purpose"),
        sa.CheckConstraint("state IN ('active', 'used', 'revoked', 'locked')", name="links_state"),
        sa.CheckConstraint("failures >= 0", name="links_failures"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="links_worker"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash", name="links_secret"),
    )
    op.create_index(
        "links_one_active",
        "links",
        ["worker_id", "purpose", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("links_employer", "links", ["employer_id", "id"], unique=False)
    op.create_index("links_worker_id", "links", ["worker_id"], unique=False)
    op.create_table(
        "link_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("sent_to", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("valid_until", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('identity', 'phone')", name="link_codes_kind"),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="link_codes_link"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("link_codes_link_id", "link_codes", ["link_id", "kind", "id"], unique=False)


def _contracts() -> None:
    op.create_table(
        "contracts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("duties", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("wage_kind", sa.Text(), nullable=False),
        sa.Column("wage_rate", sa.Numeric(18, 2), nullable=False),
        sa.Column("wage_unit", sa.Text(), nullable=False),
        sa.Column("pay_day", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('labour_contract', 'work_agreement')", name="contracts_kind"),
        sa.CheckConstraint("wage_kind IN ('day', 'month', 'piece')", name="contracts_wage_kind"),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'signed', 'ended', 'terminated', 'void')", name="contracts_state"
        ),
        sa.CheckConstraint("wage_rate > 0", name="contracts_wage_rate"),
        sa.CheckConstraint("pay_day BETWEEN 1 AND 31", name="contracts_pay_day"),
        sa.CheckConstraint("valid_to >= valid_from", name="contracts_dates"),
        sa.CheckConstraint("last_day >= valid_from", name="contracts_last_day"),
        sa.CheckConstraint(
            "(state IN ('signed', 'ended', 'terminated')) = (signed_at IS NOT NULL)", name="contracts_signed"
        ),
        sa.CheckConstraint("signed_at IS NULL OR sha256 ~ '^[0-9a-f]{64}$'", name="contracts_sha256"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="contracts_worker"),
        sa.ForeignKeyConstraint(["follows_id"], ["contracts.id"], name="contracts_follows"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="contracts_file"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("employer_id", "number", name="contracts_number_taken"),
    )
    op.create_index("contracts_employer", "contracts", ["employer_id", "id"], unique=False)
    op.create_index("contracts_worker_id", "contracts", ["worker_id", "valid_from"], unique=False)
    op.create_index("contracts_project", "contracts", ["project_id", "id"], unique=False)


def _signatures() -> None:
    op.create_table(
        "contract_signatures",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("code_sent_to", sa.Text(), nullable=False),
        sa.Column("code_sent_at", INSTANT, nullable=True),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("method IN ('link', 'paper')", name="contract_signatures_method"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="contract_signatures_sha256"),
        sa.CheckConstraint("(method = 'link') = (link_id IS NOT NULL)", name="contract_signatures_by"),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="contract_signatures_contract"),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="contract_signatures_link"),
        sa.PrimaryKeyConstraint("contract_id"),
    )
    op.create_table(
        "contract_warnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("days_left", sa.Integer(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="contract_warnings_contract"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contract_id", "days_left", name="contract_warnings_once"),
    )
    op.create_index("contract_warnings_employer", "contract_warnings", ["employer_id", "id"], unique=False)
