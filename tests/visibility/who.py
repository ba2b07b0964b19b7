"""Who may do what: a line for each operation of each service's OpenAPI document (design rule 9, issue 3 sections 1-3).

Written from the design, to be read by a person and compared with the services' permissions.py by the tests beside it:
a route that has no line fails, a line without a route fails, a line that says something else than the service fails.
"""

from __future__ import annotations

from tests.visibility.grants import BY_LINK, EVERY_KIND, SIGNED_IN, Who, may
from tests.visibility.who_buys import BUYERS, PROCUREMENT
from tests.visibility.who_pays import WAGES
from tests.visibility.who_trains import TRAINING

# ---- project-mgmt: owner and contractor build; the parties read; money is for those who answer for it ----
STEERING = may(BUYERS, "project_manager")
MONEY_ROLES = "admin project_manager cost_controller buyer approver accountant integrator viewer"
MONEY = may(EVERY_KIND, MONEY_ROLES)
FIGURES = may(EVERY_KIND, f"{MONEY_ROLES} site_engineer")
PEOPLE = may(EVERY_KIND, f"{MONEY_ROLES} site_engineer sales labour_clerk fleet_manager")
PROJECTS: dict[str, Who] = {
    "registerProject": STEERING,
    "listProjects": PEOPLE,
    "getProject": PEOPLE,
    "updateProject": STEERING,
    "activateProject": STEERING,
    "suspendProject": STEERING,
    "resumeProject": STEERING,
    "completeProject": STEERING,
    "archiveProject": STEERING,
    "listParties": PEOPLE,
    "addParty": STEERING,
    "endParty": STEERING,
    "importWbs": STEERING,
    "listWbs": PEOPLE,
    "getBudget": MONEY,
    "estimateBudget": may(BUYERS, "cost_controller project_manager buyer"),
    "setBudget": may(BUYERS, "cost_controller project_manager"),
    "listCommitments": MONEY,
    "getCosts": MONEY,
    "listIndicators": FIGURES,
    "listIndicatorDays": FIGURES,
    "getIndicatorTotals": FIGURES,
    "reconcileLabourDays": FIGURES,
    "getOverview": FIGURES,
}

