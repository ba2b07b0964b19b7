"""Search among many rows: the index is used."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from chassis.identity import Kind, Role
from procurement.search.repository import entries
from procurement.search.rules import Query
from tests.harness import Harness, organisation

MANY = 100_000
DIALECT: Any = PGDialect_asyncpg
INSERT = {
    "materials": """
        INSERT INTO materials (id, version, created_at, updated_at, code, name_zh, name_en,
            specification, retired)
        SELECT gen_random_uuid(), 1, now(), now(), to_char(90000000 + i % 10000000, 'FM00000000'),
            CASE WHEN i % 10000 = 0 THEN '铝合金窗' ELSE '热轧带肋钢筋' END, '', 'HRB400 ' || i, false
        FROM generate_series(1, $1) AS i ON CONFLICT DO NOTHING
        """,
    "orders": """
        INSERT INTO orders (id, version, created_at, updated_at, number, note, project_id, buyer_id, supplier_id, state,
            currency, total, reason, created_by)
        SELECT gen_random_uuid(), 1, now(), now(), 'PO-' || i,
            CASE WHEN i % 10000 = 0 THEN '铝合金窗' ELSE '三区底板' END, gen_random_uuid(), $2,
            gen_random_uuid(), 'draft', 'CNY', 0, '', 'many'
        FROM generate_series(1, $1) AS i
        """,
}


@pytest.mark.parametrize("table", INSERT)
@pytest.mark.parametrize("words", ["合金", "铝合金窗"])
async def test_two_characters_are_found_by_the_index(procurement: Harness, table: str, words: str) -> None:
    """Among 10^5 rows, which are gone afterwards."""
    who = organisation(Kind.CONTRACTOR).as_(*Role)
    [entry] = [one for one in entries(who, Query.of(words)) if one.kind == table]
    compiled = entry.hits.compile(dialect=DIALECT(), compile_kwargs={"literal_binds": True})
    connection = await asyncpg.connect(procurement.addresses.owner_url.replace("+asyncpg", ""))
    try:
        transaction = connection.transaction()
        await transaction.start()
        arguments = (MANY, who.organisation_id) if table == "orders" else (MANY,)
        await connection.execute(INSERT[table], *arguments)
        await connection.execute(f"ANALYZE {table}")
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {compiled}"))
        hits = await connection.fetch(str(compiled))
        await transaction.rollback()
    finally:
        await connection.close()
    assert f"Bitmap Index Scan on {table}_search" in plan, plan
    assert len(hits) == MANY // 10000
