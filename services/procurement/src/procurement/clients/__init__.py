"""Whom procurement asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.http.edge import runtime_of
from chassis.rpc.client import Channel
from chassis.runtime import Runtime
from procurement.clients.projects import GrpcProjectDirectory, ProjectDirectory


def connect(runtime: Runtime) -> Mapping[str, Any]:
    """The clients, once the event loop runs."""
    channel = Channel(runtime.settings.projects_grpc, runtime.service_tokens, "project-mgmt")
    return {"projects": GrpcProjectDirectory(channel), "channels": [channel]}


def projects(request: Request) -> ProjectDirectory:
    """project-mgmt, as an endpoint's dependency."""
    directory: ProjectDirectory = runtime_of(request).clients["projects"]
    return directory


ProjectsDep = Annotated[ProjectDirectory, Depends(projects)]
