"""The gRPC door of prices, through a real server."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, ServiceError
from chassis.rpc.client import Channel
from tests.chassis.rpc.peer import SignedTokens
from tests.harness import Harness
from tests.procurement.catalogue import bar, fresh_code
from tests.procurement.orders.test_rpc import address
from tests.procurement.prices.deals import publish
from zhulian.common.v1.values_pb2 import Day
from zhulian.procurement.v1.procurement_directory_pb2 import GetMaterialPriceRequest, GetMaterialPriceResponse
from zhulian.procurement.v1.procurement_directory_pb2_grpc import ProcurementDirectoryStub

__all__ = ("address",)


async def ask(
    harness: Harness,
    address: str,
    code: str,
    unit: str = "t",
    *,
    caller: str = "project-mgmt",
    region: str = "470100",
    on: str = "2026-11-23",
) -> GetMaterialPriceResponse:
    """GetMaterialPrice as one of the services."""
    channel = Channel(address, SignedTokens(harness.signer, caller), "procurement")
    request = GetMaterialPriceRequest(material_code=code, region=region, on=Day(date=on), unit=unit)
    try:
        answer: GetMaterialPriceResponse = await channel.call(
            ProcurementDirectoryStub, "GetMaterialPrice", request, timeout=5.0
        )
        return answer
    finally:
        await channel.close()


async def test_a_price_in_a_unit(procurement: Harness, address: str) -> None:
    """Where it is written goes along."""
    code = await bar(procurement)
    report = await publish(procurement, f"{code},t,3950,3495.58", region="470100")
    answer = await ask(procurement, address, code, "m", region="470104")
    assert report.publication is not None
    assert (answer.with_tax.amount, answer.with_tax.currency) == ("1.560250", "CNY")
    assert (answer.without_tax.amount, answer.region, answer.month.date) == ("1.380754", "470100", "2026-11-01")
    made = report.publication
    assert (answer.publication_id, answer.edition, answer.source) == (str(made.id), made.edition, "sample")


async def test_refusals(procurement: Harness, address: str) -> None:
    code, unpriced = await bar(procurement), await bar(procurement)
    await publish(procurement, f"{code},t,3950,3495.58", region="470100")
    cases: list[tuple[dict[str, str], type[ServiceError], str]] = [
        ({"code": code, "unit": "m3"}, FailedPrecondition, "UNITS_DO_NOT_CONVERT"),
        ({"code": unpriced}, NotFound, "PRICE_NOT_PUBLISHED"),
        ({"code": code, "on": "2026-10-31"}, NotFound, "PRICE_NOT_PUBLISHED"),
        ({"code": fresh_code()}, NotFound, "MATERIAL_NOT_FOUND"),
        ({"code": code, "region": "x"}, InvalidArgument, "INVALID_ARGUMENT"),
        ({"code": code, "on": "soon"}, InvalidArgument, "INVALID_ARGUMENT"),
        ({"code": code, "caller": "labour"}, PermissionDenied, "CALLER_NOT_ALLOWED"),
    ]
    for asked, kind, reason in cases:
        with pytest.raises(kind) as refusal:
            await ask(procurement, address, **asked)
        assert refusal.value.reason == reason
