"""Early warnings day by day: raised, lifted, told once, shown to whom they concern."""

from __future__ import annotations

from datetime import timedelta

from chassis.ids import new_id
from labour.warnings.events import LIFTED, RAISED
from labour.warnings.models import Level
from tests.labour.contracting import later
from tests.labour.evidence.conftest import Months
from tests.labour.warnings.conftest import listed, watch, worked_in_october
from zhulian.labour.v1.warnings_events_pb2 import WarningLifted, WarningRaised


async def test_raised_with_its_reasons_and_told_once(months: Months) -> None:
    """No account and unpaid people: red from the points of both; a second run on the day says nothing new."""
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    await watch(months)
    [row] = await listed(months, months.site.contractor)
    assert (row["warning_level"], row["warning_score"]) == ("red", 70)
    assert [reason["code"] for reason in row["grounds"]] == row["raised"] == ["ACCOUNT_MISSING", "ATTENDANCE_UNPAID"]
    [fact] = await months.site.harness.events(RAISED, row["id"], WarningRaised)
    assert (fact.warning.level, fact.warning.level_before, fact.warning.score) == ("red", "none", 70)
    assert fact.warning.employer_id == str(months.site.subcontractor.id)


async def test_what_changed_since_the_day_before(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    await worked_in_october(months, "6000.00", "6000.00")
    with later(months.site.harness, timedelta(days=1)):
        await watch(months)
        await months.account()
        await months.run(
            "INSERT INTO wage_entries (id, account_id, position, kind, amount, balance, booked_on, note, booked_by, "
            "booked_at, bank_reference) SELECT $1, id, 1, 'deposit', 1, 1, '2026-11-20', '', 'x', now(), 'r' "
            "FROM wage_accounts WHERE project_id = $2",
            new_id(),
            months.site.project_id,
        )
    with later(months.site.harness, timedelta(days=2)):
        await watch(months)
    lifted, better, first = await listed(months, months.site.contractor)
    assert (first["warning_level"], better["warning_level"], lifted["warning_level"]) == ("red", "yellow", "none")
    assert (better["raised"], better["lifted"]) == ([], ["ATTENDANCE_UNPAID"])
    assert (lifted["grounds"], lifted["lifted"]) == ([], ["ACCOUNT_MISSING"])
    [fact] = await months.site.harness.events(LIFTED, lifted["id"], WarningLifted)
    assert (fact.warning.level_before, list(fact.warning.reasons)) == ("yellow", [])
    [now] = await listed(months, months.site.contractor, current="true")
    assert now["id"] == lifted["id"]


async def test_a_day_without_a_change_has_no_row(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    with later(months.site.harness, timedelta(days=1)):
        await watch(months)
    assert len(await listed(months, months.site.contractor)) == 1


async def test_who_left_is_warned_of_no_longer(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    await months.run("DELETE FROM evidence_months WHERE project_id = $1", months.site.project_id)
    with later(months.site.harness, timedelta(days=1)):
        await watch(months)
    newest, _ = await listed(months, months.site.contractor)
    assert (newest["warning_level"], newest["lifted"]) == (Level.NONE, ["ACCOUNT_MISSING", "ATTENDANCE_UNPAID"])
