"""Who may do what about wages: employers draft, the general contractor checks and pays, the owner sees the account."""

from __future__ import annotations

from tests.visibility.grants import SIGNED_IN, Who, may

EMPLOYERS = "labour_subcontractor contractor lessor"
HOLDING = may("contractor", "accountant")
APPROVING = may("contractor", "approver")
ACCOUNT_READING = may(
    "contractor owner supervisor authority", "accountant approver labour_clerk project_manager integrator viewer"
)
DRAFTING = may(EMPLOYERS, "labour_clerk")
CHECKING = may("contractor", "labour_clerk project_manager")
SHEET_READING = may(
    f"{EMPLOYERS} authority",
    "accountant approver labour_clerk personal_data_officer project_manager integrator viewer",
)
PAYOUT_READING = may("contractor authority", "accountant approver project_manager integrator viewer")
BY_LINK: Who = frozenset()

WAGES: dict[str, Who] = {
    "planWageAccount": HOLDING,
    "listWageAccounts": ACCOUNT_READING,
    "getWageAccount": ACCOUNT_READING,
    "openWageAccount": HOLDING,
    "agreeLabourCostShare": HOLDING,
    "bookWageDeposit": HOLDING,
    "listWageEntries": ACCOUNT_READING,
    "announceWageAccountClosing": HOLDING,
    "withdrawWageAccountClosing": HOLDING,
    "closeWageAccount": HOLDING,
    "listLabourCostShares": ACCOUNT_READING,
    "listWageClocks": ACCOUNT_READING,
    "registerWageGuarantee": HOLDING,
    "listWageGuarantees": ACCOUNT_READING,
    "getWageGuarantee": ACCOUNT_READING,
    "exemptWageGuarantee": HOLDING,
    "lodgeWageGuarantee": HOLDING,
    "drawWageGuarantee": HOLDING,
    "payOutWageGuarantee": HOLDING,
    "topUpWageGuarantee": HOLDING,
    "releaseWageGuarantee": HOLDING,
    "listPayrollItemKinds": SIGNED_IN,
    "draftPayroll": DRAFTING,
    "correctPayroll": DRAFTING,
    "listPayrolls": SHEET_READING,
    "getPayroll": SHEET_READING,
    "getPayrollDocument": SHEET_READING,
    "issueWageLinks": DRAFTING,
    "addPayrollItems": DRAFTING,
    "submitPayroll": DRAFTING,
    "signPayrollOnPaper": DRAFTING,
    "cancelPayroll": DRAFTING,
    "sendBackPayroll": CHECKING,
    "checkPayroll": CHECKING,
    "approvePayroll": APPROVING,
    "listPayrollLines": SHEET_READING,
    "getPayrollLine": SHEET_READING,
    "getPaySlip": SHEET_READING,
    "getPaySlipDocument": SHEET_READING,
    "issueWageLink": DRAFTING,
    "objectOnPaper": DRAFTING,
    "answerObjection": DRAFTING,
    "recordPieces": may(EMPLOYERS, "labour_clerk site_engineer"),
    "listPieceRecords": may(EMPLOYERS, "labour_clerk site_engineer project_manager"),
    "preparePayout": HOLDING,
    "listPayouts": PAYOUT_READING,
    "getPayout": PAYOUT_READING,
    "listPayoutRows": PAYOUT_READING,
    "approvePayout": APPROVING,
    "cancelPayout": HOLDING,
    "exportPayout": HOLDING,
    "settlePayout": HOLDING,
    "proposePayee": DRAFTING,
    "listPayees": may(EMPLOYERS, "labour_clerk personal_data_officer accountant approver"),
    "confirmPayee": APPROVING,
    "declinePayee": APPROVING,
    "revokePayee": APPROVING,
    "listMySlips": BY_LINK,
    "getMySlip": BY_LINK,
    "getMySlipDocument": BY_LINK,
    "getMyWages": BY_LINK,
    "signMyWages": BY_LINK,
    "objectToMyWages": BY_LINK,
}
