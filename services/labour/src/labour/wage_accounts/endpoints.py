"""REST door of wage accounts: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.clients import ProjectsDep, VaultDep
from labour.wage_accounts import service
from labour.wage_accounts.commands import closing
from labour.wage_accounts.commands import guarantee as guarantees
from labour.wage_accounts.repository import AccountFilter, ClockFilter, GuaranteeFilter, ShareFilter
from labour.wage_accounts.schemas import (
    DepositIn,
    DoneIn,
    DrawIn,
    GuaranteeIn,
    LodgeIn,
    OpenAccountIn,
    PlanAccountIn,
    ShareIn,
    WageAccountOut,
    WageClockOut,
    WageEntryOut,
    WageGuaranteeOut,
    WageReasonIn,
    WageShareOut,
)
from labour.wage_accounts.service import OpenAccount
from labour.wage_accounts.states import ClockKind, ClockState, GuaranteeState, ShareState, State

router = APIRouter(tags=["wage-accounts"])

VERB = problems(NotFound, FailedPrecondition, Aborted)
ASKING = problems(NotFound, FailedPrecondition, Aborted, Unavailable)
ACCOUNT, GUARANTEE = "/wage-accounts/{account_id}", "/wage-guarantees/{guarantee_id}"


class AccountFilters(Filters):
    """Which accounts to list."""

    project_id: UUID | None = None
    state: State | None = None


class ShareFilters(Filters):
    """Which shares to list."""

    project_id: UUID | None = None
    account_id: UUID | None = None
    state: ShareState | None = None


class ClockFilters(Filters):
    """Which clocks to list."""

    project_id: UUID | None = None
    kind: ClockKind | None = None
    state: ClockState | None = None


class GuaranteeFilters(Filters):
    """Which guarantees to list."""

    project_id: UUID | None = None
    state: GuaranteeState | None = None


@router.post(
    "/wage-accounts",
    operation_id="planWageAccount",
    status_code=201,
    response_model=WageAccountOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def plan(body: PlanAccountIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Put on record that a project needs its special wage account, named as the rule says; its clock runs."""
    command = body.plan()
    return await edge.write(
        lambda work: service.plan(work, command, projects), WageAccountOut.model_validate, status=201
    )


