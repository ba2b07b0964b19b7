"""Whom labour asks, and the vault with the keys of personal data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.crypto import Vault
from chassis.files import endpoints as files
from chassis.http.edge import runtime_of
from chassis.rpc.client import Channel
from chassis.runtime import Runtime
from labour.clients.authority_platforms import Platforms
from labour.clients.codes import FolderSender, NoSender
from labour.clients.projects import GrpcProjectDirectory, ProjectDirectory


def connect(runtime: Runtime) -> Mapping[str, Any]:
    """The clients, once the event loop runs; with unfit keys the process does not start."""
    folder = runtime.settings.codes_dir
    channel = Channel(runtime.settings.projects_grpc, runtime.service_tokens, "project-mgmt")
    return {
        "projects": GrpcProjectDirectory(channel),
        **files.clients_of(runtime.settings),
        "platforms": Platforms(runtime.settings.authorities),
        "vault": runtime.settings.vault(),
        "codes": NoSender() if folder is None else FolderSender(folder),
        "channels": [channel],
    }


def projects(request: Request) -> ProjectDirectory:
    """project-mgmt, as an endpoint's dependency."""
    directory: ProjectDirectory = runtime_of(request).clients["projects"]
    return directory


def platforms(request: Request) -> Platforms:
    """The authorities' platforms, as an endpoint's dependency."""
    reached: Platforms = runtime_of(request).clients["platforms"]
    return reached


def vault(request: Request) -> Vault:
    """The vault, as an endpoint's dependency."""
    opened: Vault = runtime_of(request).clients["vault"]
    return opened


ProjectsDep = Annotated[ProjectDirectory, Depends(projects)]
PlatformsDep = Annotated[Platforms, Depends(platforms)]
VaultDep = Annotated[Vault, Depends(vault)]
