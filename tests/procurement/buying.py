"""Brings sourcings to a state through the public doors and the jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from httpx import Response

from chassis.identity import Kind, Principal, Role, service_principal
from procurement.auctions import service as auctions
from procurement.quotes import service as quotes
from tests.harness import Harness, Organisation, key, organisation

if TYPE_CHECKING:
    from tests.procurement.conftest import Site

API = "/procurement/v1"
BAR, SQUARE = "01090001", "01110001"
JOB = service_principal("procurement")


@dataclass
class Buying:
    """A contractor that asks three suppliers, of which `site.supplier` is the first."""

    harness: Harness
    site: Site
    suppliers: list[Organisation] = field(default_factory=list)

    @classmethod
    async def at(cls, harness: Harness, site: Site) -> Buying:
        """With a second material in the catalogue, which can stand for the first."""
        async with harness.sql() as connection:
            await connection.execute(
                """
                INSERT INTO materials (id, version, created_at, updated_at, code, name_zh, name_en, specification,
                    retired)
                VALUES (gen_random_uuid(), 1, now(), now(), '01110001', '方钢', 'square bar', '', false)
                ON CONFLICT DO NOTHING
                """
            )
            await connection.execute(
                """
                INSERT INTO material_units (id, material_code, unit) VALUES (gen_random_uuid(), '01110001', 't')
                ON CONFLICT DO NOTHING
                """
            )
        return cls(harness, site, [site.supplier, organisation(Kind.SUPPLIER), organisation(Kind.SUPPLIER)])

    @property
    def buyer(self) -> Principal:
        """Who asks and decides."""
        return self.site.contractor.as_(Role.BUYER)

    def sales(self, number: int) -> Principal:
        """Who sells for a supplier."""
        return self.suppliers[number].as_(Role.SALES)

    @property
    def deadline(self) -> datetime:
        """An hour from now."""
        return self.harness.clock.now() + timedelta(hours=1)

    def body(self, *quantities: str, **changes: Any) -> dict[str, Any]:
        """A good request with a line of rebar for each quantity (10 t and 4 t when none is given)."""
        lines = [
            {
                "material_code": BAR,
                "unit": "t",
                "parts": [
                    {
                        "project_id": str(self.site.project_id),
                        "cost_code": "01-STEEL",
                        "needed_by": "2026-12-20",
                        "quantity": quantity,
                    }
                ],
            }
            for quantity in quantities or ("10", "4")
        ]
        return {
            "title": "Rebar",
            "deadline": self.deadline.isoformat(),
            "supplier_ids": [str(one.id) for one in self.suppliers],
            "lines": lines,
        } | changes

    async def call(self, who: Principal, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """One call, with a fresh key."""
        async with self.harness.client(who) as client:
            return await client.request(method, f"{API}{path}", json=body, headers=key() | headers)

    async def get(self, who: Principal, path: str) -> Any:
        """What somebody reads."""
        answer = await self.call(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, who: Principal, path: str, body: Any = None) -> Any:
        """What somebody writes."""
        answer = await self.call(who, "POST", path, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def draft(self, *quantities: str, **changes: Any) -> dict[str, Any]:
        """A draft."""
        made: dict[str, Any] = await self.post(self.buyer, "/sourcing", self.body(*quantities, **changes))
        return made

    async def published(self, *quantities: str, **changes: Any) -> dict[str, Any]:
        """An inquiry that its guests see."""
        made = await self.draft(*quantities, **changes)
        shown: dict[str, Any] = await self.post(self.buyer, f"/sourcing/{made['id']}:publish")
        return shown

    def quote_body(self, sourcing: dict[str, Any], *prices: str | None, **changes: Any) -> dict[str, Any]:
        """A quote with a price per line; None leaves a line out."""
        lines = [
            {"line_id": line["id"], "unit_price": price, "tax_percent": "13", "delivery_on": "2026-12-15"}
            for line, price in zip(sourcing["lines"], prices, strict=True)
            if price is not None
        ]
        return {"sourcing_id": sourcing["id"], "valid_until": "2027-01-31", "lines": lines} | changes

    async def quote(self, number: int, sourcing: dict[str, Any], *prices: str | None, **changes: Any) -> dict[str, Any]:
        """A receipt."""
        body = self.quote_body(sourcing, *prices, **changes)
        receipt: dict[str, Any] = await self.post(self.sales(number), "/quotes", body)
        return receipt

    async def at_the_deadline(self, sourcing: dict[str, Any]) -> None:
        """Time goes on to the deadline, and its job runs."""
        until = datetime.fromisoformat(sourcing["deadline"])
        self.harness.clock.advance(max(until - self.harness.clock.now(), timedelta(0)))
        await self.run_the_job(sourcing)

    async def run_the_job(self, sourcing: dict[str, Any]) -> None:
        """The job of the deadline, whatever the time is."""
        payload = {"sourcing_id": sourcing["id"]}
        async with self.harness.work(JOB) as work:
            if sourcing["kind"] == "auction":
                await auctions.close(work, payload)
            else:
                await quotes.open_all(work, payload, self.harness.runtime.clients)

    async def opened(self, *offers: tuple[str | None, ...], **changes: Any) -> dict[str, Any]:
        """An opened inquiry for 10 t and 4 t; `offers`: the prices of the first suppliers for the two lines."""
        sourcing = await self.published(**changes)
        for number, prices in enumerate(offers):
            await self.quote(number, sourcing, *prices)
        await self.at_the_deadline(sourcing)
        found: dict[str, Any] = await self.get(self.buyer, f"/sourcing/{sourcing['id']}")
        assert found["state"] == "opened"
        return found

    async def compared(self, sourcing: dict[str, Any]) -> list[dict[str, Any]]:
        """The comparison's lines."""
        found: list[dict[str, Any]] = (await self.get(self.buyer, f"/sourcing/{sourcing['id']}/comparison"))["items"]
        return found

    async def offered(self, sourcing: dict[str, Any]) -> dict[tuple[int, int], str]:
        """Ids of offer lines by (number of the supplier, position of the line from 0)."""
        numbers = {str(one.id): number for number, one in enumerate(self.suppliers)}
        return {
            (numbers[cell["supplier_id"]], line["position"] - 1): cell["offer_line_id"]
            for line in await self.compared(sourcing)
            for cell in line["cells"]
        }

    @asynccontextmanager
    async def same(self) -> AsyncIterator[None]:
        """Nothing changes in the block."""
        before = await self.harness.checksum()
        yield
        assert await self.harness.checksum() == before

    async def refused(self, who: Principal, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Status and code of a refusal that changes nothing."""
        async with self.same():
            answer = await self.call(who, method, path, body)
        assert not answer.is_success, answer.text
        return answer.status_code, answer.json()["code"]

    async def jobs(self, sourcing: dict[str, Any]) -> list[tuple[str, timedelta]]:
        """The jobs that wait for a sourcing, with their pauses."""
        async with self.harness.sql() as connection:
            rows = await connection.fetch(
                "SELECT entrypoint, execute_after - created AS pause FROM pgqueuer "
                "WHERE convert_from(payload, 'UTF8')::jsonb ->> 'sourcing_id' = $1 ORDER BY id",
                sourcing["id"],
            )
        return [(row["entrypoint"], row["pause"]) for row in rows]


def line_ids(sourcing: dict[str, Any]) -> list[UUID]:
    """Ids of a sourcing's lines in order."""
    return [UUID(line["id"]) for line in sourcing["lines"]]
