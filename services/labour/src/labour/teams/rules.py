"""Who may join, leave and move between teams. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from chassis.errors import Violation
from labour.teams import errors
from labour.teams.models import Leader, Member

ONE_DAY = timedelta(days=1)


def joining(
    worker_ids: Sequence[UUID],
    first_day: date,
    assigned: Collection[UUID],
    standing: Mapping[UUID, Member],
    ended: Mapping[UUID, date],
) -> list[Violation]:
    """Why these workers may not join from that day: unknown on the project, in a team, or before an earlier end."""
    faults = []
    for place, worker_id in enumerate(worker_ids):
        if worker_id in worker_ids[:place]:
            faults.append(errors.twice(place))
        elif worker_id not in assigned:
            faults.append(errors.not_assigned(place))
        elif worker_id in standing:
            faults.append(errors.in_a_team(place, standing[worker_id].team_id))
        elif worker_id in ended and first_day <= ended[worker_id]:
            faults.append(errors.backwards(f"/worker_ids/{place}"))
    return faults


def leaving(
    worker_ids: Sequence[UUID], team_id: UUID, last_day: date, standing: Mapping[UUID, Member]
) -> list[Violation]:
    """Why these workers may not leave a team after that day: no members, or they have begun later."""
    faults = []
    for place, worker_id in enumerate(worker_ids):
        member = standing.get(worker_id)
        if worker_id in worker_ids[:place]:
            faults.append(errors.twice(place))
        elif member is None or member.team_id != team_id:
            faults.append(errors.not_a_member(f"/worker_ids/{place}"))
        elif last_day < member.first_day - ONE_DAY:
            faults.append(errors.backwards(f"/worker_ids/{place}"))
    return faults


def never_began(row: Member | Leader, last_day: date) -> bool:
    """Whether it would end before its first day: then it has not been."""
    return last_day < row.first_day
