"""search: pairs of characters, indexed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

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
