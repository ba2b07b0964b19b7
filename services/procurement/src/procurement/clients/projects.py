"""project-mgmt as procurement sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from chassis.values import decimal_text
from zhulian.common.v1.values_pb2 import CostLine, Day, Money
from zhulian.projects.v1 import project_directory_pb2 as messages
from zhulian.projects.v1.project_directory_pb2_grpc import ProjectDirectoryStub

TIMEOUT = 3.0


@dataclass(frozen=True, slots=True)
class Commitment:
    """Budget reserved for an order until an instant."""

    commitment_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Party:
    """The roles of an organisation in a project, and the project's state."""

    roles: frozenset[str]
    project_state: str


class ProjectDirectory(Protocol):
    """Questions that need an answer now; all idempotent."""

    async def commit_budget(
        self, project_id: UUID, order_id: UUID, buyer_id: UUID, costs: Mapping[str, Decimal], currency: str
    ) -> Commitment:
        """Reserve budget for an order; FailedPrecondition BUDGET_EXCEEDED names what is left."""
        ...

    async def release_budget(self, project_id: UUID, order_id: UUID) -> None:
        """Give back what is reserved for an order; unknown orders are no error."""
        ...

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """The roles of an organisation in a project on a day; NotFound PROJECT_NOT_FOUND."""
        ...

    async def wbs_tasks(self, project_id: UUID, uids: Sequence[int]) -> Mapping[int, str]:
        """Name by UID of those of these tasks that the project's work breakdown has."""
        ...


class GrpcProjectDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def commit_budget(
        self, project_id: UUID, order_id: UUID, buyer_id: UUID, costs: Mapping[str, Decimal], currency: str
    ) -> Commitment:
        """See ProjectDirectory."""
        request = messages.CommitBudgetRequest(
            project_id=str(project_id),
            order_id=str(order_id),
            organisation_id=str(buyer_id),
            lines=[
                CostLine(cost_code=code, amount=Money(amount=decimal_text(amount), currency=currency))
                for code, amount in costs.items()
            ],
        )
        answer: messages.CommitBudgetResponse = await self._channel.call(
            ProjectDirectoryStub, "CommitBudget", request, timeout=TIMEOUT
        )
        return Commitment(UUID(answer.commitment_id), answer.expires_at.ToDatetime(UTC))

    async def release_budget(self, project_id: UUID, order_id: UUID) -> None:
        """See ProjectDirectory."""
        request = messages.ReleaseBudgetRequest(project_id=str(project_id), order_id=str(order_id))
        await self._channel.call(ProjectDirectoryStub, "ReleaseBudget", request, timeout=TIMEOUT)

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """See ProjectDirectory."""
        request = messages.GetPartyRequest(
            project_id=str(project_id), organisation_id=str(organisation_id), on=Day(date=on.isoformat())
        )
        answer: messages.GetPartyResponse = await self._channel.call(
            ProjectDirectoryStub, "GetParty", request, timeout=TIMEOUT
        )
        return Party(frozenset(answer.roles), answer.project_state)

    async def wbs_tasks(self, project_id: UUID, uids: Sequence[int]) -> Mapping[int, str]:
        """See ProjectDirectory."""
        request = messages.GetWbsTasksRequest(project_id=str(project_id), uids=uids)
        answer: messages.GetWbsTasksResponse = await self._channel.call(
            ProjectDirectoryStub, "GetWbsTasks", request, timeout=TIMEOUT
        )
        return {task.uid: task.name for task in answer.tasks}
