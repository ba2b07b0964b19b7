"""search: pairs of characters, indexed; saved filters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

SEARCHED = {
    "materials": "code || ' ' || name_zh || ' ' || name_en || ' ' || specification",
    "orders": "number || ' ' || note",
    "supplier_files": "uscc || ' ' || name_zh || ' ' || name_en",
}


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.execute(
        """
        CREATE FUNCTION search_text(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN lower(normalize(value, NFKC))
        """
    )
    op.execute(
        """
        CREATE FUNCTION search_bigrams(value text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        BEGIN ATOMIC
            SELECT coalesce(array_agg(first || second), '{}')
            FROM string_to_array(search_text(value), NULL) AS letters,
                unnest(letters[1 : cardinality(letters) - 1], letters[2 : ]) AS pair (first, second);
        END
        """
    )
    for table, words in SEARCHED.items():
        op.create_index(f"{table}_search", table, [sa.text(f"search_bigrams({words})")], postgresql_using="gin")
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("listing", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "owner", "listing", "name", name="saved_filters_name_taken"),
    )
    op.create_index("saved_filters_organisation", "saved_filters", ["organisation_id", "id"], unique=False)
