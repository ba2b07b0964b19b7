"""What goes out about team figures. `team_id` is null for those who belonged to no team."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import Amount, Hours
from labour.days.schemas import Days
from labour.team_figures.repository import NO_TEAM, Standing
from labour.team_figures.service import TeamFigures


class TeamFiguresOut(Out):
    """What the people of a team came to."""

    employer_id: UUID
    team_id: UUID | None
    team_name: str
    members: int = Field(description="Who belonged to it.")
    attended: int = Field(description="Those with attendance.")
    days: Days = Field(description="Worker days (工日).")
    hours_on_site: Hours = Field(description="Breaks taken off.")


class TeamDayOut(TeamFiguresOut):
    """A team's day on a project."""

    day: date

    @classmethod
    def of(cls, found: TeamFigures) -> TeamDayOut:
        """From the figures."""
        return cls.model_validate(_figures(found) | {"day": found.counted.group.period})


class TeamMonthOut(TeamFiguresOut):
    """A team's month on a project; of a worker who was transferred in it, each team has its own days."""

    month: str = Field(examples=["2026-11"])

    @classmethod
    def of(cls, found: TeamFigures) -> TeamMonthOut:
        """From the figures."""
        return cls.model_validate(_figures(found) | {"month": f"{found.counted.group.period:%Y-%m}"})


class TeamStandingOut(Out):
    """A team's month of evidence: a worker's chain stands under the team to which he belonged last in the month."""

    employer_id: UUID
    team_id: UUID | None
    team_name: str
    complete: int = Field(description="Chains without a gap.")
    with_gaps: int
    net: Amount
    paid: Amount
    gaps: dict[str, int] = Field(description="Gaps by code.", examples=[{"SHEET_MISSING": 3}])


class TeamStandingsOut(Out):
    """A month of a project, per employer and team."""

    teams: list[TeamStandingOut]

    @classmethod
    def of(cls, found: list[Standing]) -> TeamStandingsOut:
        """From the sums."""
        return cls(
            teams=[
                TeamStandingOut(
                    employer_id=one.employer_id,
                    team_id=_team(one.team_id),
                    team_name=one.name,
                    complete=one.complete,
                    with_gaps=one.with_gaps,
                    net=one.net,
                    paid=one.paid,
                    gaps=one.gaps,
                )
                for one in found
            ]
        )


def _figures(found: TeamFigures) -> dict[str, Any]:
    counted = found.counted
    return {
        "employer_id": counted.group.employer_id,
        "team_id": _team(counted.group.team_id),
        "team_name": counted.name,
        "members": counted.members,
        "attended": counted.attended,
        "days": counted.days,
        "hours_on_site": found.hours,
    }


def _team(team_id: UUID) -> UUID | None:
    return None if team_id == NO_TEAM else team_id
