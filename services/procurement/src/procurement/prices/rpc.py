"""gRPC door of prices: only translates."""

from __future__ import annotations

from chassis.errors import Violation, invalid
from chassis.rpc.server import rpc
from chassis.values import decimal_text, read_day
from chassis.work import Work
from procurement.prices import service
from procurement.prices.events import CURRENCY
from zhulian.common.v1.values_pb2 import Day, Money
from zhulian.procurement.v1.procurement_directory_pb2 import GetMaterialPriceRequest, GetMaterialPriceResponse


class PriceQuestions:
    """What other services may ask about prices."""

    @rpc(callers=("project-mgmt",))
    async def GetMaterialPrice(  # noqa: N802 - the name is the contract's
        self, work: Work, request: GetMaterialPriceRequest
    ) -> GetMaterialPriceResponse:
        """The published price of a material in a region on a day, per a unit."""
        if not (len(request.region) == 6 and request.region.isascii() and request.region.isdigit()):
            zh, en = "须为 6 位行政区划代码。", "must be a division code of 6 digits"
            raise invalid(Violation("/region", "REGION_INVALID", zh, en))
        on = read_day(request.on.date, "on/date")
        found = await service.price_in_unit(work, request.material_code, request.region, on, request.unit)
        return GetMaterialPriceResponse(
            with_tax=Money(amount=decimal_text(found.with_tax), currency=CURRENCY),
            without_tax=Money(amount=decimal_text(found.without_tax), currency=CURRENCY),
            region=found.region,
            month=Day(date=found.month.isoformat()),
            publication_id=str(found.publication_id),
            edition=found.edition,
            source=found.source,
        )