# ---- labour: employers keep their workers, the contractor runs the gates, owner, supervisor and authority look on ----
EMPLOYERS = "labour_subcontractor contractor lessor"
ON_SITE = f"{EMPLOYERS} owner supervisor authority"
SITE_ROLES = "labour_clerk project_manager site_engineer personal_data_officer fleet_manager integrator viewer"
CLERKS = may(EMPLOYERS, "labour_clerk")
MOVING = CLERKS | may("contractor", "site_engineer")
WORKER_READING = may(EMPLOYERS, "labour_clerk personal_data_officer project_manager integrator viewer")
SITE_READING = may(ON_SITE, SITE_ROLES)
GATES = may("contractor", "site_engineer labour_clerk")
GATE_READING = may(ON_SITE, f"{SITE_ROLES} gate_device")
EXPELLING = may("contractor", "site_engineer labour_clerk")
HEALTH_READING = may(EMPLOYERS, "labour_clerk personal_data_officer")
CONTRACTING = may("contractor", "labour_clerk project_manager")
REVIEWING = CLERKS | may("contractor", "site_engineer project_manager")
PAPER_KEEPING = may(EMPLOYERS, "labour_clerk site_engineer personal_data_officer") | may(
    "owner supplier", "labour_clerk"
)
PAPER_READING = may(
    f"{EMPLOYERS} owner supervisor", "labour_clerk site_engineer personal_data_officer project_manager"
) | may("supplier", "labour_clerk")
CONNECTING = may(EMPLOYERS, "admin")
CONNECTIONS_READING = may(EMPLOYERS, "admin labour_clerk")
FILINGS_READING = may(EMPLOYERS, f"admin {SITE_ROLES}")
CONTRACT_READING = WORKER_READING | may(
    "authority", "labour_clerk personal_data_officer project_manager integrator viewer"
)
OFFICERS = may(EMPLOYERS, "personal_data_officer")
LISTING = may("authority", "personal_data_officer")
LISTABLE = f"{EMPLOYERS} owner supplier"
LISTING_EMPLOYERS = may("authority", "approver")
REPAYMENT_READING = may(LISTABLE, "labour_clerk project_manager viewer") | may("authority", "approver viewer")
RECORD_READING = may(EMPLOYERS, "labour_clerk personal_data_officer project_manager") | may(
    "authority", "personal_data_officer viewer integrator"
)
LABOUR: dict[str, Who] = {
    "listCodeTables": SIGNED_IN,
    "listCodes": SIGNED_IN,
    "listAgeRules": SIGNED_IN,
    "registerWorker": CLERKS,
    "registerWorkers": CLERKS,
    "getRosterTemplate": CLERKS,
    "checkRoster": CLERKS,
    "importRoster": CLERKS,
    "listWorkers": WORKER_READING,
    "getWorker": WORKER_READING,
    "changeWorker": CLERKS,
    "unmaskWorker": OFFICERS,
    "recordCertificate": CLERKS,
    "listCertificates": WORKER_READING,
    "recordTraining": CLERKS,
    "listTrainings": WORKER_READING,
    "getWorkerPhoto": WORKER_READING,
    "setWorkerPhoto": CLERKS,
    "listConsentTexts": SIGNED_IN,
    "giveConsent": CLERKS,
    "listConsents": WORKER_READING,
    "withdrawConsent": CLERKS,
    "recordConduct": CLERKS,
    "listConductRecords": RECORD_READING,
    "revokeConductRecord": CLERKS,
    "listOnBlacklist": LISTING,
    "getBlacklist": SIGNED_IN,
    "getBlacklistEntry": SIGNED_IN,
    "liftFromBlacklist": LISTING,
    "listRetentionRules": SIGNED_IN,
    "listAccesses": OFFICERS,
    "requestErasure": OFFICERS,
    "listErasures": OFFICERS,
    "getErasure": OFFICERS,
    "cancelErasure": OFFICERS,
    "assignWorker": CLERKS,
    "assignWorkers": CLERKS,
    "listAssignments": SITE_READING,
    "getAssignment": SITE_READING,
    "getRosterDocument": SITE_READING,
    "listStays": SITE_READING,
    "enterSite": MOVING,
    "leaveSite": MOVING,
    "listAbsences": SITE_READING,
    "explainBeforeAssigning": CLERKS,
    "explainAssignment": SITE_READING,
    "takeLeave": MOVING,
    "returnFromLeave": MOVING,
    "expelFromSite": EXPELLING,
    "readmitToSite": EXPELLING,
    "recordHealth": CLERKS,
    "listHealthRecords": HEALTH_READING,
    "recordSubcontract": CONTRACTING,
    "listSubcontracts": SITE_READING,
    "getSubcontract": SITE_READING,
    "changeSubcontract": CONTRACTING,
    "activateSubcontract": CONTRACTING,
    "renewQualification": CONTRACTING,
    "endSubcontract": CONTRACTING,
    "appointWageOfficer": CONTRACTING,
    "listWageOfficers": SITE_READING,
    "getWageOfficer": SITE_READING,
    "endWageOfficer": CONTRACTING,
    "registerTeam": CLERKS,
    "listTeams": SITE_READING,
    "getTeam": SITE_READING,
    "listTeamMembers": SITE_READING,
    "listTeamLeaders": SITE_READING,
    "listTeamReviews": SITE_READING,
    "addTeamMembers": CLERKS,
    "removeTeamMembers": CLERKS,
    "transferTeamMembers": CLERKS,
    "appointTeamLeader": CLERKS,
    "dissolveTeam": CLERKS,
    "reviewTeam": REVIEWING,
    "registerDevice": GATES,
    "retireDevice": GATES,
    "listDevices": GATE_READING,
    "getDevice": GATE_READING,
    "rotateDeviceKey": GATES,
    "replaceDevice": GATES,
    "listDeviceIncidents": GATE_READING,
    "drawGeofence": GATES,
    "endGeofence": GATES,
    "listGeofences": SITE_READING,
    "listSwipeLocations": SITE_READING,
    "setBreakRule": GATES,
    "listBreakRules": SITE_READING,
    "recordSwipes": may("contractor", "gate_device"),
    "proposeRepairs": may(EMPLOYERS, "labour_clerk site_engineer"),
    "getRepairsTemplate": may(EMPLOYERS, "labour_clerk site_engineer"),
    "checkRepairs": may(EMPLOYERS, "labour_clerk site_engineer"),
    "importRepairs": may(EMPLOYERS, "labour_clerk site_engineer"),
    "approveRepairs": may("contractor", "labour_clerk site_engineer project_manager"),
    "rejectRepair": may("contractor", "labour_clerk site_engineer project_manager"),
    "withdrawRepair": may(EMPLOYERS, "labour_clerk site_engineer"),
    "listRepairs": SITE_READING,
    "getRepair": SITE_READING,
    "listLockedMonths": SITE_READING,
    "explainWorkerDay": SITE_READING,
    "listDirectionErrors": SITE_READING,
    "listOverlaps": SITE_READING,
    "listEmployerDays": SITE_READING,
    "listTeamDays": SITE_READING,
    "listTeamMonths": SITE_READING,
    "getEvidenceTeamTotals": SITE_READING,
    "getHeatMap": SITE_READING,
    "listSwipes": SITE_READING,
    "listWorkerDays": SITE_READING,
    "getPresence": SITE_READING,
    "listEvidence": SITE_READING,
    "listEvidenceGaps": SITE_READING,
    "getEvidence": SITE_READING,
    "getEvidenceTotals": SITE_READING,
    "getEvidenceDocument": SITE_READING,
    "recomputeEvidence": may("operator", "admin"),
    "recomputeWarnings": may("operator", "admin"),
    "listWarnings": SITE_READING,
    "listEmployerListingRules": SIGNED_IN,
    "listEmployer": LISTING_EMPLOYERS,
    "listListedEmployers": SIGNED_IN,
    "getEmployerListing": SIGNED_IN,
    "addListingDecision": LISTING_EMPLOYERS,
    "exitListingEarly": LISTING_EMPLOYERS,
    "liftEmployerListing": LISTING_EMPLOYERS,
    "tellRepayment": may(LISTABLE, "labour_clerk"),
    "listRepayments": REPAYMENT_READING,
    "acceptRepayment": LISTING_EMPLOYERS,
    "declineRepayment": LISTING_EMPLOYERS,
    "getRepaymentPaper": REPAYMENT_READING,
    "listPlatforms": SIGNED_IN,
    "connectAuthority": CONNECTING,
    "rotateConnection": CONNECTING,
    "suspendConnection": CONNECTING,
    "resumeConnection": CONNECTING,
    "listConnections": CONNECTIONS_READING,
    "getConnection": CONNECTIONS_READING,
    "listFilings": FILINGS_READING,
    "listFilingObjects": FILINGS_READING,
    "getFiling": FILINGS_READING,
    "listFilingReceipts": FILINGS_READING,
    "retryFiling": CLERKS,
    "resendFiling": CLERKS,
    "uploadLabourFile": PAPER_KEEPING,
    "getLabourFile": PAPER_READING,
    "downloadLabourFile": PAPER_READING,
    **TRAINING,
    "draftContract": CLERKS,
    "draftContracts": CLERKS,
    "offerContract": CLERKS,
    "offerContracts": CLERKS,
    "reviseContract": CLERKS,
    "withdrawContract": CLERKS,
    "voidContract": CLERKS,
    "signContractOnPaper": CLERKS,
    "terminateContract": CLERKS,
    "renewContract": CLERKS,
    "listContracts": CONTRACT_READING,
    "getContract": CONTRACT_READING,
    "getContractDocument": CONTRACT_READING,
    "getContractEvidence": CONTRACT_READING,
    "verifyContract": CONTRACT_READING,
    "listContractWarnings": CONTRACT_READING,
    "issueLink": CLERKS,
    "revokeLink": CLERKS,
    "listLinks": may(EMPLOYERS, "labour_clerk personal_data_officer"),
    # a worker's own pages: a link opens them, and no token (tests/labour/self_service/test_endpoints.py)
    "getMyLink": BY_LINK,
    "sendMyCode": BY_LINK,
    "checkMyIdentity": BY_LINK,
    "getMyRecord": BY_LINK,
    "listMyDays": BY_LINK,
    "listMyAccesses": BY_LINK,
    "listMyConsents": BY_LINK,
    "listMyConsentTexts": BY_LINK,
    "giveMyConsent": BY_LINK,
    "withdrawMyConsent": BY_LINK,
    "listMyContracts": BY_LINK,
    "getMyContract": BY_LINK,
    "getMyContractDocument": BY_LINK,
    "signMyContract": BY_LINK,
    "declineMyContract": BY_LINK,
    "sendMyPhoneCode": BY_LINK,
    "changeMyPhone": BY_LINK,
    **WAGES,
}

