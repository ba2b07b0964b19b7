"""Use cases of files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.errors import Unavailable
from chassis.files import errors, repository, rules, states
from chassis.files.models import File
from chassis.files.rules import MediaType
from chassis.files.scanner import Scanner, Verdict
from chassis.files.states import Action, State
from chassis.files.store import FileStore, Staged
from chassis.identity import Permission
from chassis.ids import new_id
from chassis.work import Work, touch

SCAN = "files.scan"
UNFINISHED_FOR = timedelta(hours=1)
"""An upload takes the gateway's 30 seconds at most; what is older has broken off."""

VERDICTS = {Verdict.CLEAN: Action.CLEAR, Verdict.INFECTED: Action.CONDEMN}


Closed = Callable[[Work, File], Awaitable[bool]]
"""Whether a file is not shown at a door, because another door asks for more or records who looks."""


@dataclass(frozen=True, slots=True)
class Keep:
    """An upload that lies on disk under a temporary name, and what its sender says it is."""

    name: str
    media_type: MediaType
    staged: Staged


async def keep(work: Work, may: Permission, command: Keep, store: FileStore, scanner: Scanner) -> File:
    """Check an upload by name, content and scanner, and keep it; the same content under the same name is one file.

    InvalidArgument FILE_EXTENSION_MISMATCH, FILE_TYPE_MISMATCH, FILE_INFECTED. While the scanner is away the file is
    taken as `unscanned` and a job has it looked at later.
    """
    work.require(may)
    await _check(command, store)
    staged, later = command.staged, False
    try:
        verdict = await scanner.scan(staged.path)
    except Unavailable:
        verdict, later = Verdict.UNSCANNED, True
    if verdict is Verdict.INFECTED:
        raise errors.infected()
    session = await work.writing()
    await repository.lock_content(session, staged.sha256)  # against the sweep
    known = await repository.same(session, work.principal.organisation_id, staged.sha256, command.name)
    if known is not None:
        return known
    await store.publish(staged)
    file = _row(work, command, verdict, work.principal.organisation_id)
    session.add(file)
    await session.flush()
    work.audit("files.upload", "file", file.id, None, audit.fields(file, "name", "media_type", "size", "sha256"))
    if later:
        await work.enqueue(SCAN, {"file_id": str(file.id)})
    return file


async def _check(command: Keep, store: FileStore) -> None:
    kind, staged = command.media_type, command.staged
    if not rules.fits_name(kind, command.name):
        raise errors.wrong_extension(kind, rules.EXTENSIONS[kind])
    members = await store.members(staged.path) if kind is MediaType.XLSX else frozenset()
    if not rules.fits_content(kind, staged.head, members):
        raise errors.wrong_content(kind)


def _row(work: Work, command: Keep, verdict: Verdict, organisation_id: UUID) -> File:
    state, action = states.FILE.initial, VERDICTS.get(verdict)
    return File(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        organisation_id=organisation_id,
        name=command.name,
        media_type=command.media_type,
        size=command.staged.size,
        sha256=command.staged.sha256,
        state=state if action is None else states.FILE.apply(state, action),
        uploaded_by=work.principal.subject,
    )


async def keep_made(work: Work, organisation_id: UUID, made: Keep, store: FileStore) -> File:
    """Keep a document that the service itself has made, as the organisation's; made again alike, it is the same file.

    Runs in the caller's write transaction, which says in its own audit what was made.
    """
    session = await work.writing()
    await repository.lock_content(session, made.staged.sha256)  # against the sweep
    known = await repository.same(session, organisation_id, made.staged.sha256, made.name)
    if known is not None:
        return known
    await store.publish(made.staged)
    file = _row(work, made, Verdict.UNSCANNED, organisation_id)
    session.add(file)
    await session.flush()
    return file


async def get(work: Work, may: Permission, file_id: UUID, closed: Closed | None = None) -> File:
    """One file, without its bytes; NotFound FILE_NOT_FOUND also for one that is closed here."""
    work.require(may)
    async with work.reading() as session:
        file = await repository.get(session, work.principal, file_id)
    if closed is not None and await closed(work, file):
        raise errors.file_not_found(file_id)
    return file


async def content(work: Work, may: Permission, file_id: UUID, closed: Closed | None = None) -> File:
    """The file whose bytes the caller may have; FailedPrecondition FILE_INFECTED for one in quarantine."""
    file = await get(work, may, file_id, closed)
    if file.state == State.INFECTED:
        raise errors.quarantined(file_id)
    return file


async def attach(
    work: Work, file_ids: Sequence[UUID], *, share_with: Iterable[UUID], pointers: Sequence[str] | None = None
) -> list[File]:
    """For documents: the caller's own uploads, in order, from now on visible to these organisations too.

    InvalidArgument FILE_UNKNOWN for what the caller's organisation has not uploaded, at the pointer of each
    (`/file_ids/<index>` when none are given); FailedPrecondition FILE_INFECTED for what is in quarantine. Runs in the
    caller's write transaction.
    """
    if not file_ids:
        return []
    session = await work.writing()
    found = await repository.uploaded(session, work.principal, file_ids)
    places = pointers or [f"/file_ids/{index}" for index in range(len(file_ids))]
    unknown = [place for file_id, place in zip(file_ids, places, strict=True) if file_id not in found]
    if unknown:
        raise errors.unknown_files(unknown)
    for file in found.values():
        if file.state == State.INFECTED:
            raise errors.quarantined(file.id)
    await share(work, list(found), set(share_with) - {work.principal.organisation_id})
    return [found[file_id] for file_id in file_ids]


async def share(work: Work, file_ids: Sequence[UUID], share_with: Iterable[UUID]) -> None:
    """For documents that reach one organisation more: show it the files that hang on them."""
    others = sorted(share_with)
    if not file_ids or not others:
        return
    await repository.share(await work.writing(), file_ids, others)
    after = {"shared_with": [str(one) for one in others]}
    for file_id in file_ids:
        work.audit("files.share", "file", file_id, None, after)


async def forget(work: Work, file_ids: Sequence[UUID]) -> None:
    """For personal data that is erased: the rows go now, the bytes with the next sweep unless another row has them."""
    if not file_ids:
        return
    for removed in await repository.remove(await work.writing(), file_ids):
        work.audit("files.forget", "file", removed, None, None)


async def scan_later(work: Work, payload: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """Job: ask the scanner that was away; Unavailable while it still is, so the job is tried again."""
    file_id = UUID(payload["file_id"])
    async with work.reading() as session:
        seen = await repository.by_id(session, file_id)
    action = VERDICTS.get(await clients["scanner"].scan(clients["files"].path(seen.sha256)))
    if action is None:
        return  # the installation has no scanner any more
    file = await repository.by_id(await work.writing(), file_id, lock=True)
    if file.state != State.UNSCANNED:
        return
    file.state = states.FILE.apply(file.state, action)
    touch(file, work)
    work.audit(f"files.{action}", "file", file.id, {"state": str(State.UNSCANNED)}, audit.fields(file, "state"))


async def sweep(work: Work, _: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """Job: remove what a crash has left in the store: broken uploads, and contents that no row knows."""
    store: FileStore = clients["files"]
    await store.forget_unfinished(work.now - UNFINISHED_FOR)
    session = await work.writing()
    for digests in store.folders():
        for digest in sorted(set(digests) - await repository.kept(session, digests)):
            await repository.lock_content(session, digest)
            if not await repository.kept(session, [digest]):  # nobody has published it while we came for the lock
                await store.remove(digest)