@router.get(
    "/wage-accounts", operation_id="listWageAccounts", response_model=PageOut[WageAccountOut], responses=problems()
)
async def list_accounts(filters: Annotated[AccountFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The wage accounts that the caller may see, newest first."""
    wanted = AccountFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), WageAccountOut.model_validate)


@router.get(ACCOUNT, operation_id="getWageAccount", response_model=WageAccountOut, responses=problems(NotFound))
async def get(account_id: UUID, edge: EdgeDep) -> Response:
    """One wage account."""
    return await edge.read(lambda work: service.get(work, account_id), WageAccountOut.model_validate)


@router.post(
    f"{ACCOUNT}:open",
    operation_id="openWageAccount",
    response_model=WageAccountOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Aborted),
)
async def open_account(account_id: UUID, body: OpenAccountIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Put on record that the bank has opened it; the owner's shares fall due from now on."""
    command = OpenAccount(account_id, edge.expected_version, body.bank, body.number, body.opened_on)
    return await edge.write(lambda work: service.open_account(work, command, vault), WageAccountOut.model_validate)


@router.post(
    f"{ACCOUNT}:agree-share", operation_id="agreeLabourCostShare", response_model=WageAccountOut, responses=VERB
)
async def agree_share(account_id: UUID, body: ShareIn, edge: EdgeDep) -> Response:
    """Another amount and day of the owner's share, for those that fall due after it."""
    expected, day, amount = edge.expected_version, body.share_day, body.share_amount
    return await edge.write(
        lambda work: service.agree_share(work, account_id, expected, day, amount), WageAccountOut.model_validate
    )


@router.post(
    f"{ACCOUNT}/deposits",
    operation_id="bookWageDeposit",
    status_code=201,
    response_model=WageEntryOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def deposit(account_id: UUID, body: DepositIn, edge: EdgeDep) -> Response:
    """Book money that has come onto the account, each bank reference once."""
    new = body.entry()
    return await edge.write(
        lambda work: service.deposit(work, account_id, new), WageEntryOut.model_validate, status=201
    )


@router.get(
    f"{ACCOUNT}/entries",
    operation_id="listWageEntries",
    response_model=PageOut[WageEntryOut],
    responses=problems(NotFound),
)
async def list_entries(account_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The movements of an account, newest first."""
    return await edge.page(lambda work: service.page_of_entries(work, account_id, page), WageEntryOut.model_validate)


@router.post(
    f"{ACCOUNT}:announce-closing",
    operation_id="announceWageAccountClosing",
    response_model=WageAccountOut,
    responses=ASKING,
)
async def announce(account_id: UUID, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Begin the 30 days of public notice, once the works are completed and no wages are open."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: closing.announce(work, account_id, expected, projects), WageAccountOut.model_validate
    )


@router.post(
    f"{ACCOUNT}:withdraw-closing",
    operation_id="withdrawWageAccountClosing",
    response_model=WageAccountOut,
    responses=VERB,
)
async def withdraw(account_id: UUID, body: WageReasonIn, edge: EdgeDep) -> Response:
    """Take the notice back and say why."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: closing.withdraw(work, account_id, expected, body.reason), WageAccountOut.model_validate
    )


@router.post(f"{ACCOUNT}:close", operation_id="closeWageAccount", response_model=WageAccountOut, responses=ASKING)
async def close(account_id: UUID, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Close the account after its notice; what is left goes back to the contractor."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: closing.close(work, account_id, expected, projects), WageAccountOut.model_validate
    )


@router.get(
    "/wage-shares", operation_id="listLabourCostShares", response_model=PageOut[WageShareOut], responses=problems()
)
async def list_shares(filters: Annotated[ShareFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The owners' labour-cost shares, due, overdue and paid; newest first."""
    wanted = ShareFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_shares(work, wanted, page), WageShareOut.model_validate)


@router.get("/wage-clocks", operation_id="listWageClocks", response_model=PageOut[WageClockOut], responses=problems())
async def list_clocks(filters: Annotated[ClockFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What has to be done by which day about accounts and guarantees, and whether it was; newest first."""
    wanted = ClockFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_clocks(work, wanted, page), WageClockOut.model_validate)


@router.post(
    "/wage-guarantees",
    operation_id="registerWageGuarantee",
    status_code=201,
    response_model=WageGuaranteeOut,
    responses=problems(NotFound, AlreadyExists),
)
async def register(body: GuaranteeIn, edge: EdgeDep) -> Response:
    """Put on record which wage guarantee (工资保证金) a project needs; 20 working days run from its contract."""
    account_id, basis = body.account_id, body.basis()
    return await edge.write(
        lambda work: guarantees.register(work, account_id, basis), WageGuaranteeOut.model_validate, status=201
    )


@router.get(
    "/wage-guarantees",
    operation_id="listWageGuarantees",
    response_model=PageOut[WageGuaranteeOut],
    responses=problems(),
)
async def list_guarantees(filters: Annotated[GuaranteeFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The wage guarantees that the caller may see, newest first."""
    wanted = GuaranteeFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_guarantees(work, wanted, page), WageGuaranteeOut.model_validate)


@router.get(GUARANTEE, operation_id="getWageGuarantee", response_model=WageGuaranteeOut, responses=problems(NotFound))
async def guarantee(guarantee_id: UUID, edge: EdgeDep) -> Response:
    """One wage guarantee."""
    return await edge.read(lambda work: service.guarantee(work, guarantee_id), WageGuaranteeOut.model_validate)


@router.post(f"{GUARANTEE}:exempt", operation_id="exemptWageGuarantee", response_model=WageGuaranteeOut, responses=VERB)
async def exempt(guarantee_id: UUID, body: WageReasonIn, edge: EdgeDep) -> Response:
    """Nothing has to be lodged: a small contract, or enough clean years."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: guarantees.exempt(work, guarantee_id, expected, body.reason), WageGuaranteeOut.model_validate
    )


@router.post(f"{GUARANTEE}:lodge", operation_id="lodgeWageGuarantee", response_model=WageGuaranteeOut, responses=VERB)
async def lodge(guarantee_id: UUID, body: LodgeIn, edge: EdgeDep) -> Response:
    """It is lodged, in money or as a guarantee (保函)."""
    expected, lodging = edge.expected_version, body.lodging()
    return await edge.write(
        lambda work: guarantees.lodge(work, guarantee_id, expected, lodging), WageGuaranteeOut.model_validate
    )


@router.post(f"{GUARANTEE}:draw", operation_id="drawWageGuarantee", response_model=WageGuaranteeOut, responses=VERB)
async def draw(guarantee_id: UUID, body: DrawIn, edge: EdgeDep) -> Response:
    """The authority has ordered wages to be paid from it: 5 working days to pay out, 10 to top up."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: guarantees.draw(work, guarantee_id, expected, body.amount, body.ordered_on, body.reason),
        WageGuaranteeOut.model_validate,
    )


@router.post(
    f"{GUARANTEE}:pay-out", operation_id="payOutWageGuarantee", response_model=WageGuaranteeOut, responses=VERB
)
async def pay_out(guarantee_id: UUID, body: DoneIn, edge: EdgeDep) -> Response:
    """The drawn wages have reached the workers."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: guarantees.pay_out(work, guarantee_id, expected, body.done_on), WageGuaranteeOut.model_validate
    )


@router.post(f"{GUARANTEE}:top-up", operation_id="topUpWageGuarantee", response_model=WageGuaranteeOut, responses=VERB)
async def top_up(guarantee_id: UUID, body: DoneIn, edge: EdgeDep) -> Response:
    """What was drawn is lodged again."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: guarantees.top_up(work, guarantee_id, expected, body.done_on), WageGuaranteeOut.model_validate
    )


@router.post(
    f"{GUARANTEE}:release", operation_id="releaseWageGuarantee", response_model=WageGuaranteeOut, responses=VERB
)
async def release(guarantee_id: UUID, body: WageReasonIn, edge: EdgeDep) -> Response:
    """It is given back, once no wages of the project are open."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: guarantees.release(work, guarantee_id, expected, body.reason), WageGuaranteeOut.model_validate
    )
