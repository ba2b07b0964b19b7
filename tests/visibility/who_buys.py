"""Who may do what in procurement; see who.py."""

from __future__ import annotations

from tests.visibility.grants import EVERY_ROLE, SIGNED_IN, Who, may

# ---- procurement: owner and contractor buy, the supplier sells, the operator keeps the catalogue ----
BUYERS = "owner contractor"
BUYING = may(BUYERS, "buyer")
APPROVING = may(BUYERS, "approver")
SELLING = may("supplier", "sales")
ACCEPTING = may(BUYERS, "site_engineer")
TRADE_READING = may(
    BUYERS, "admin accountant buyer approver project_manager cost_controller site_engineer integrator viewer"
) | may("supplier", "sales integrator viewer")
DELIVERY_READING = (
    TRADE_READING
    | may("contractor", "gate_device")
    | may("supervisor", "site_engineer project_manager integrator viewer")
)
FILE_KINDS = "owner contractor supplier supervisor"
FILE_ROLES = (
    "admin project_manager cost_controller buyer approver site_engineer sales gate_device accountant integrator"
)
OFFERS_READING = may(BUYERS, "buyer approver project_manager cost_controller integrator viewer")
AWARDS_READING = OFFERS_READING | may(BUYERS, "admin accountant")
QUOTES_READING = may("supplier", "sales integrator viewer")
SOURCING_READING = OFFERS_READING | QUOTES_READING
# which step is whose says the matrix (a delegate may have any role of a buyer)
DECIDING = may(BUYERS, "admin accountant buyer approver project_manager cost_controller site_engineer")
SOURCING: dict[str, Who] = {
    "createSourcing": BUYING,
    "sourceRequisitions": BUYING,
    "reviseSourcing": BUYING,
    "listSourcing": SOURCING_READING,
    "getSourcing": SOURCING_READING,
    "publishSourcing": BUYING,
    "extendSourcing": BUYING,
    "inviteSuppliers": BUYING,
    "excludeSupplier": BUYING,
    "cancelSourcing": BUYING,
    "concludeSourcing": BUYING,
    "askQuestion": SELLING,
    "listQuestions": SOURCING_READING,
    "answerQuestion": BUYING,
    "submitQuote": SELLING,
    "getQuoteTemplate": SELLING,
    "checkQuote": SELLING,
    "importQuote": SELLING,
    "listQuotes": QUOTES_READING,
    "getQuote": QUOTES_READING,
    "withdrawQuote": SELLING,
    "createAuction": BUYING,
    "reviseAuction": BUYING,
    "listAuctions": SOURCING_READING,
    "getAuction": SOURCING_READING,
    "placeBid": SELLING,
    "listBids": SOURCING_READING,
    "streamAuction": SOURCING_READING,
    "listOffers": OFFERS_READING,
    "getOffer": OFFERS_READING,
    "compareOffers": OFFERS_READING,
    "listOfferedWageStandings": OFFERS_READING,
    "giveAward": BUYING,
    "listAwards": AWARDS_READING,
    "getAward": AWARDS_READING,
    "approveAward": DECIDING,
    "rejectAward": DECIDING,
    "withdrawAward": BUYING,
    "getOutcome": QUOTES_READING,
}
SUPPLIER_READING = may(
    BUYERS, "buyer approver accountant project_manager cost_controller site_engineer integrator viewer"
)
STANDING_READING = may("supplier", "admin sales integrator viewer")
BUYING_READING = may(
    BUYERS, "admin accountant buyer approver project_manager cost_controller site_engineer integrator viewer"
)
PLANNING = may(BUYERS, "site_engineer buyer")
DELEGATING = may(BUYERS, "admin accountant approver project_manager cost_controller")
RULING = may(BUYERS, "admin")
PAYING = may(BUYERS, "accountant")
PAYABLE_READING = may(BUYERS, "accountant cost_controller approver")
PAYMENT_READING = PAYABLE_READING | may(BUYERS, "admin project_manager")
RECEIVABLE_READING = may("supplier", "sales accountant")
SUPPLIER_BILLING = may("supplier", "sales accountant")
BUYER_BILLING = may(BUYERS, "buyer accountant cost_controller")
SETTLING = SUPPLIER_BILLING | BUYER_BILLING
INVOICE_DECIDING = may(BUYERS, "accountant cost_controller")
BILLING_READING = may(BUYERS, "buyer approver project_manager cost_controller accountant integrator viewer") | may(
    "supplier", "sales accountant integrator viewer"
)
WAITING = may(f"{BUYERS} supplier", EVERY_ROLE)
PROCUREMENT: dict[str, Who] = SOURCING | {
    "listMaterials": SIGNED_IN,
    "getMaterial": SIGNED_IN,
    "importMaterials": may("operator", "admin"),
    "checkMaterials": may("operator", "admin"),
    "getMaterialsTemplate": SIGNED_IN,
    "exportMaterials": SIGNED_IN,
    "listMaterialBranches": SIGNED_IN,
    "importMaterialBranches": may("operator", "admin"),
    "listUnitConversions": SIGNED_IN,
    "convertQuantity": SIGNED_IN,
    "importUnitConversions": may("operator", "admin"),
    "listBuyerCodes": may(BUYERS, "buyer approver project_manager cost_controller site_engineer integrator viewer"),
    "mapBuyerCodes": may(BUYERS, "buyer integrator"),
    "publishPrices": may("operator", "admin"),
    "listPricePublications": SIGNED_IN,
    "exportPublishedPrices": SIGNED_IN,
    "listPublishedPrices": SIGNED_IN,
    "listPriceStatistics": SIGNED_IN,
    "getPriceTrend": SIGNED_IN,
    "checkOrderPrices": TRADE_READING,
    "createOrder": BUYING,
    "listOrders": TRADE_READING,
    "getOrder": TRADE_READING,
    "reviseOrder": BUYING,
    "submitOrder": BUYING,
    "approveOrder": DECIDING,
    "rejectOrder": DECIDING,
    "confirmOrder": SELLING,
    "declineOrder": SELLING,
    "cancelOrder": BUYING,
    "completeOrder": BUYING,
    "cancelOrderRest": BUYING,
    "proposeOrderChange": BUYING,
    "listOrderChanges": TRADE_READING,
    "getOrderChange": TRADE_READING,
    "approveOrderChange": DECIDING,
    "rejectOrderChange": DECIDING,
    "withdrawOrderChange": BUYING,
    "acceptOrderChange": SELLING,
    "declineOrderChange": SELLING,
    "createAgreement": BUYING,
    "listAgreements": TRADE_READING,
    "getAgreement": TRADE_READING,
    "reviseAgreement": BUYING,
    "getAgreementUsage": TRADE_READING,
    "listCallOffs": TRADE_READING,
    "callOff": BUYING,
    "submitAgreement": BUYING,
    "approveAgreement": DECIDING,
    "rejectAgreement": DECIDING,
    "proposeAgreement": APPROVING,
    "signAgreement": SELLING,
    "declineAgreement": SELLING,
    "suspendAgreement": APPROVING,
    "resumeAgreement": APPROVING,
    "endAgreement": APPROVING,
    "draftSupplement": BUYING,
    "listSupplements": TRADE_READING,
    "getSupplement": TRADE_READING,
    "submitSupplement": BUYING,
    "approveSupplement": DECIDING,
    "rejectSupplement": DECIDING,
    "proposeSupplement": APPROVING,
    "withdrawSupplement": BUYING,
    "signSupplement": SELLING,
    "declineSupplement": SELLING,
    "dispatchDelivery": SELLING,
    "listDeliveries": DELIVERY_READING,
    "getDelivery": DELIVERY_READING,
    "arriveDelivery": ACCEPTING | may("contractor", "gate_device"),
    "acceptDelivery": ACCEPTING,
    "takeSample": ACCEPTING,
    "reportSample": ACCEPTING,
    "witnessDelivery": may("supervisor", "site_engineer project_manager"),
    "refuseDelivery": ACCEPTING,
    "returnDelivery": ACCEPTING,
    "withdrawDelivery": SELLING,
    "uploadFile": may(FILE_KINDS, FILE_ROLES),
    "getFile": may(FILE_KINDS, f"{FILE_ROLES} viewer"),
    "downloadFile": may(FILE_KINDS, f"{FILE_ROLES} viewer"),
    "inviteSupplier": BUYING,
    "inviteSupplierAgain": BUYING,
    "redeemInvitation": may("supplier", "admin sales"),
    "listSuppliers": SUPPLIER_READING,
    "getSupplier": SUPPLIER_READING,
    "getSupplierWageStanding": SUPPLIER_READING,
    "reviseSupplier": BUYING,
    "setSupplierAccount": BUYING,
    "unmaskSupplierAccount": may(BUYERS, "accountant"),
    "suspendSupplier": APPROVING,
    "blacklistSupplier": APPROVING,
    "liftSupplier": APPROVING,
    "recordSupplierLicence": BUYING,
    "listSupplierLicences": SUPPLIER_READING,
    "setSupplierPolicy": APPROVING,
    "listSupplierPolicies": SUPPLIER_READING,
    "getScorecard": SUPPLIER_READING,
    "listScorecardRows": SUPPLIER_READING,
    "listStandings": STANDING_READING,
    "getStanding": STANDING_READING,
    "listOwnLicences": STANDING_READING,
    # rulebook: law and platform for everybody, a buyer's own rules by its administrator
    "getCalendarYear": SIGNED_IN,
    "addWorkingDays": SIGNED_IN,
    "listTaxRates": SIGNED_IN,
    "listPriceSources": SIGNED_IN,
    "listRules": BUYING_READING,
    "getRuleInForce": BUYING_READING,
    "setRule": RULING,
    # approvals: the matrix by the administrator, delegation by those who decide
    "setApprovalMatrix": RULING,
    "listApprovalMatrices": BUYING_READING,
    "getApprovalMatrixInForce": BUYING_READING,
    "listApprovalSteps": BUYING_READING,
    "delegateApproval": DELEGATING,
    "revokeDelegation": DELEGATING,
    "listDelegations": BUYING_READING,
    # requisitions: the site plans
    "createRequisition": PLANNING,
    "getRequisitionTemplate": PLANNING,
    "checkRequisition": PLANNING,
    "importRequisition": PLANNING,
    "listRequisitions": BUYING_READING,
    "listOpenRequisitionLines": BUYING_READING,
    "getRequisition": BUYING_READING,
    "reviseRequisition": PLANNING,
    "submitRequisition": PLANNING,
    "approveRequisition": DECIDING,
    "rejectRequisition": DECIDING,
    "cancelRequisition": PLANNING,
    "closeRequisition": PLANNING,
    "raiseAdvance": PAYING,
    "listPayables": PAYABLE_READING,
    "getPayable": PAYABLE_READING,
    "releaseRetention": may(BUYERS, "cost_controller"),
    "listReceivables": RECEIVABLE_READING,
    "getReceivable": RECEIVABLE_READING,
    "setPaymentTerms": APPROVING,
    "listPaymentTerms": PAYABLE_READING,
    "preparePayment": PAYING,
    "listPayments": PAYMENT_READING,
    "getPayment": PAYMENT_READING,
    "submitPayment": PAYING,
    "approvePayment": DECIDING,
    "rejectPayment": DECIDING,
    "cancelPayment": PAYING,
    "exportPayment": PAYING,
    "provePayment": PAYING,
    "recordRefund": PAYING,
    "listReceipts": RECEIVABLE_READING,
    "recordGuarantee": may(BUYERS, "accountant cost_controller"),
    "listGuarantees": PAYABLE_READING | RECEIVABLE_READING,
    "getGuarantee": PAYABLE_READING | RECEIVABLE_READING,
    "extendGuarantee": may(BUYERS, "accountant cost_controller"),
    "releaseGuarantee": may(BUYERS, "accountant cost_controller"),
    "claimGuarantee": APPROVING,
    "draftStatement": SETTLING,
    "listStatements": BILLING_READING,
    "getStatement": BILLING_READING,
    "proposeStatement": SETTLING,
    "withdrawStatement": SETTLING,
    "agreeStatementLines": SETTLING,
    "disputeStatementLines": SETTLING,
    "correctStatementLines": SETTLING,
    "closeStatement": SETTLING,
    "enterInvoice": SUPPLIER_BILLING,
    "listInvoices": BILLING_READING,
    "listCreditDue": BILLING_READING,
    "getInvoice": BILLING_READING,
    "matchInvoice": BUYER_BILLING,
    "approveInvoice": INVOICE_DECIDING,
    "rejectInvoice": INVOICE_DECIDING,
    "cancelInvoice": SUPPLIER_BILLING,
    # paper: whoever reads a document may have it as PDF
    "getOrderDocument": TRADE_READING,
    "getDeliveryDocument": DELIVERY_READING,
    "getAgreementDocument": TRADE_READING,
    "getSupplementDocument": TRADE_READING,
    "getStatementDocument": BILLING_READING,
    # UBL: as the same order or delivery in JSON
    "getUblOrder": TRADE_READING,
    "getUblOrderResponse": TRADE_READING,
    "getUblDespatchAdvice": DELIVERY_READING,
    "getUblInvoice": BILLING_READING,
    "getUblCreditNote": BILLING_READING,
    "takeUblInvoice": SUPPLIER_BILLING,
    "takeUblCreditNote": SUPPLIER_BILLING,
    "takeUblOrder": BUYING,
    "takeUblOrderResponse": SELLING,
    "takeUblDespatchAdvice": SELLING,
    "getWorklist": WAITING,
    "searchProcurement": SIGNED_IN,
    "listSearchHits": SIGNED_IN,
    "saveFilter": SIGNED_IN,
    "listSavedFilters": SIGNED_IN,
    "getSavedFilter": SIGNED_IN,
    "changeSavedFilter": SIGNED_IN,
    "deleteSavedFilter": SIGNED_IN,
    "listWorkItems": WAITING,
}
