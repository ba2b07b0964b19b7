"""What has to be done by a day: a durable job looks on the day after, and a missed clock stays to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins
from chassis.work import Work, touch
from labour.codes.repository import calendar
from labour.codes.rules import due
from labour.wage_accounts import repository, states
from labour.wage_accounts.models import WageAccount, WageClock, WageGuarantee
from labour.wage_accounts.states import ClockAction, ClockKind, ClockState

CHECK = "wage-accounts.clock"


async def start(
    work: Work, of: WageAccount | WageGuarantee, account_id: UUID, kind: ClockKind, since: date
) -> WageClock:
    """A clock for an account or a guarantee, in the caller's transaction; it runs from the day after the event.

    It keeps the day that the calendar gives today, and how sure that is.
    """
    ends = due(calendar(), since, repository.rules().clocks[kind])
    clock = WageClock(
        created_at=work.now,
        updated_at=work.now,
        account_id=account_id,
        project_id=of.project_id,
        contractor_id=of.contractor_id,
        subject_id=of.id,
        kind=kind,
        state=states.CLOCK.initial,
        due_on=ends.on,
        calendar=ends.basis,
    )
    await repository.add(await work.writing(), clock, of.id)
    await work.enqueue(CHECK, {"clock_id": str(clock.id)}, due=day_begins(ends.on + timedelta(days=1)))
    return clock


async def meet(work: Work, subject_id: UUID, kind: ClockKind, day: date) -> None:
    """It was done on a day: in time, or late. Nothing when no such clock runs."""
    clock = await repository.clock_of(await work.writing(), subject_id, kind)
    if clock is None:
        return
    if clock.state is ClockState.RUNNING and day > clock.due_on:
        clock.state = states.CLOCK.apply(clock.state, ClockAction.MISS)
    clock.state = states.CLOCK.apply(clock.state, ClockAction.MEET)
    clock.met_on = day
    touch(clock, work)


async def check(work: Work, payload: Mapping[str, str]) -> None:
    """Job, on the day after: a clock that still runs is missed."""
    clock = await repository.by_id(await work.writing(), WageClock, UUID(payload["clock_id"]))
    if clock.state is not ClockState.RUNNING:
        return
    clock.state = states.CLOCK.apply(clock.state, ClockAction.MISS)
    touch(clock, work)
    work.audit("wage-clocks.miss", "wage_clock", clock.id, None, audit.fields(clock, "kind", "due_on"))
