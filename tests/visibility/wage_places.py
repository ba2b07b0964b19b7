"""Wages that were approved and are on their way to the bank, and who has a part in them."""

from __future__ import annotations

from tests.harness import Organisation
from tests.labour.conftest import Site
from tests.labour.wages import Wages
from tests.visibility.place import Place

ACCOUNT = frozenset(
    {
        "agreeLabourCostShare",
        "announceWageAccountClosing",
        "bookWageDeposit",
        "closeWageAccount",
        "getWageAccount",
        "listLabourCostShares",
        "listWageAccounts",
        "listWageClocks",
        "listWageEntries",
        "openWageAccount",
        "withdrawWageAccountClosing",
    }
)
GUARANTEE = frozenset(
    {
        "drawWageGuarantee",
        "exemptWageGuarantee",
        "getWageGuarantee",
        "lodgeWageGuarantee",
        "payOutWageGuarantee",
        "releaseWageGuarantee",
        "topUpWageGuarantee",
    }
)
SHEET = frozenset(
    {
        "addPayrollItems",
        "answerObjection",
        "approvePayroll",
        "cancelPayroll",
        "checkPayroll",
        "getPayroll",
        "getPayrollDocument",
        "getPayrollLine",
        "getPaySlip",
        "getPaySlipDocument",
        "issueWageLink",
        "issueWageLinks",
        "listPayrollLines",
        "objectOnPaper",
        "proposePayee",
        "sendBackPayroll",
        "signPayrollOnPaper",
        "submitPayroll",
    }
)
PAYOUT = frozenset(
    {"approvePayout", "cancelPayout", "exportPayout", "getPayout", "listPayoutRows", "settlePayout", "preparePayout"}
)
PAYEE = frozenset({"confirmPayee", "declinePayee", "revokePayee"})


async def wages(site: Site, rival: Organisation) -> list[Place]:
    """An account with a guarantee, an approved sheet, a payout of it, and a payee change that is proposed."""
    paying = Wages(site)
    [worker] = await paying.paid_by_day(1)
    payroll, lines = await paying.approved()
    account = await paying.account("10000.00")
    basis = {"account_id": account["id"], "contract_amount": "10000000.00", "percent": "2.00"}
    guarantee = await paying.post(paying.accountant, "/wage-guarantees", basis, status=201)
    payout = await paying.payout(account)
    body = {"line_id": lines[worker]["id"], "name": "张伟", "card": "6222020200119988776", "reason": "挂失"}
    payee = await paying.post(paying.clerk, "/payees", body | {"file_id": await paying.scan()}, status=201)
    sub, payer, owner = site.subcontractor, site.contractor, site.owner
    sheet = {"payroll_id": payroll["id"], "line_id": lines[worker]["id"]}
    return [
        Place("a wage account", {"account_id": account["id"]}, [payer, owner], [sub, rival], ACCOUNT),
        Place("a wage guarantee", {"guarantee_id": guarantee["id"]}, [payer, owner], [sub, rival], GUARANTEE),
        Place("a wage sheet", sheet, [sub, payer], [owner, rival], SHEET),
        Place("a payout", {"payout_id": payout["id"]}, [payer], [sub, owner, rival], PAYOUT),
        Place("a payee change", {"payee_id": payee["id"]}, [sub, payer], [owner, rival], PAYEE),
    ]
