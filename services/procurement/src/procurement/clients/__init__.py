"""Whom procurement asks, and the seals of quotes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.http.edge import runtime_of
from chassis.rpc.client import Channel
from chassis.runtime import Runtime
from procurement.clients.projects import GrpcProjectDirectory, ProjectDirectory
from procurement.sealing import Seals


def connect(runtime: Runtime) -> Mapping[str, Any]:
    """The clients, once the event loop runs; with unfit sealing keys the process does not start."""
    channel = Channel(runtime.settings.projects_grpc, runtime.service_tokens, "project-mgmt")
    return {
        "projects": GrpcProjectDirectory(channel),
        "channels": [channel],
        "seals": runtime.settings.seals(),
    }


def projects(request: Request) -> ProjectDirectory:
    """project-mgmt, as an endpoint's dependency."""
    directory: ProjectDirectory = runtime_of(request).clients["projects"]
    return directory


def seals(request: Request) -> Seals:
    """The seals of quotes, as an endpoint's dependency."""
    found: Seals = runtime_of(request).clients["seals"]
    return found


ProjectsDep = Annotated[ProjectDirectory, Depends(projects)]
SealsDep = Annotated[Seals, Depends(seals)]
