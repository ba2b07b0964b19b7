"""The wage sheet and the pay slip as PDF. Who takes one is recorded for each worker on it, as for an export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.crypto import Vault
from chassis.work import Work
from labour import permissions
from labour.paper import repository as lists
from labour.paper import service as paper
from labour.paper.schemas import PaySlipPaper
from labour.payrolls import errors, repository, rules
from labour.payrolls.models import Payroll, PayrollLine
from labour.payrolls.service import content_of
from labour.payrolls.states import PAYABLE, State
from labour.privacy import service as privacy

PURPOSE: Mapping[str, str] = {"sheet": "工资表 wage sheet {month}", "slip": "工资条 pay slip {month}"}
"""What a worker reads beside who had his data."""


async def sheet(work: Work, payroll_id: UUID, language: str, vault: Vault) -> Iterable[bytes]:
    """A visible payroll as its workers sign it, as PDF in zh-CN or en.

    FailedPrecondition PAYROLL_DRAFTING while its lines are still coming, DOCUMENT_TOO_LONG.
    """
    work.require(permissions.PAYROLLS_READ)
    async with work.reading() as session:
        await lists.one_snapshot(session)
        payroll = await repository.get(session, work.principal, work.today, payroll_id)
        if payroll.state is State.DRAFTING:
            raise errors.still_drafting(payroll_id)
        wages = await lists.wages(session, payroll)
        digest = rules.sheet_hash(
            payroll.id, payroll.edition, (content_of(payroll, one.line, one.items) for one in wages)
        )
        printed = await paper.wage_sheet(session, payroll, wages, digest, work.today, language, vault)
    made = await paper.list_document(printed)
    purpose = PURPOSE["sheet"].format(month=printed.month)
    await privacy.saw(work, [one.line.worker_id for one in wages], "export", purpose)
    return [made]


async def slip(work: Work, line_id: UUID, language: str, vault: Vault) -> Iterable[bytes]:
    """The pay slip of a visible line as PDF; FailedPrecondition SLIP_NOT_READY before approval."""
    work.require(permissions.PAYROLLS_READ)
    async with work.reading() as session:
        await lists.one_snapshot(session)
        line = await repository.line(session, work.principal, work.today, line_id)
        if line.state not in PAYABLE:
            raise errors.no_slip(line_id)
        printed = await slip_of(work, session, line, language, vault)
    made = await paper.list_document(printed)
    await privacy.saw(work, [line.worker_id], "export", PURPOSE["slip"].format(month=printed.month))
    return [made]


async def slip_of(work: Work, session: AsyncSession, line: PayrollLine, language: str, vault: Vault) -> PaySlipPaper:
    """For a door that has found the line: what stands on its slip."""
    payroll = await session.get_one(Payroll, line.payroll_id)
    [wage] = await lists.wages(session, payroll, [line.id])
    digest = content_of(payroll, line, wage.items)
    return await paper.pay_slip(session, payroll, wage, digest, work.today, language, vault)
