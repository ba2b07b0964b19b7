"""Propose repairs: up to 1,000 forgotten swipes in a call, each judged by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from chassis import audit
from chassis.errors import Violation
from chassis.files import service as files
from chassis.ids import new_id
from chassis.work import Work
from labour import permissions
from labour.attendance import repository as attendance
from labour.attendance import rulebook
from labour.attendance.commands.judge import Judge, Recorded, SwipeRow
from labour.attendance.commands.record import terms
from labour.attendance.rules import NewSwipe, Standing
from labour.codes import repository as codes
from labour.codes.rules import EVERYWHERE
from labour.days import repository as days
from labour.devices.models import Channel
from labour.repairs import errors, repository, states
from labour.repairs.models import Repair

ANY_WAY = "001"
"""A repair was recognised by nobody: the judge of swipes is asked for place and time alone."""


@dataclass(frozen=True, slots=True)
class ProposedRepair:
    """A swipe that was forgotten, why, and the file that shows it (None: nothing does)."""

    worker_id: UUID
    at: datetime
    direction: str
    reason: str
    file_id: UUID | None


@dataclass(frozen=True, slots=True)
class ProposeRepairs:
    """Forgotten swipes of workers of one project."""

    project_id: UUID
    rows: Sequence[ProposedRepair]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row; `faults` say why it was refused."""

    row: int
    status: Literal["proposed", "approved", "refused"]
    repair_id: UUID | None
    faults: Sequence[Violation] = ()


async def propose(work: Work, command: ProposeRepairs, *, dry_run: bool = False) -> list[Result]:
    """Propose each swipe that could have been taken; the others are refused by themselves.

    An employer proposes for its own people; who oversees the project for everybody. A worker whom the caller may not
    see is answered as one who does not exist. With `dry_run` nothing is written, and what would be proposed has no id.
    """
    work.require(permissions.REPAIRS_PROPOSE)
    session, driver = await work.writing(), await work.driver()
    await repository.one_at_a_time(session, command.project_id)
    standing = await attendance.standing(driver, command.project_id, {str(row.worker_id) for row in command.rows})
    seen = await days.employers_seen(
        session, work.principal, work.today, command.project_id, {UUID(one.employer_id) for one in standing.values()}
    )
    standing = {worker: one for worker, one in standing.items() if UUID(one.employer_id) in seen}
    good, outcome = await _judged(work, command, standing)
    wanted = [_key(one) for one in good.values()]
    taken = await repository.standing(session, wanted) if wanted else set()
    fresh: dict[int, NewSwipe] = {}
    for place, swipe in good.items():
        key = _key(swipe)
        if key in taken:
            outcome.refuse(place, errors.ALREADY_PROPOSED)
            continue
        taken.add(key)
        fresh[place] = swipe
    made = {} if dry_run else await _written(work, command, fresh)
    return [
        Result(place, "proposed", made[place].id if place in made else None)
        if place in fresh
        else Result(place, "refused", None, [_at_the_row(one) for one in outcome.refused[place]])
        for place in range(len(command.rows))
    ]


async def _written(work: Work, command: ProposeRepairs, fresh: Mapping[int, NewSwipe]) -> dict[int, Repair]:
    """The repairs, by place; their evidence is shown to those who confirm them."""
    made = {place: _repair(work, command, command.rows[place], swipe) for place, swipe in fresh.items()}
    await _attach(work, command, made)
    (await work.writing()).add_all(made.values())
    for repair in made.values():
        after = audit.fields(repair, "project_id", "worker_id", "at", "direction", "reason", "file_id", "state")
        work.audit("repairs.propose", "repair", repair.id, None, after)
    return made


async def _judged(
    work: Work, command: ProposeRepairs, standing: Mapping[str, Standing]
) -> tuple[dict[int, NewSwipe], Recorded]:
    """The rows whose worker was on the project then, in an open month."""
    city = await days.project_city(await work.writing(), command.project_id)
    rule, books = await terms(work, command.project_id, city or EVERYWHERE)
    limits = replace(codes.swipe_limits(), oldest=rulebook.oldest_repair(), clock_tolerance=timedelta(0))
    outcome = Recorded(new_id(), len(command.rows), {})
    rows = [
        SwipeRow(place, place, str(row.worker_id), row.at, row.direction, ANY_WAY)
        for place, row in enumerate(command.rows)
    ]
    good = Judge(work.now, limits, rule, Channel.GATE, books.locked, outcome).judge(rows, standing)
    for place in [place for place, swipe in good.items() if not swipe.counted]:
        del good[place]
        outcome.refuse(place, errors.MONTH_LOCKED)
    return good, outcome


async def _attach(work: Work, command: ProposeRepairs, made: Mapping[int, Repair]) -> None:
    files_of = {place: repair.file_id for place, repair in made.items() if repair.file_id is not None}
    if not files_of:
        return
    session = await work.writing()
    confirming = await repository.general_contractors(session, command.project_id, work.today)
    share_with = {*confirming, *(made[place].employer_id for place in files_of)}
    pointers = [f"/repairs/{place}/file_id" for place in files_of]
    await files.attach(work, list(files_of.values()), share_with=share_with, pointers=pointers)


def _repair(work: Work, command: ProposeRepairs, row: ProposedRepair, swipe: NewSwipe) -> Repair:
    return Repair(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        project_id=command.project_id,
        employer_id=UUID(swipe.standing.employer_id),
        worker_id=row.worker_id,
        assignment_id=UUID(swipe.standing.assignment_id),
        at=swipe.at,
        direction=row.direction,
        reason=row.reason,
        file_id=row.file_id,
        state=states.REPAIR.initial,
        proposed_by=work.principal.subject,
        proposer_id=work.principal.organisation_id,
    )


def _key(swipe: NewSwipe) -> tuple[UUID, datetime, str]:
    return UUID(swipe.standing.assignment_id), swipe.at, swipe.direction


def _at_the_row(fault: Violation) -> Violation:
    return replace(fault, pointer=fault.pointer.replace("/swipes/", "/repairs/", 1))
