"""Where the names on a paper come from."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.paper import service
from procurement.paper.rules import Around
from tests.facts import tell_organisation
from tests.harness import Harness, organisation
from tests.procurement.conftest import Orders, Site

BUYER, SUPPLIER, IN_FILE = "深圳示范建设有限公司", "深圳市鹏城钢材商贸有限公司", "鹏城钢材"


async def in_file(procurement: Harness, site: Site) -> None:
    """The buyer keeps a file of its supplier under a name of its own."""
    async with procurement.sql() as connection:
        await connection.execute(
            """
            INSERT INTO supplier_files (id, version, created_at, updated_at, buyer_id, supplier_id, uscc, name_zh,
                name_en, small_firm, kinds, contacts, note, state, reason, account_holder, account_bank, account_number)
            VALUES ($1, 1, now(), now(), $2, $3, $4, $5, '', true, '{}', '[]', 'never shown', 'active', '',
                '', '', '')
            """,
            new_id(),
            site.contractor.id,
            site.supplier.id,
            site.supplier.uscc,
            IN_FILE,
        )


async def both_told(procurement: Harness, site: Site) -> None:
    """The gateway's facts about both parties have come."""
    await tell_organisation(procurement, site.contractor.id, BUYER, uscc=site.contractor.uscc)
    await tell_organisation(procurement, site.supplier.id, SUPPLIER, uscc=site.supplier.uscc)


async def seen(procurement: Harness, orders: Orders) -> list[Around]:
    """What an approved order refers to, as the buyer and as the supplier see it."""
    order = await orders.read(await orders.approved())
    found = []
    for caller in (orders.buyer, orders.sales):
        async with procurement.work(caller) as work:
            found.append(await service.around(work, order))
    return found


async def test_both_parties_go_by_their_registered_names_to_both(
    procurement: Harness, orders: Orders, site: Site
) -> None:
    """Not by the name in the buyer's file: both sides sign the same paper, and it is the buyer's own note."""
    await in_file(procurement, site)
    await both_told(procurement, site)
    for around in await seen(procurement, orders):
        assert (around.buyer.name, around.buyer.uscc) == (BUYER, site.contractor.uscc)
        assert (around.supplier.name, around.supplier.uscc) == (SUPPLIER, site.supplier.uscc)
        assert (around.project_code, around.project.zh) == ("P-1", "示范项目")


async def test_until_the_fact_comes_the_supplier_is_named_as_in_the_buyers_file(
    procurement: Harness, orders: Orders, site: Site
) -> None:
    await in_file(procurement, site)
    for around in await seen(procurement, orders):
        assert (around.supplier.name, around.supplier.uscc) == (IN_FILE, site.supplier.uscc)


async def test_without_fact_and_file_each_side_knows_its_own_code(
    procurement: Harness, orders: Orders, site: Site
) -> None:
    by_buyer, by_supplier = await seen(procurement, orders)
    assert (by_buyer.buyer.uscc, by_buyer.supplier.uscc) == (site.contractor.uscc, "")
    assert (by_supplier.buyer.uscc, by_supplier.supplier.uscc) == ("", site.supplier.uscc)


async def test_a_suspended_organisation_keeps_its_name_on_what_it_signed(
    procurement: Harness, orders: Orders, site: Site
) -> None:
    await both_told(procurement, site)
    await tell_organisation(
        procurement, site.supplier.id, SUPPLIER, uscc=site.supplier.uscc, state="suspended", version=2
    )
    for around in await seen(procurement, orders):
        assert around.supplier.name == SUPPLIER


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_names_and_codes_of_both_are_printed(
    procurement: Harness, orders: Orders, site: Site, language: str
) -> None:
    """In both languages as registered: the register knows no English name."""
    await both_told(procurement, site)
    order_id = await orders.approved()
    async with procurement.client(orders.sales, language=language) as client:
        answer = await client.get(f"/procurement/v1/orders/{order_id}/document")
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for wanted in (BUYER, SUPPLIER, site.contractor.uscc, site.supplier.uscc):
        assert wanted in printed


async def test_documents_in_ubl_carry_the_same_names(procurement: Harness, orders: Orders, site: Site) -> None:
    await both_told(procurement, site)
    order_id = await orders.approved()
    async with procurement.client(orders.sales) as client:
        answer = await client.get(f"/procurement/v1/ubl/orders/{order_id}")
    assert answer.status_code == 200, answer.text
    for wanted in (BUYER, SUPPLIER, site.contractor.uscc, site.supplier.uscc):
        assert wanted in answer.text


async def test_a_stranger_learns_no_names_through_papers(procurement: Harness, orders: Orders, site: Site) -> None:
    await both_told(procurement, site)
    order_id = await orders.approved()
    async with procurement.client(organisation(Kind.SUPPLIER).as_(Role.SALES)) as client:
        answer = await client.get(f"/procurement/v1/orders/{order_id}/document")
    assert answer.status_code == 404
    assert BUYER not in answer.text
