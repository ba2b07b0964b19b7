"""What the clock does with supplier files: early, when due, twice, and after somebody was faster."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from chassis.clock import FrozenClock
from chassis.errors import PermissionDenied
from chassis.identity import service_principal
from procurement.suppliers import handlers
from procurement.suppliers.events import CHANGED
from tests.harness import Harness
from tests.procurement.suppliers.conftest import PATH, POLICIES, Dealing
from zhulian.procurement.v1.suppliers_events_pb2 import SupplierChanged

OURS = service_principal("procurement")


async def job(harness: Harness, payload: str) -> tuple[str, timedelta]:
    """The newest job with this payload: its name, and in what time it is due."""
    async with harness.sql() as connection:
        row = await connection.fetchrow(
            "SELECT entrypoint, execute_after - created AS pause FROM pgqueuer WHERE payload = $1 ORDER BY id DESC",
            payload.encode(),
        )
    assert row is not None
    return row["entrypoint"], row["pause"]


async def lift(dealing: Dealing, file_id: UUID) -> str:
    """Run the job; the file's state afterwards."""
    async with dealing.harness.work(OURS) as work:
        await handlers.lift(work, {"supplier_file_id": str(file_id)})
    found = await dealing.good(dealing.buyer, "GET", f"{PATH}/{file_id}")
    return str(found["state"])


async def warn(dealing: Dealing, licence_id: str, valid_until: str) -> None:
    """Run the job."""
    async with dealing.harness.work(OURS) as work:
        await handlers.warn_licence(work, {"licence_id": licence_id, "valid_until": valid_until})


async def told(dealing: Dealing, file_id: UUID, change: SupplierChanged.Change.ValueType) -> list[SupplierChanged]:
    """The facts of one kind about a file."""
    found = await dealing.harness.events(CHANGED, file_id, SupplierChanged)
    return [fact for fact in found if fact.change == change]


@pytest.mark.parametrize("verb", ["suspend", "blacklist"])
async def test_a_bar_ends_by_itself_with_its_day_in_shanghai(dealing: Dealing, clock: FrozenClock, verb: str) -> None:
    """Until the 24th is until midnight in Shanghai, which is 36 hours from noon on the 23rd."""
    file_id = await dealing.joined()
    await dealing.bar(file_id, verb, until="2026-11-24")
    name, pause = await job(dealing.harness, f'{{"supplier_file_id":"{file_id}"}}')
    assert name == "suppliers.lift"
    assert abs(pause - timedelta(hours=36)) < timedelta(minutes=1)
    clock.advance(timedelta(hours=36) - timedelta(seconds=1))
    assert await lift(dealing, file_id) != "active"
    clock.advance(timedelta(seconds=1))
    assert await lift(dealing, file_id) == "active"
    assert await lift(dealing, file_id) == "active"
    assert len(await told(dealing, file_id, SupplierChanged.CHANGE_LIFTED)) == 1


async def test_a_longer_blacklisting_outlives_the_job_of_the_suspension(dealing: Dealing, clock: FrozenClock) -> None:
    file_id = await dealing.joined()
    await dealing.bar(file_id, "suspend", until="2026-11-24")
    await dealing.bar(file_id, "blacklist", until="2026-11-25")
    clock.advance(timedelta(days=2))
    assert await lift(dealing, file_id) == "blacklisted"
    clock.advance(timedelta(days=1))
    assert await lift(dealing, file_id) == "active"


async def test_a_licence_is_warned_about_once(dealing: Dealing) -> None:
    """Thirty days before its end, when the buyer has set nothing."""
    file_id = await dealing.joined()
    licence = await dealing.licensed(file_id, valid_until="2026-12-25")
    name, pause = await job(dealing.harness, f'{{"licence_id":"{licence["id"]}","valid_until":"2026-12-25"}}')
    assert name == "suppliers.warn-licence"
    assert abs(pause - timedelta(hours=36)) < timedelta(minutes=1)
    await warn(dealing, licence["id"], "2026-12-25")
    await warn(dealing, licence["id"], "2026-12-25")
    [fact] = await told(dealing, file_id, SupplierChanged.CHANGE_LICENCE_EXPIRING)
    assert (fact.licence.kind, fact.licence.number, fact.licence.obligatory) == ("business_licence", "L-1", True)
    assert (fact.licence.valid_until.date, fact.state) == ("2026-12-25", "active")


async def test_the_policy_says_how_long_before(dealing: Dealing) -> None:
    """One of the day of the recording; what is past is warned about at once."""
    policy = {"valid_from": "2026-11-23", "file_required": False, "warning_days": 3, "source": "管理办法"}
    await dealing.good(dealing.approver, "POST", POLICIES, json=policy)
    file_id = await dealing.joined()
    later = await dealing.licensed(file_id, valid_until="2026-11-28")
    soon = await dealing.licensed(file_id, number="L-2", valid_until="2026-11-24")
    for licence, hours in ((later, 36), (soon, 0)):
        payload = f'{{"licence_id":"{licence["id"]}","valid_until":"{licence["valid_until"]}"}}'
        _, pause = await job(dealing.harness, payload)
        assert abs(pause - timedelta(hours=hours)) < timedelta(minutes=1)


async def test_a_corrected_licence_is_warned_about_at_its_new_end_only(dealing: Dealing) -> None:
    file_id = await dealing.joined()
    licence = await dealing.licensed(file_id, valid_until="2026-12-01")
    await dealing.licensed(file_id, valid_until="2027-12-01")
    await warn(dealing, licence["id"], "2026-12-01")
    assert await told(dealing, file_id, SupplierChanged.CHANGE_LICENCE_EXPIRING) == []
    await warn(dealing, licence["id"], "2027-12-01")
    assert len(await told(dealing, file_id, SupplierChanged.CHANGE_LICENCE_EXPIRING)) == 1


async def test_a_renewed_licence_ends_silently(dealing: Dealing) -> None:
    file_id = await dealing.joined()
    old = await dealing.licensed(file_id, valid_until="2026-12-01")
    await dealing.licensed(file_id, number="L-2", valid_from="2026-12-02", valid_until="2027-12-01")
    await warn(dealing, old["id"], "2026-12-01")
    assert await told(dealing, file_id, SupplierChanged.CHANGE_LICENCE_EXPIRING) == []


async def test_only_the_clock_comes_through_this_door(dealing: Dealing) -> None:
    file_id = await dealing.joined()
    before = await dealing.harness.checksum()
    with pytest.raises(PermissionDenied):
        async with dealing.harness.work(dealing.approver) as work:
            await handlers.lift(work, {"supplier_file_id": str(file_id)})
    assert await dealing.harness.checksum() == before
