"""REST door of files: only translates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from chassis.errors import FailedPrecondition, NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.files import service
from chassis.files.rules import MediaType
from chassis.files.scanner import Clamd, NoScanner, Scanner
from chassis.files.schemas import FileName, FileOut
from chassis.files.service import Closed, Keep
from chassis.files.store import FileStore
from chassis.http.edge import Download, EdgeDep, runtime_of
from chassis.http.problems import problems
from chassis.http.uploads import download, upload
from chassis.identity import Permission, require
from chassis.settings import FileSettings

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes; what the gateway lets through by default."""

EXAMPLE = "%PDF-1.7\n%%EOF\n"
EXAMPLES = {kind.value: EXAMPLE if kind is MediaType.PDF else "(bytes)" for kind in MediaType}


def clients_of(settings: FileSettings) -> Mapping[str, Any]:
    """The store and the scanner that the settings name, as clients of a service."""
    return {
        "files": FileStore(settings.files_dir),
        "scanner": NoScanner() if settings.clamd is None else Clamd(settings.clamd),
    }


def file_store(request: Request) -> FileStore:
    """Where uploaded files lie, as an endpoint's dependency."""
    store: FileStore = runtime_of(request).clients["files"]
    return store


def scanner(request: Request) -> Scanner:
    """The virus scanner, as an endpoint's dependency."""
    found: Scanner = runtime_of(request).clients["scanner"]
    return found


FileStoreDep = Annotated[FileStore, Depends(file_store)]
ScannerDep = Annotated[Scanner, Depends(scanner)]


def router(
    may_upload: Permission, may_read: Permission, *, noun: str = "File", closed: Closed | None = None
) -> APIRouter:
    """The routes `/files`, for those who may upload and read in this service.

    Operations are named after `noun`, as no two of the platform may have one name. What is `closed` here is not found.
    """
    routes = APIRouter(prefix="/files", tags=["files"])
    _take(routes, may_upload, noun)
    _show(routes, may_read, noun, closed)
    return routes


def _take(routes: APIRouter, may_upload: Permission, noun: str) -> None:
    @routes.post(
        "",
        operation_id=f"upload{noun}",
        status_code=201,
        response_model=FileOut,
        responses=problems(PayloadTooLarge, UnsupportedMediaType),
        openapi_extra=upload(EXAMPLES),
        max_body_size=LARGEST_FILE,
    )
    async def upload_file(
        name: Annotated[FileName, Query()], edge: EdgeDep, store: FileStoreDep, scanner: ScannerDep
    ) -> Response:
        """Upload a file (PDF, JPEG, PNG, XLSX, at most 10 MiB) as the raw body; its id is then named in documents."""
        media_type = MediaType(edge.require_type(tuple(MediaType)))
        require(edge.principal, may_upload)  # before a byte is taken
        async with store.receive(edge.pieces()) as staged:
            command = Keep(name, media_type, staged)
            digest = f"{media_type} {staged.sha256}"
            return await edge.write(
                lambda work: service.keep(work, may_upload, command, store, scanner),
                FileOut.of,
                status=201,
                digest=digest,
            )


def _show(routes: APIRouter, may_read: Permission, noun: str, closed: Closed | None) -> None:
    @routes.get("/{file_id}", operation_id=f"get{noun}", response_model=FileOut, responses=problems(NotFound))
    async def get(file_id: UUID, edge: EdgeDep) -> Response:
        """What is known of a file that the caller's organisation uploaded, or that hangs on one of its documents."""
        return await edge.read(lambda work: service.get(work, may_read, file_id, closed), FileOut.of)

    @routes.get(
        "/{file_id}/content",
        operation_id=f"download{noun}",
        response_class=Response,
        responses=download({"*/*": EXAMPLE}) | problems(NotFound, FailedPrecondition),
    )
    async def content(file_id: UUID, edge: EdgeDep, store: FileStoreDep) -> Response:
        """The bytes of a file, to be saved under its name."""
        return await edge.download(
            lambda work: service.content(work, may_read, file_id, closed),
            lambda file: Download(store.path(file.sha256), file.media_type, file.name),
        )
