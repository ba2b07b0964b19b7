"""Where the names on a paper come from."""

from __future__ import annotations

from chassis.ids import new_id
from procurement.paper import service
from tests.harness import Harness
from tests.procurement.conftest import Orders, Site


async def test_the_supplier_is_named_as_in_the_buyers_file_to_both(
    procurement: Harness, orders: Orders, site: Site
) -> None:
    order = await orders.read(await orders.approved())
    async with procurement.sql() as connection:
        await connection.execute(
            """
            INSERT INTO supplier_files (id, version, created_at, updated_at, buyer_id, supplier_id, uscc, name_zh,
                name_en, small_firm, kinds, contacts, note, state, reason, account_holder, account_bank, account_number)
            VALUES ($1, 1, now(), now(), $2, $3, $4, '鹏城钢材', '', true, '{}', '[]', 'never shown', 'active', '',
                '', '', '')
            """,
            new_id(),
            site.contractor.id,
            site.supplier.id,
            site.supplier.uscc,
        )
    for caller in (orders.buyer, orders.sales):
        async with procurement.work(caller) as work:
            found = await service.around(work, order)
        assert (found.supplier.name, found.supplier.uscc) == ("鹏城钢材", site.supplier.uscc)
        assert (found.project_code, found.project.zh) == ("P-1", "示范项目")


async def test_without_a_file_each_side_knows_its_own_code(procurement: Harness, orders: Orders, site: Site) -> None:
    order = await orders.read(await orders.approved())
    async with procurement.work(orders.buyer) as work:
        seen_by_buyer = await service.around(work, order)
    async with procurement.work(orders.sales) as work:
        seen_by_supplier = await service.around(work, order)
    assert (seen_by_buyer.buyer.uscc, seen_by_buyer.supplier.uscc) == (site.contractor.uscc, "")
    assert (seen_by_supplier.buyer.uscc, seen_by_supplier.supplier.uscc) == ("", site.supplier.uscc)
