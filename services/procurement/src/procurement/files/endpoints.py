"""REST door of files: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import FailedPrecondition, NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.http.edge import Download, EdgeDep
from chassis.http.problems import problems
from chassis.http.uploads import download, upload
from chassis.identity import require
from procurement import permissions
from procurement.clients import FileStoreDep, ScannerDep
from procurement.files import service
from procurement.files.rules import MediaType
from procurement.files.schemas import FileName, FileOut
from procurement.files.service import Keep

router = APIRouter(prefix="/files", tags=["files"])

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes; what the gateway lets through by default."""

EXAMPLE = "%PDF-1.7\n%%EOF\n"
EXAMPLES = {kind.value: EXAMPLE if kind is MediaType.PDF else "(bytes)" for kind in MediaType}


@router.post(
    "",
    operation_id="uploadFile",
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
    require(edge.principal, permissions.FILES_UPLOAD)  # before a byte is taken
    async with store.receive(edge.pieces()) as staged:
        command = Keep(name, media_type, staged)
        digest = f"{media_type} {staged.sha256}"
        return await edge.write(
            lambda work: service.keep(work, command, store, scanner), FileOut.of, status=201, digest=digest
        )


@router.get("/{file_id}", operation_id="getFile", response_model=FileOut, responses=problems(NotFound))
async def get(file_id: UUID, edge: EdgeDep) -> Response:
    """What is known of a file that the caller's organisation uploaded, or that hangs on one of its documents."""
    return await edge.read(lambda work: service.get(work, file_id), FileOut.of)


@router.get(
    "/{file_id}/content",
    operation_id="downloadFile",
    response_class=Response,
    responses=download({"*/*": EXAMPLE}) | problems(NotFound, FailedPrecondition),
)
async def content(file_id: UUID, edge: EdgeDep, store: FileStoreDep) -> Response:
    """The bytes of a file, to be saved under its name."""
    return await edge.download(
        lambda work: service.content(work, file_id),
        lambda file: Download(store.path(file.sha256), file.media_type, file.name),
    )
