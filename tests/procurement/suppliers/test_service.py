"""Use cases of supplier files: standing, policies, facts, audit."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.clock import FrozenClock
from chassis.errors import FailedPrecondition
from chassis.identity import Kind, service_principal
from chassis.ids import new_id
from procurement.suppliers import service
from procurement.suppliers.events import CHANGED
from tests.harness import organisation
from tests.procurement.suppliers.conftest import PATH, POLICIES, Dealing
from zhulian.procurement.v1.suppliers_events_pb2 import SupplierChanged


async def refusal(dealing: Dealing, supplier_id: UUID | None = None) -> tuple[str, dict[str, str]]:
    """Why the buyer may not deal with a supplier; empty when it may."""
    async with dealing.harness.work(service_principal("procurement")) as work:
        try:
            await service.usable(work, dealing.contractor.id, {supplier_id or dealing.supplier.id})
        except FailedPrecondition as refused:
            return refused.reason, dict(refused.metadata)
    return "", {}


async def set_policy(dealing: Dealing, valid_from: str, *, file_required: bool) -> None:
    """A policy of the buyer."""
    body = {"valid_from": valid_from, "file_required": file_required, "warning_days": 30, "source": "管理办法"}
    await dealing.good(dealing.approver, "POST", POLICIES, json=body)


async def facts(dealing: Dealing, file_id: UUID) -> list[SupplierChanged]:
    """What the world was told about a file."""
    return await dealing.harness.events(CHANGED, file_id, SupplierChanged)


async def test_whoever_is_not_known_may_sell_unless_the_policy_of_the_day_demands_a_file(
    dealing: Dealing, clock: FrozenClock
) -> None:
    """Another buyer's policy does not count, nor does one of tomorrow, nor one that a later one replaced."""
    await set_policy(Dealing(dealing.harness), "2026-11-23", file_required=True)
    await set_policy(dealing, "2026-11-25", file_required=True)
    await set_policy(dealing, "2026-11-27", file_required=False)
    found = []
    for _ in range(5):
        found.append((await refusal(dealing))[0])
        clock.advance(timedelta(days=1))
    assert found == ["", "", "SUPPLIER_FILE_REQUIRED", "SUPPLIER_FILE_REQUIRED", ""]


async def test_an_invited_firm_has_no_file_yet(dealing: Dealing) -> None:
    await set_policy(dealing, "2026-11-23", file_required=True)
    _, token = await dealing.invited()
    assert (await refusal(dealing))[0] == "SUPPLIER_FILE_REQUIRED"
    assert (await dealing.redeem(token)).status_code == 200
    assert (await refusal(dealing))[0] == ""


@pytest.mark.parametrize(("verb", "reason"), [("suspend", "SUPPLIER_SUSPENDED"), ("blacklist", "SUPPLIER_BLACKLISTED")])
async def test_a_barred_supplier_gets_no_orders_up_to_the_last_second_of_its_last_day(
    dealing: Dealing, clock: FrozenClock, verb: str, reason: str
) -> None:
    """Whether or not the job has come round; other suppliers and other buyers go on."""
    file_id = await dealing.joined()
    await dealing.bar(file_id, verb, until="2026-11-24")
    clock.advance(timedelta(hours=35, minutes=59, seconds=59))
    assert await refusal(dealing) == (reason, {"until": "2026-11-24"})
    assert (await refusal(dealing, new_id()))[0] == ""
    assert (await refusal(Dealing(dealing.harness, supplier=dealing.supplier)))[0] == ""
    clock.advance(timedelta(seconds=1))
    assert (await refusal(dealing))[0] == ""


async def test_an_expired_obligatory_licence_stops_orders_until_it_is_renewed(
    dealing: Dealing, clock: FrozenClock
) -> None:
    file_id = await dealing.joined()
    await dealing.licensed(file_id, valid_until="2026-11-23")
    await dealing.licensed(file_id, kind="quality_system", valid_until="2026-11-23", obligatory=False)
    assert (await refusal(dealing))[0] == ""
    clock.advance(timedelta(days=1))
    assert await refusal(dealing) == ("SUPPLIER_LICENCE_EXPIRED", {"kinds": "business_licence"})
    await dealing.licensed(file_id, number="L-2", valid_from="2026-11-24", valid_until=None)
    assert (await refusal(dealing))[0] == ""


async def test_a_licence_is_corrected_under_its_number(dealing: Dealing) -> None:
    """One row per kind and number; every recording stands in the audit."""
    file_id = await dealing.joined()
    first = await dealing.licensed(file_id)
    again = await dealing.licensed(file_id, valid_until="2027-12-31", obligatory=False)
    assert (again["id"], again["version"], again["obligatory"]) == (first["id"], 2, False)
    listed = await dealing.good(dealing.buyer, "GET", f"{PATH}/{file_id}/licences")
    assert listed["items"] == [again]
    assert await dealing.harness.audited(UUID(first["id"])) == ["suppliers.record-licence"] * 2


async def test_the_course_of_a_file_is_told_and_audited(dealing: Dealing) -> None:
    """Each change with its reason and last day, in versions that rise."""
    file_id = await dealing.joined()
    await dealing.bar(file_id, "suspend", until="2026-12-15")
    await dealing.bar(file_id, "blacklist", until="2027-12-15")
    found = await dealing.good(dealing.approver, "POST", f"{PATH}/{file_id}:lift", json={"reason": "整改合格"})
    assert (found["state"], found["reason"], found["until"]) == ("active", "", None)
    told = await facts(dealing, file_id)
    change = SupplierChanged.Change.Name
    assert [(change(fact.change), fact.state, fact.until.date) for fact in told] == [
        ("CHANGE_ADMITTED", "active", ""),
        ("CHANGE_SUSPENDED", "suspended", "2026-12-15"),
        ("CHANGE_BLACKLISTED", "blacklisted", "2027-12-15"),
        ("CHANGE_LIFTED", "active", ""),
    ]
    assert {fact.supplier_id for fact in told} == {str(dealing.supplier.id)}
    assert told[2].reason == "三批复检不合格"
    verbs = ["invite", "admit", "suspend", "blacklist", "lift"]
    assert await dealing.harness.audited(file_id) == [f"suppliers.{verb}" for verb in verbs]
    async with dealing.harness.sql() as connection:
        versions = await connection.fetch(
            "SELECT aggregate_version FROM outbox WHERE aggregate_id = $1 ORDER BY seq", file_id
        )
    assert [row["aggregate_version"] for row in versions] == [2, 3, 4, 5]


async def test_two_who_judge_at_once_judge_once(dealing: Dealing) -> None:
    file_id = await dealing.joined()
    body = {"reason": "x", "until": "2026-12-31"}
    path = f"{PATH}/{file_id}:suspend"
    answers = await asyncio.gather(*(dealing.call(dealing.approver, "POST", path, json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert len(await facts(dealing, file_id)) == 2


async def test_the_standing_is_seen_inside_the_callers_own_transaction(dealing: Dealing) -> None:
    """Sourcing asks in the transaction in which it writes."""
    file_id = await dealing.joined()
    await dealing.bar(file_id)
    async with dealing.harness.work(dealing.buyer) as work:
        await work.writing()
        with pytest.raises(FailedPrecondition) as refused:
            await service.usable(work, dealing.contractor.id, {dealing.supplier.id})
    assert refused.value.reason == "SUPPLIER_SUSPENDED"
    assert organisation(Kind.SUPPLIER).uscc != dealing.supplier.uscc
