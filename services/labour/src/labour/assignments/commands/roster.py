"""The roster (花名册) of an employer on a project as PDF. Who takes one is recorded for each worker on it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from chassis.crypto import Vault
from chassis.work import Work
from labour import permissions
from labour.assignments import errors
from labour.paper import repository as lists
from labour.paper import service as paper
from labour.privacy import service as privacy

PURPOSE = "花名册 roster"
"""What a worker reads beside who had his data."""


async def roster(work: Work, project_id: UUID, employer_id: UUID, language: str, vault: Vault) -> Iterable[bytes]:
    """Everybody whom an employer has brought to a project, as PDF in zh-CN or en, for who may see the assignments.

    NotFound ROSTER_NOT_FOUND when that is nobody; FailedPrecondition DOCUMENT_TOO_LONG.
    """
    work.require(permissions.ASSIGNMENTS_READ)
    async with work.reading() as session:
        await lists.one_snapshot(session)
        enrolled = await lists.roster(session, work.principal, work.today, project_id, employer_id)
        if not enrolled:
            raise errors.roster_not_found(project_id, employer_id)
        printed = await paper.roster(session, enrolled, (project_id, employer_id), work.today, language, vault)
    made = await paper.list_document(printed)
    await privacy.saw(work, [one.worker.id for one in enrolled], "export", PURPOSE)
    return [made]
