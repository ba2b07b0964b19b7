"""Search among many rows: the index is used."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from chassis.identity import Kind, Principal, Role
from chassis.pages import PageRequest
from procurement.search.repository import entries
from procurement.search.rules import CANDIDATES, Query
from tests.harness import Harness, organisation

MANY = 100_000
DIALECT: Any = PGDialect_asyncpg
COMMON = {"materials": "热轧带肋钢筋", "orders": "三区底板"}
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
async def test_few_are_found_by_the_index_and_many_are_not_read(procurement: Harness, table: str) -> None:
    """Among 10^5 rows, which are gone afterwards."""
    who = organisation(Kind.CONTRACTOR).as_(*Role)
    connection = await asyncpg.connect(procurement.addresses.owner_url.replace("+asyncpg", ""))
    try:
        transaction = connection.transaction()
        await transaction.start()
        arguments = (MANY, who.organisation_id) if table == "orders" else (MANY,)
        await connection.execute(INSERT[table], *arguments)
        await connection.execute(f"ANALYZE {table}")
        for words in ("合金", "铝合金窗"):
            statement = _statement(who, table, words)
            plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {statement}"))
            assert f"Bitmap Index Scan on {table}_search" in plan, plan
            assert len(await connection.fetch(statement)) == MANY // 10000
        statement = _statement(who, table, COMMON[table])
        [[told]] = await connection.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        assert CANDIDATES <= _most_read(json.loads(told)[0]["Plan"]) <= 2 * CANDIDATES, told
        assert len(await connection.fetch(statement)) == CANDIDATES
        await transaction.rollback()
    finally:
        await connection.close()


def _statement(who: Principal, table: str, words: str) -> str:
    [entry] = [one for one in entries(who, Query.of(words)) if one.kind == table]
    statement = entry.page(PageRequest(2 * CANDIDATES))
    return str(statement.compile(dialect=DIALECT(), compile_kwargs={"literal_binds": True}))


def _most_read(node: dict[str, Any]) -> float:
    """Rows that any step of the plan has looked at, those that a filter removed too."""
    removed = sum(value for name, value in node.items() if name.startswith("Rows Removed"))
    own: float = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return max([own, *map(_most_read, node.get("Plans", []))])
