"""gRPC table of contents."""

from __future__ import annotations

from datetime import timedelta

from chassis.rpc.server import Registration
from chassis.runtime import Runtime
from project_mgmt.budgets.rpc import BudgetQuestions
from project_mgmt.projects.rpc import ProjectQuestions
from project_mgmt.wbs.rpc import WbsQuestions
from zhulian.projects.v1.project_directory_pb2 import DESCRIPTOR
from zhulian.projects.v1.project_directory_pb2_grpc import (
    ProjectDirectoryServicer,
    add_ProjectDirectoryServicer_to_server,
)


class Directory(ProjectQuestions, BudgetQuestions, WbsQuestions, ProjectDirectoryServicer):
    """What other services may ask of project-mgmt: GetProject, GetParty, CommitBudget, ReleaseBudget, GetWbsTasks."""


def register(runtime: Runtime) -> list[Registration]:
    """Everything that project-mgmt answers over gRPC."""
    keep = timedelta(minutes=runtime.settings.reservation_minutes)
    return [
        Registration(
            DESCRIPTOR.services_by_name["ProjectDirectory"],
            Directory(keep),
            add_ProjectDirectoryServicer_to_server,
        )
    ]