# ---- equipment-leasing: the lessor files and lists, contractors and labour subcontractors book, the site looks on ----
FLEET = may("lessor", "fleet_manager")
OFFERING = may("lessor", "fleet_manager sales")
BOOKING = may("contractor labour_subcontractor", "buyer project_manager")
FILING = may("lessor", "fleet_manager integrator")
LESSOR_READING = may("lessor", "admin fleet_manager sales telematics integrator viewer")
MACHINE_READING = (
    LESSOR_READING
    | may(
        "owner contractor supervisor labour_subcontractor",
        "admin project_manager cost_controller buyer approver site_engineer integrator viewer",
    )
    | may("authority", "admin viewer integrator")
)
EQUIPMENT: dict[str, Who] = {
    "fileMachine": FILING,
    "listMachines": MACHINE_READING,
    "getMachine": MACHINE_READING,
    "updateMachine": FILING,
    "getMachineClearance": MACHINE_READING,
    "registerMachine": FILING,
    "inspectMachine": FILING,
    "assessMachine": FILING,
    "checkMachineDevices": FILING,
    "draftListing": OFFERING,
    "listListings": SIGNED_IN,
    "getListing": SIGNED_IN,
    "reviseListing": OFFERING,
    "publishListing": OFFERING,
    "withdrawListing": OFFERING,
    "holdMachine": BOOKING,
    "listBookings": MACHINE_READING,
    "getBooking": MACHINE_READING,
    "confirmBooking": OFFERING,
    "releaseBooking": BOOKING,
    "cancelBooking": BOOKING | OFFERING,
    "handOverMachine": FLEET,
    "returnMachine": FLEET,
    "openFeed": FLEET,
    "listFeeds": LESSOR_READING,
    "getFeed": LESSOR_READING,
    "takeFeedPage": may("lessor", "telematics integrator fleet_manager"),
    "mapFeedUnit": FLEET,
    "listUnits": LESSOR_READING,
    "getUnit": LESSOR_READING,
    "listReadings": LESSOR_READING,
    "replaceControlUnit": FLEET,
    "listMachineHours": MACHINE_READING,
}

WHO: dict[str, dict[str, Who]] = {
    "procurement": PROCUREMENT,
    "project_mgmt": PROJECTS,
    "labour": LABOUR,
    "equipment_leasing": EQUIPMENT,
}
