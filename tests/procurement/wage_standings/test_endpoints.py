"""What a buyer is shown beside the comparison and on a supplier's page."""

from __future__ import annotations

from datetime import date

from chassis.identity import Kind, Role
from tests.harness import Harness, organisation
from tests.procurement.buying import Buying
from tests.procurement.conftest import FakeLabour
from tests.procurement.suppliers.conftest import PATH, Dealing, dealing
from tests.procurement.wage_standings.conftest import AWAY, list_

__all__ = ["dealing"]


async def test_beside_the_comparison(buying: Buying, labour: FakeLabour) -> None:
    """Of each that offers, level and listing with their days; sealed before the opening; nothing of who was silent."""
    published = await buying.published()
    path = f"/sourcing/{published['id']}/wage-standings"
    assert await buying.refused(buying.buyer, "GET", path) == (409, "STILL_SEALED")
    labour.warned[buying.suppliers[0].id] = ("orange", date(2026, 11, 20))
    labour.overdue[buying.suppliers[0].id] = (2, date(2026, 9, 1))
    list_(labour, buying.suppliers[1].id)
    sourcing = await buying.opened(("4000", None), ("3990", None))
    labour.asked.clear()
    items = (await buying.get(buying.buyer, f"/sourcing/{sourcing['id']}/wage-standings"))["items"]
    found = {one["supplier_id"]: one for one in items}
    warned, listed = (found[str(one.id)] for one in buying.suppliers[:2])
    assert len(found) == len(labour.asked) == 2
    assert (warned["warning_level"], warned["warned_since"], warned["warned"]) == ("orange", "2026-11-20", True)
    assert (warned["outstanding_months"], warned["oldest_outstanding_month"]) == (2, "2026-09-01")
    assert (warned["refuses"], listed["refuses"]) == ([], ["agreement", "award", "order", "order_change", "supplement"])
    assert listed["listing"] == {
        "since": "2026-11-01",
        "until": "2029-11-01",
        "documents": ["深人社监列〔2026〕8号"],
    }
    rival = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    assert (await buying.refused(rival, "GET", path))[0] == 404


async def test_without_labour_the_comparison_goes_on(buying: Buying, labour: FakeLabour) -> None:
    """The hint says so; what a buyer compares is there all the same."""
    sourcing = await buying.opened(("4000", None))
    labour.trouble = AWAY
    answer = await buying.call(buying.buyer, "GET", f"/sourcing/{sourcing['id']}/wage-standings")
    assert (answer.status_code, answer.json()["code"]) == (503, "LABOUR_UNAVAILABLE")
    assert "Retry-After" in answer.headers
    assert len(await buying.compared(sourcing)) == 2


async def test_on_a_suppliers_page(procurement: Harness, dealing: Dealing, labour: FakeLabour) -> None:
    """Once it has joined; another buyer's file is not there."""
    file_id, token = await dealing.invited()
    path = f"{PATH}/{file_id}/wage-standing"
    before = await dealing.call(dealing.buyer, "GET", path)
    assert (before.status_code, before.json()["code"]) == (409, "SUPPLIER_NOT_JOINED")
    await dealing.redeem(token)
    list_(labour, dealing.supplier.id)
    found = await dealing.good(dealing.buyer, "GET", path)
    assert (found["supplier_id"], found["listing"]["until"]) == (str(dealing.supplier.id), "2029-11-01")
    assert (found["as_of"], found["warning_level"]) == ("2026-11-23", "none")
    labour.asked.clear()
    other = await dealing.call(organisation(Kind.OWNER).as_(Role.BUYER), "GET", path)
    assert (other.status_code, labour.asked) == (404, [])
