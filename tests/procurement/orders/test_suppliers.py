"""With whom an order may be placed, and how large it may be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chassis.errors import InvalidArgument
from procurement.orders import service
from procurement.orders.service import ReviseOrder, Verb
from tests.harness import key
from tests.procurement.agreements.conftest import Agreements, agreements
from tests.procurement.changes.conftest import Changes, changes
from tests.procurement.conftest import Orders
from tests.procurement.suppliers.conftest import Dealing

__all__ = ("agreements", "changes")


async def refused(orders: Orders, order_id: object) -> str:
    """The code with which the submission is refused; nothing changes."""
    before = await orders.harness.checksum()
    async with orders.harness.client(orders.buyer) as client:
        answer = await client.post(f"/procurement/v1/orders/{order_id}:submit", headers=key())
    assert answer.status_code == 409, answer.text
    assert await orders.harness.checksum() == before
    return str(answer.json()["code"])


@pytest.mark.parametrize(("verb", "code"), [("suspend", "SUPPLIER_SUSPENDED"), ("blacklist", "SUPPLIER_BLACKLISTED")])
async def test_a_barred_supplier_gets_no_order(orders: Orders, verb: str, code: str) -> None:
    """Neither directly nor by an agreement; what is barred while it was a draft is refused at the submission."""
    dealing = Dealing(orders.harness, orders.site.contractor, orders.site.supplier)
    file_id = await dealing.joined()
    order_id = await orders.draft()
    await dealing.bar(file_id, verb)
    assert await refused(orders, order_id) == code


async def test_a_call_off_asks_too(orders: Orders, agreements: Agreements) -> None:
    dealing = Dealing(orders.harness, orders.site.contractor, orders.site.supplier)
    file_id = await dealing.joined()
    called = await agreements.call_off(await agreements.active(), "1")
    await dealing.bar(file_id)
    assert await refused(orders, called.order_id) == "SUPPLIER_SUSPENDED"
    path = f"/procurement/v1/suppliers/{file_id}:lift"
    await dealing.good(dealing.approver, "POST", path, json={"reason": "mended"})
    async with orders.harness.work(orders.buyer) as work:
        assert (await service.submit(work, Verb(called.order_id, None), orders.labour)).state == "submitted"


async def test_a_revision_is_kept_small_enough(orders: Orders) -> None:
    order_id = await orders.draft()
    large = service.Line("01090001", "t", "A", Decimal(10) ** 11, Decimal(10) ** 11, Decimal(0))
    before = await orders.harness.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        async with orders.harness.work(orders.buyer) as work:
            await service.revise(work, ReviseOrder(order_id, 1, "", (large,)))
    assert refusal.value.violations[0].code == "TOTAL_TOO_LARGE"
    assert await orders.harness.checksum() == before


async def test_a_change_is_kept_small_enough(changes: Changes) -> None:
    order_id = await changes.order()
    edit = await changes.edit(order_id, 0, quantity=Decimal(10) ** 11, unit_price=Decimal(10) ** 11)
    before = await changes.orders.harness.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await changes.propose(order_id, edit)
    assert refusal.value.violations[0].code == "TOTAL_TOO_LARGE"
    assert await changes.orders.harness.checksum() == before
