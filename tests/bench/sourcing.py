"""A sourcing of 500 lines that 20 suppliers have offered for: its award against the bare rows, and its comparison."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import orjson

from chassis.ids import new_id
from tests.bench.load import Measured, wrk
from tests.bench.orders import headers
from tests.bench.rig import Buyer, Rig

LINES = 500
SUPPLIERS = 20
API = "/procurement/v1"

_MATERIALS = (
    """
    INSERT INTO materials (id, version, created_at, updated_at, code, name_zh, name_en, specification, retired)
    SELECT gen_random_uuid(), 1, now(), now(), '0109' || lpad(n::text, 4, '0'), '材料', 'material', '', false
    FROM generate_series(1, 500) AS n ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO material_units (id, material_code, unit)
    SELECT gen_random_uuid(), '0109' || lpad(n::text, 4, '0'), 't'
    FROM generate_series(1, 500) AS n ON CONFLICT DO NOTHING
    """,
)
_OPENED = (
    """
    INSERT INTO sourcings (id, version, created_at, updated_at, buyer_id, kind, state, title, note, currency, deadline,
        show_rank, reason, created_by, published_at, opened_at)
    VALUES ($1, 1, now(), now(), $2, 'inquiry', 'opened', 'Bench', '', 'CNY', now(), true, '', 'bench', now(), now())
    """,
    "INSERT INTO sourcing_guests (sourcing_id, supplier_id) SELECT $1, unnest($2::uuid[])",
    """
    INSERT INTO sourcing_lines (id, sourcing_id, position, material_code, unit, quantity)
    SELECT uuidv7(), $1, n, '0109' || lpad(n::text, 4, '0'), 't', 10.5 FROM generate_series(1, 500) AS n
    """,
    """
    INSERT INTO sourcing_parts (id, line_id, position, project_id, cost_code, needed_by, quantity)
    SELECT uuidv7(), id, 1, $2, '01', DATE '2027-01-31', quantity FROM sourcing_lines WHERE sourcing_id = $1
    """,
    """
    INSERT INTO offers (id, sourcing_id, buyer_id, supplier_id, origin, origin_id, currency, freight, total, complete,
        valid_until, note, created_at)
    SELECT uuidv7(), $1, $2, supplier, 'quote', uuidv7(), 'CNY', 0, 0, true, DATE '2099-12-31', '', now()
    FROM unnest($3::uuid[]) AS supplier
    """,
    """
    INSERT INTO offer_lines (id, offer_id, line_id, supplier_id, position, material_code, alternative, unit_price,
        tax_percent, delivery_on, note, amount, freight, landed, landed_price)
    SELECT uuidv7(), offer.id, line.id, offer.supplier_id, line.position, line.material_code, false, price, 13.00,
        DATE '2027-01-15', '', line.quantity * price, 0, line.quantity * price, price
    FROM offers AS offer
    JOIN sourcing_lines AS line ON line.sourcing_id = offer.sourcing_id
    CROSS JOIN LATERAL (
        SELECT 3000 + (line.position + array_position($2::uuid[], offer.supplier_id)) % 20 AS price
    ) AS priced
    WHERE offer.sourcing_id = $1
    """,
)
_LOWEST = """
SELECT DISTINCT ON (line_id) id FROM offer_lines
WHERE line_id IN (SELECT id FROM sourcing_lines WHERE sourcing_id = $1) ORDER BY line_id, landed_price
"""


async def opened(rig: Rig, buyer: Buyer, count: int) -> list[UUID]:
    """So many sourcings of 500 materials, with an offer of each of the suppliers for each line; each wins 25 lines."""
    connection = await rig.connect("procurement")
    for statement in _MATERIALS:
        await connection.execute(statement)
    made = []
    for _ in range(count):
        sourcing_id, suppliers = new_id(), [new_id() for _ in range(SUPPLIERS)]
        organisation = buyer.principal.organisation_id
        arguments: tuple[tuple[Any, ...], ...] = (
            (sourcing_id, organisation),
            (sourcing_id, suppliers),
            (sourcing_id,),
            (sourcing_id, buyer.project_id),
            (sourcing_id, organisation, suppliers),
            (sourcing_id, suppliers),
        )
        for statement, values in zip(_OPENED, arguments, strict=True):
            await connection.execute(statement, *values)
        made.append(sourcing_id)
    await connection.close()
    owner = await asyncpg.connect(rig.databases["procurement"].owner_url)
    await owner.execute("ANALYZE sourcings, sourcing_lines, sourcing_parts, sourcing_guests, offers, offer_lines")
    await owner.close()
    return made


async def award_bodies(rig: Rig, sourcings: Sequence[UUID]) -> list[bytes]:
    """What the buyer sends to give each line to its lowest offer."""
    connection = await rig.connect("procurement")
    bodies = []
    for sourcing_id in sourcings:
        lines = [
            {"offer_line_id": str(row["id"]), "quantity": "10.5"}
            for row in await connection.fetch(_LOWEST, sourcing_id)
        ]
        bodies.append(orjson.dumps({"sourcing_id": str(sourcing_id), "lines": lines}))
    await connection.close()
    return bodies


async def award(rig: Rig, buyer: Buyer, bodies: Sequence[bytes]) -> tuple[float, UUID]:
    """Awards a second through the gateway, one after the other, and the last one's id."""
    async with aiohttp.ClientSession(headers=headers(rig, buyer)) as http:
        await (await http.get(rig.url("gateway") + API + "/awards?page_size=1")).read()
        began = time.perf_counter()
        for body in bodies:
            key = {"Idempotency-Key": str(new_id())}
            async with http.post(rig.url("gateway") + API + "/awards", data=body, headers=key) as answer:
                content = await answer.read()
                if answer.status != 201:
                    raise RuntimeError(content.decode())
        elapsed = time.perf_counter() - began
    given = orjson.loads(content)
    if (len(given["lines"]), len(given["order_ids"])) != (LINES, SUPPLIERS):
        raise RuntimeError("the award was not of all lines to all suppliers")
    return len(bodies) / elapsed, UUID(given["id"])


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that a table has, column by column, and the statement that inserts them."""

    statement: str
    columns: list[str]
    records: list[asyncpg.Record]


_WRITTEN = {
    "awards": "id = $1",
    "award_lines": "award_id = $1",
    "orders": "origin_id = $1",
    "order_lines": "order_id IN (SELECT id FROM orders WHERE origin_id = $1)",
    "outbox": "aggregate_id = $1 OR aggregate_id IN (SELECT id FROM orders WHERE origin_id = $1)",
    "audit": "entity_id = $1 OR entity_id IN (SELECT id FROM orders WHERE origin_id = $1)",
    "idempotency_keys": "convert_from(body, 'UTF8') LIKE '{\"id\":\"' || $1::uuid::text || '\"%'",
}
"""What an award has written, by its id; the sourcing's own change, its fact and audit row are left out."""


