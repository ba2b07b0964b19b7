"""Whom equipment-leasing asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.http.edge import runtime_of
from chassis.rpc.client import Channel
from chassis.runtime import Runtime
from equipment_leasing.clients.labour import GrpcLabourDirectory, LabourDirectory
from equipment_leasing.clients.projects import GrpcProjectDirectory, ProjectDirectory


def connect(runtime: Runtime) -> Mapping[str, Any]:
    """The clients, once the event loop runs."""
    projects_channel = Channel(runtime.settings.projects_grpc, runtime.service_tokens, "project-mgmt")
    labour_channel = Channel(runtime.settings.labour_grpc, runtime.service_tokens, "labour")
    return {
        "projects": GrpcProjectDirectory(projects_channel),
        "labour": GrpcLabourDirectory(labour_channel),
        "channels": [projects_channel, labour_channel],
    }


def projects(request: Request) -> ProjectDirectory:
    """project-mgmt, as an endpoint's dependency."""
    directory: ProjectDirectory = runtime_of(request).clients["projects"]
    return directory


def labour(request: Request) -> LabourDirectory:
    """labour, as an endpoint's dependency."""
    directory: LabourDirectory = runtime_of(request).clients["labour"]
    return directory


ProjectsDep = Annotated[ProjectDirectory, Depends(projects)]
LabourDep = Annotated[LabourDirectory, Depends(labour)]
