"""Quantities at published prices: what they come to, what has no price, and who may not ask."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chassis.errors import DeadlineExceeded, FailedPrecondition, Unavailable
from chassis.identity import Kind, Role
from chassis.keys import KeySet
from chassis.rpc.client import Channel
from chassis.rpc.server import GrpcServer, Registration, rpc
from chassis.tokens import INTERNAL_AUDIENCE, TokenVerifier
from chassis.work import Work
from project_mgmt.budgets.commands import estimate
from project_mgmt.budgets.commands.estimate import Estimate, EstimateBudget, Quantity
from project_mgmt.clients import Neighbours
from project_mgmt.clients.procurement import GrpcProcurementDirectory, ProcurementDirectory
from tests.chassis.token_corpus import ISSUER
from tests.harness import Harness, key, organisation
from tests.project_mgmt.conftest import FakeProcurement, OwnTokens, Site
from zhulian.common.v1.values_pb2 import Day, Money
from zhulian.procurement.v1.procurement_directory_pb2 import (
    DESCRIPTOR,
    GetMaterialPriceRequest,
    GetMaterialPriceResponse,
    GetProjectOrdersRequest,
    GetProjectOrdersResponse,
)
from zhulian.procurement.v1.procurement_directory_pb2_grpc import (
    ProcurementDirectoryServicer,
    add_ProcurementDirectoryServicer_to_server,
)

ROUND, SQUARE, WIRE = "01090001", "01110001", "01130001"
NO_WAY = FailedPrecondition("UNITS_DO_NOT_CONVERT", zh="无法换算", en="does not convert")


def quantity(material_code: str, unit: str, much: str, cost_code: str = "01-STEEL") -> Quantity:
    return Quantity(cost_code, material_code, unit, Decimal(much))


async def ask(site: Site, procurement: ProcurementDirectory, *quantities: Quantity, on: date | None = None) -> Estimate:
    async with site.harness.work(site.contractor.as_(Role.COST_CONTROLLER)) as work:
        return await estimate.estimate(work, EstimateBudget(site.project_id, on, quantities), procurement)


async def test_amounts_by_cost_code(site: Site) -> None:
    """Each line to the cent, half up; a material and unit is asked for once, in the project's city, for the day."""
    procurement = FakeProcurement(prices={(ROUND, "t"): "3950.005", (SQUARE, "kg"): "4.1"})
    found = await ask(
        site,
        procurement,
        quantity(ROUND, "t", "1"),
        quantity(ROUND, "t", "10", "02-FRAME"),
        quantity(SQUARE, "kg", "2.5"),
    )
    assert [line.amount for line in found.lines] == [Decimal("3950.01"), Decimal("39500.05"), Decimal("10.25")]
    assert found.amounts == {"01-STEEL": Decimal("3960.26"), "02-FRAME": Decimal("39500.05")}
    assert found.complete
    today = date(2026, 11, 23)
    assert sorted(procurement.priced) == [(ROUND, "440300", today, "t"), (SQUARE, "440300", today, "kg")]


async def test_a_line_without_a_price_says_why(site: Site) -> None:
    """The others are priced all the same."""
    procurement = FakeProcurement(prices={(ROUND, "t"): "1", (SQUARE, "m3"): NO_WAY})
    found = await ask(
        site, procurement, quantity(ROUND, "t", "1"), quantity(SQUARE, "m3", "1"), quantity(WIRE, "t", "1")
    )
    assert [line.code for line in found.lines] == ["", "UNITS_DO_NOT_CONVERT", "PRICE_NOT_PUBLISHED"]
    assert [line.amount for line in found.lines] == [Decimal("1.00"), None, None]
    assert not found.complete


@pytest.mark.parametrize(
    "trouble",
    [
        Unavailable("PROCUREMENT_UNAVAILABLE", zh="不可用", en="away", retry_after=2),
        DeadlineExceeded("PROCUREMENT_DEADLINE_EXCEEDED", zh="超时", en="late"),
    ],
)
async def test_what_is_wrong_with_the_call_is_passed_on(site: Site, trouble: Unavailable | DeadlineExceeded) -> None:
    with pytest.raises(type(trouble)) as refusal:
        await ask(site, FakeProcurement(trouble=trouble), quantity(ROUND, "t", "1"))
    assert refusal.value.reason == trouble.reason


def body(**changes: Any) -> dict[str, Any]:
    line = {"cost_code": "01-STEEL", "material_code": ROUND, "unit": "t", "quantity": "2"}
    return {"lines": [line | changes]}


@pytest.fixture
def procurement(project_mgmt: Harness) -> Iterator[FakeProcurement]:
    """What the endpoint asks, as it was before afterwards."""
    neighbours: Neighbours = project_mgmt.runtime.clients["neighbours"]
    fake = neighbours.procurement
    assert isinstance(fake, FakeProcurement)
    fake.prices = {(ROUND, "t"): "3950"}
    yield fake
    fake.prices, fake.trouble = {}, None


