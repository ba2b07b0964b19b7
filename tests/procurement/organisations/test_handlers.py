"""The replica of organisations: twice, out of order."""

from __future__ import annotations

from chassis.ids import new_id
from tests.facts import known_organisation, tell_organisation
from tests.harness import Harness

USCC = "91440300708461136T"


async def test_twice_is_once(procurement: Harness) -> None:
    one, event_id = new_id(), new_id()
    assert await tell_organisation(procurement, one, "深圳示范建设有限公司", event_id=event_id)
    assert not await tell_organisation(procurement, one, "深圳示范建设有限公司", event_id=event_id)
    assert await known_organisation(procurement, one) == ("深圳示范建设有限公司", USCC, ["contractor"], "active", 1)


async def test_an_older_fact_that_comes_late_is_ignored(procurement: Harness) -> None:
    one = new_id()
    await tell_organisation(procurement, one, "深圳新名建设有限公司", state="suspended", version=3)
    await tell_organisation(procurement, one, "深圳旧名建设有限公司", version=2)
    assert await known_organisation(procurement, one) == ("深圳新名建设有限公司", USCC, ["contractor"], "suspended", 3)
    await tell_organisation(procurement, one, "深圳新名建设有限公司", version=4)
    assert await known_organisation(procurement, one) == ("深圳新名建设有限公司", USCC, ["contractor"], "active", 4)


async def test_one_organisations_fact_changes_no_other(procurement: Harness) -> None:
    one, two = new_id(), new_id()
    await tell_organisation(procurement, one, "甲公司", version=2)
    await tell_organisation(procurement, two, "乙公司", version=1)
    assert await known_organisation(procurement, one) == ("甲公司", USCC, ["contractor"], "active", 2)
    assert await known_organisation(procurement, two) == ("乙公司", USCC, ["contractor"], "active", 1)
