"""Real rows of each service, made through its own use cases; who has a part in them, and who is near but has none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from chassis.identity import Kind
from chassis.ids import new_id
from tests.equipment_leasing import feeds
from tests.equipment_leasing.conftest import Yard
from tests.equipment_leasing.telematics.pages import machine
from tests.harness import NOON, Harness, Organisation, organisation
from tests.project_mgmt.conftest import Site as ProjectSite
from tests.visibility.labour_places import labour
from tests.visibility.place import Place
from tests.visibility.procurement_places import procurement

MONEY = frozenset(
    {
        "estimateBudget",
        "getBudget",
        "getIndicatorTotals",
        "getOverview",
        "listCommitments",
        "listIndicatorDays",
        "listIndicators",
        "reconcileLabourDays",
        "setBudget",
    }
)


async def project_mgmt(site: ProjectSite, _: Harness) -> list[Place]:
    """A project with its budget, whose money a supplier on it does not see."""
    await site.set_budget(steel="1000.00")
    await site.commit(new_id(), steel="10.00")
    ids = {"project_id": str(site.project_id), "party_id": str(site.contractor.id)}
    return [
        Place("a project", ids, [site.contractor, site.owner, site.supervisor, site.supplier]),
        Place("its money", ids, [site.contractor, site.owner], [site.supplier], MONEY),
    ]


async def _hours(yard: Yard, rival: Organisation) -> Place:
    """A machine that stands on site and has worked there."""
    crane = await feeds.on_site(yard)
    feed = await feeds.open_feed(yard, "OEM-B")
    await feeds.take(yard, feed, machine("EQ-2", at=NOON - timedelta(hours=3), hours="10.00"))
    await feeds.tie(yard, feed, "EQ-2", crane)
    await feeds.take(yard, feed, machine("EQ-2", at=NOON - timedelta(hours=1), hours="12.00"))
    ids = {"machine_id": str(crane), "project_id": str(yard.project_id)}
    members = [yard.lessor, yard.contractor, yard.owner]
    return Place("hours on site", ids, members, [rival], frozenset({"listMachineHours"}))


async def equipment_leasing(yard: Yard, _: Harness) -> list[Place]:
    """A machine that is booked and sends its hours, and an offer that is not yet published."""
    crane = await yard.clear_machine()
    published = await yard.listing(crane)
    booking = await yard.booking("confirmed", published)
    feed = await feeds.open_feed(yard)
    await feeds.take(yard, feed, machine("EQ-1", at=NOON - timedelta(hours=3), hours="331.17"))
    await feeds.tie(yard, feed, "EQ-1", crane)
    answer = await yard.get(yard.manager, "/telematics/units", feed_id=str(feed))
    [unit] = answer.json()["items"]
    booked = {
        "machine_id": str(crane),
        "booking_id": str(booking),
        "lessor_id": str(yard.lessor.id),
        "lessee_id": str(yard.contractor.id),
        "project_id": str(yard.project_id),
    }
    private: dict[str, Any] = {
        "feed_id": str(feed),
        "unit_id": unit["id"],
        "listing_id": str(await yard.listing(publish=False)),
    }
    rival = organisation(Kind.LESSOR)
    return [
        Place(
            "a booked machine",
            booked,
            [yard.lessor, yard.contractor],
            [rival],
            offered=frozenset({"machine_id", "lessor_id"}),
        ),
        Place(
            "not yet on site",
            {"machine_id": str(crane), "booking_id": str(booking)},
            [yard.lessor, yard.contractor],
            [yard.owner],
            frozenset({"getMachine", "getMachineClearance", "getBooking"}),
        ),
        Place(
            "a project to book for",
            {"project_id": str(yard.project_id)},
            [yard.contractor],
            [organisation(Kind.CONTRACTOR)],
            frozenset({"holdMachine"}),
            given={"listing_id": str(published)},
        ),
        await _hours(yard, rival),
        Place("the lessor's own", private, [yard.lessor], [rival, yard.contractor, yard.owner]),
    ]


MAKING: dict[str, Callable[[Any, Harness], Awaitable[list[Place]]]] = {
    "procurement": procurement,
    "project_mgmt": project_mgmt,
    "labour": labour,
    "equipment_leasing": equipment_leasing,
}
"""How a service's rows are made, from its fixture of a project and its harness."""