async def test_the_door(site: Site, project_mgmt: Harness, procurement: FakeProcurement) -> None:
    """The answer in decimals as strings; nothing but the stored answer is written."""
    path = f"/projects/v1/projects/{site.project_id}/budget:estimate"
    before = (await project_mgmt.checksum()).split("/")[:-1]
    async with project_mgmt.client(site.contractor.as_(Role.COST_CONTROLLER)) as client:
        made = await client.post(path, json=body(), headers=key())
        procurement.trouble = Unavailable("PROCUREMENT_UNAVAILABLE", zh="不可用", en="away", retry_after=2)
        away = await client.post(path, json=body(), headers=key())
    assert made.status_code == 200, made.text
    answer = made.json()
    assert (answer["amount"], answer["amounts"]) == ("7900.00", [{"cost_code": "01-STEEL", "amount": "7900.00"}])
    assert (answer["region"], answer["on"], answer["complete"]) == ("440300", "2026-11-23", True)
    assert (away.status_code, away.json()["code"]) == (503, "PROCUREMENT_UNAVAILABLE")
    assert (await project_mgmt.checksum()).split("/")[:-1] == before


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"quantity": "0"}, "/lines/0/quantity"),
        ({"quantity": "-1"}, "/lines/0/quantity"),
        ({"material_code": "1"}, "/lines/0/material_code"),
        ({"unit": ""}, "/lines/0/unit"),
        ({"cost_code": ""}, "/lines/0/cost_code"),
        ({"price": "1"}, "/lines/0/price"),
    ],
)
async def test_bad_input(site: Site, project_mgmt: Harness, changes: dict[str, Any], pointer: str) -> None:
    async with project_mgmt.client(site.contractor.as_(Role.COST_CONTROLLER)) as client:
        answer = await client.post(
            f"/projects/v1/projects/{site.project_id}/budget:estimate", json=body(**changes), headers=key()
        )
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_who_may_not(site: Site, project_mgmt: Harness, procurement: FakeProcurement) -> None:
    """Neither a role that plans no cost nor a builder of other projects; nobody is asked and nothing changes."""
    path = f"/projects/v1/projects/{site.project_id}/budget:estimate"
    procurement.priced.clear()
    before = await project_mgmt.checksum()
    async with project_mgmt.client(site.contractor.as_(Role.SITE_ENGINEER)) as client:
        role = await client.post(path, json=body(), headers=key())
    async with project_mgmt.client(organisation(Kind.CONTRACTOR).as_(Role.BUYER)) as client:
        party = await client.post(path, json=body(), headers=key())
    assert (role.status_code, role.json()["code"]) == (403, "ROLE_MISSING")
    assert (party.status_code, party.json()["code"]) == (404, "PROJECT_NOT_FOUND")
    assert procurement.priced == []
    assert await project_mgmt.checksum() == before


class Answering(ProcurementDirectoryServicer):
    """procurement's door with canned prices."""

    @rpc(callers=("project-mgmt",))
    async def GetProjectOrders(  # noqa: N802 - the name is the contract's
        self, work: Work, request: GetProjectOrdersRequest
    ) -> GetProjectOrdersResponse:
        """Not asked here."""
        return GetProjectOrdersResponse()

    @rpc(callers=("project-mgmt",))
    async def GetMaterialPrice(  # noqa: N802 - the name is the contract's
        self, work: Work, request: GetMaterialPriceRequest
    ) -> GetMaterialPriceResponse:
        """What the material's code says."""
        if request.material_code == WIRE:
            await asyncio.sleep(30)
        if request.material_code == SQUARE:
            raise NO_WAY
        return GetMaterialPriceResponse(
            with_tax=Money(amount="3950.000000", currency="CNY"),
            without_tax=Money(amount="3495.580000", currency="CNY"),
            region=request.region,
            month=Day(date=request.on.date[:8] + "01"),
            source=f"sample per {request.unit}",
        )


async def test_the_client_over_a_real_channel(project_mgmt: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own dataclass, refusals unchanged, and an end to waiting."""
    monkeypatch.setattr("project_mgmt.clients.procurement.TIMEOUT", 0.5)
    keys = KeySet.static(project_mgmt.signer.jwks())
    server = GrpcServer(
        host="127.0.0.1",
        port=0,
        registrations=[
            Registration(
                DESCRIPTOR.services_by_name["ProcurementDirectory"],
                Answering(),
                add_ProcurementDirectoryServicer_to_server,
            )
        ],
        verifier=TokenVerifier(keys, ISSUER, INTERNAL_AUDIENCE, project_mgmt.clock),
        works=project_mgmt.runtime.works,
    )
    await server.start()
    channel = Channel(f"127.0.0.1:{server.port}", OwnTokens(project_mgmt, "project-mgmt"), "procurement")
    directory = GrpcProcurementDirectory(channel)
    try:
        price = await directory.material_price(ROUND, "440300", date(2026, 11, 23), "t")
        assert (price.with_tax, price.without_tax) == (Decimal("3950.000000"), Decimal("3495.580000"))
        assert (price.region, price.month, price.source) == ("440300", date(2026, 11, 1), "sample per t")
        with pytest.raises(FailedPrecondition) as refusal:
            await directory.material_price(SQUARE, "440300", date(2026, 11, 23), "t")
        assert refusal.value.reason == "UNITS_DO_NOT_CONVERT"
        with pytest.raises(DeadlineExceeded):
            await directory.material_price(WIRE, "440300", date(2026, 11, 23), "t")
    finally:
        await channel.close()
        await server.stop(0)