async def written(connection: asyncpg.Connection[Any], award_id: UUID) -> list[Rows]:
    """The rows of an award, to be written again bare."""
    found = []
    for table, condition in _WRITTEN.items():
        types = await connection.fetch(
            "SELECT attname, format_type(atttypid, atttypmod) AS kind FROM pg_attribute "
            "WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' "
            "AND attgenerated = ''",
            table,
        )
        names = [row["attname"] for row in types]
        kinds = ["text" if row["kind"].endswith("[]") else row["kind"] for row in types]  # unnest would go through both
        arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(kinds, start=1))
        values = ", ".join(f"{row['attname']}::{row['kind']}" for row in types)
        records = await connection.fetch(f"SELECT {', '.join(names)} FROM {table} WHERE {condition}", award_id)
        if not records:
            raise RuntimeError(f"the award has left nothing in {table}")
        columns = ", ".join(names)
        statement = f"INSERT INTO {table} ({columns}) SELECT {values} FROM unnest({arrays}) AS made ({columns})"
        found.append(Rows(statement, names, records))
    return found


_MADE = {"id", "event_id", "award_id", "order_id", "aggregate_id", "entity_id", "origin_id", "origin_line_id"}


def again(rows: Sequence[Rows]) -> list[tuple[str, list[list[Any]]]]:
    """The statements with their arrays: the same rows under new ids, numbers and keys."""
    fresh: dict[Any, UUID] = {}
    made = []
    for table in rows:
        columns = []
        for name in table.columns:
            values = [record[name] for record in table.records]
            if name in _MADE:
                values = [None if value is None else fresh.setdefault(value, new_id()) for value in values]
            elif name in ("number", "key"):
                values = [str(new_id()) for _ in values]
            elif isinstance(values[0], list):
                values = ["{" + ",".join(map(json.dumps, value)) + "}" for value in values]
            columns.append(values)
        made.append((table.statement, columns))
    return made


async def bare_award(rig: Rig, award_id: UUID, count: int) -> float:
    """Times a second that the rows of an award go in with one INSERT … SELECT unnest a table, in one transaction."""
    connection = await rig.connect("procurement")
    rows = await written(connection, award_id)
    elapsed = 0.0
    for _ in range(count):
        statements = again(rows)
        began = time.perf_counter()
        async with connection.transaction():
            for statement, columns in statements:
                await connection.execute(statement, *columns)
        elapsed += time.perf_counter() - began
    await connection.close()
    return count / elapsed


async def compare(rig: Rig, buyer: Buyer, sourcing_id: UUID, seconds: float) -> Measured:
    """The whole comparison through the gateway, one after the other."""
    url = f"{rig.url('gateway')}{API}/sourcing/{sourcing_id}/comparison?page_size={LINES}"
    async with aiohttp.ClientSession(headers=headers(rig, buyer)) as http, http.get(url) as answer:
        items = orjson.loads(await answer.read())["items"]
    if sum(len(line["cells"]) for line in items) != LINES * SUPPLIERS:
        raise RuntimeError("the comparison is not whole")
    return await wrk(url, seconds=seconds, connections=1, headers=headers(rig, buyer))
