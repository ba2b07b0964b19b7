"""Whom procurement asks, and the vault with the keys of bank accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.crypto import Vault
from chassis.http.edge import runtime_of
from chassis.rpc.client import Channel
from chassis.runtime import Runtime
from procurement.clients.file_store import FileStore
from procurement.clients.projects import GrpcProjectDirectory, ProjectDirectory
from procurement.clients.scanner import Clamd, NoScanner, Scanner


def connect(runtime: Runtime) -> Mapping[str, Any]:
    """The clients, once the event loop runs; with unfit keys the process does not start."""
    channel = Channel(runtime.settings.projects_grpc, runtime.service_tokens, "project-mgmt")
    clamd = runtime.settings.clamd
    return {
        "projects": GrpcProjectDirectory(channel),
        "files": FileStore(runtime.settings.files_dir),
        "scanner": NoScanner() if clamd is None else Clamd(clamd),
        "vault": runtime.settings.vault(),
        "channels": [channel],
    }


def projects(request: Request) -> ProjectDirectory:
    """project-mgmt, as an endpoint's dependency."""
    directory: ProjectDirectory = runtime_of(request).clients["projects"]
    return directory


def file_store(request: Request) -> FileStore:
    """Where uploaded files lie, as an endpoint's dependency."""
    store: FileStore = runtime_of(request).clients["files"]
    return store


def scanner(request: Request) -> Scanner:
    """The virus scanner, as an endpoint's dependency."""
    found: Scanner = runtime_of(request).clients["scanner"]
    return found


def vault(request: Request) -> Vault:
    """The vault, as an endpoint's dependency."""
    opened: Vault = runtime_of(request).clients["vault"]
    return opened


FileStoreDep = Annotated[FileStore, Depends(file_store)]
ScannerDep = Annotated[Scanner, Depends(scanner)]
ProjectsDep = Annotated[ProjectDirectory, Depends(projects)]
VaultDep = Annotated[Vault, Depends(vault)]
