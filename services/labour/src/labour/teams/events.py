"""Facts of teams. They carry ids, no personal data."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from google.protobuf.message import Message

from chassis.outbox import Event
from labour.teams.models import Team
from zhulian.labour.v1.teams_events_pb2 import TeamChanged

CHANGED = "zhulian.labour.teams.changed.v1"

SUBJECTS: dict[str, type[Message]] = {CHANGED: TeamChanged}


def changed(team: Team, change: str, leader_id: UUID | None, members: Sequence[UUID]) -> Event:
    """The whole team after a verb."""
    message = TeamChanged(
        team_id=str(team.id),
        project_id=str(team.project_id),
        employer_id=str(team.employer_id),
        state=team.state.value,
        leader_worker_id=str(leader_id or ""),
        member_worker_ids=[str(one) for one in members],
        change=change,
    )
    return Event(CHANGED, team.id, team.version, message)
