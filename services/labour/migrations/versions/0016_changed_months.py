"""What has changed is told in one row for a project's month with all its workers, not in a row for each of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

BEFORE = "INSERT INTO evidence_changes (project_id, worker_id, month)"
TELL = "INSERT INTO evidence_changed_months (project_id, month, worker_ids)"
GROUPED = "SELECT project_id, month, array_agg(DISTINCT worker_id)"

# A gate's batch changes a thousand days: no DISTINCT, since the reader makes one of many anyway.
DAY_BEGUN = f"""
    {TELL} SELECT project_id, date_trunc('month', day::timestamp)::date, array_agg(worker_id)
    FROM changed WHERE days <> 0 GROUP BY 1, 2
"""  # noqa: S608 - of constants
# What counts of a day before and after; told apart by hashing, because a join has been planned for an empty table once.
COUNTS = """
    SELECT project_id, date_trunc('month', day::timestamp)::date AS month, worker_id, day, days,
        (first_in IS NULL) <> (first_out IS NULL) AS open
"""
DAY_CHANGED = f"""
    {TELL} SELECT project_id, month, array_agg(worker_id)
    FROM ({COUNTS} FROM changed EXCEPT {COUNTS} FROM before) told GROUP BY 1, 2
"""  # noqa: S608 - of constants


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration.

    `evidence_changes` stays for the processes of the version before, which go on looking into it; nothing comes in any
    more.
    """
    op.create_table(
        "evidence_changed_months",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("worker_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    # Nothing is gained by compressing random numbers.
    op.execute("ALTER TABLE evidence_changed_months ALTER COLUMN worker_ids SET STORAGE EXTERNAL")
    # Who is writing into the old table has committed before it is emptied; whoever comes later finds the new functions.
    op.execute("LOCK TABLE evidence_changes IN EXCLUSIVE MODE")
    for name, body in _functions():
        _replace(name, _redirected(body))
    _replace("evidence_insert_worker_days", DAY_BEGUN)
    _replace("evidence_update_worker_days", DAY_CHANGED)
    op.execute(f"{TELL} {GROUPED} FROM evidence_changes GROUP BY 1, 2")
    op.execute("DELETE FROM evidence_changes")


def _functions() -> list[tuple[str, str]]:
    """The functions of migration 0012 with their bodies."""
    found = op.get_bind().execute(
        sa.text(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc LIKE :like"
        ),
        {"like": f"%{BEFORE}%"},
    )
    return [(name, body) for name, body in found]


def _redirected(body: str) -> str:
    """The same query, told in one row for each project's month."""
    query = body.partition(BEFORE)[2].partition("; RETURN NULL;")[0]
    return f"{TELL} {GROUPED} FROM ({query}) AS told (project_id, worker_id, month) GROUP BY 1, 2"


def _replace(name: str, statement: str) -> None:
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$body$ BEGIN {statement}; RETURN NULL; END $body$"
    )
