"""Whom procurement asks, the vault with the keys of bank accounts, and the seals of quotes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.crypto import Vault
from chassis.files import endpoints as files
from chassis.http.edge import runtime_of
from chassis.rpc.client import Channel
from chassis.runtime import Runtime
from procurement.clients.labour import GrpcLabourDirectory, LabourDirectory
from procurement.clients.projects import GrpcProjectDirectory, ProjectDirectory
from procurement.sealing import Seals


def connect(runtime: Runtime) -> Mapping[str, Any]:
    """The clients, once the event loop runs; with unfit keys the process does not start."""
    channel = Channel(runtime.settings.projects_grpc, runtime.service_tokens, "project-mgmt")
    labour = Channel(runtime.settings.labour_grpc, runtime.service_tokens, "labour")
    return {
        "projects": GrpcProjectDirectory(channel),
        "labour": GrpcLabourDirectory(labour),
        **files.clients_of(runtime.settings),
        "vault": runtime.settings.vault(),
        "seals": runtime.settings.seals(),
        "channels": [channel, labour],
    }


def projects(request: Request) -> ProjectDirectory:
    """project-mgmt, as an endpoint's dependency."""
    directory: ProjectDirectory = runtime_of(request).clients["projects"]
    return directory


def labour(request: Request) -> LabourDirectory:
    """labour, as an endpoint's dependency."""
    directory: LabourDirectory = runtime_of(request).clients["labour"]
    return directory


def seals(request: Request) -> Seals:
    """The seals of quotes, as an endpoint's dependency."""
    found: Seals = runtime_of(request).clients["seals"]
    return found


def vault(request: Request) -> Vault:
    """The vault, as an endpoint's dependency."""
    opened: Vault = runtime_of(request).clients["vault"]
    return opened


ProjectsDep = Annotated[ProjectDirectory, Depends(projects)]
LabourDep = Annotated[LabourDirectory, Depends(labour)]
VaultDep = Annotated[Vault, Depends(vault)]
SealsDep = Annotated[Seals, Depends(seals)]
