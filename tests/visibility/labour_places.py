"""Real rows of labour; who has a part in them, and who is near but has none."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from chassis.clock import shanghai_day
from chassis.identity import Kind, Role, service_principal
from chassis.ids import new_id
from labour.filings import service as filings
from tests.chassis.files.samples import uploaded
from tests.facts import tell_organisation
from tests.harness import NOON, Harness, Organisation, organisation
from tests.labour.authority import reach
from tests.labour.conftest import Site as LabourSite
from tests.labour.conftest import resident_id, tell_project, worker_row
from tests.labour.contracting import Contracting
from tests.visibility.listing_places import listings
from tests.visibility.place import Place
from tests.visibility.training_places import training
from tests.visibility.wage_places import wages

WORKERS = frozenset(
    {
        "assignWorker",
        "changeWorker",
        "draftContract",
        "explainBeforeAssigning",
        "getWorker",
        "issueLink",
        "listCertificates",
        "listHealthRecords",
        "listLinks",
        "getWorkerPhoto",
        "giveConsent",
        "listAccesses",
        "listConsents",
        "listTrainings",
        "recordCertificate",
        "recordConduct",
        "recordHealth",
        "recordTraining",
        "requestErasure",
        "setWorkerPhoto",
        "unmaskWorker",
    }
)
CONSENTS = frozenset({"withdrawConsent"})
RECORDS = frozenset({"listConductRecords", "revokeConductRecord"})
LISTINGS = frozenset({"getBlacklistEntry", "liftFromBlacklist"})
ERASURES = frozenset({"cancelErasure", "getErasure", "listErasures"})
ON_SITE = frozenset(
    {
        "enterSite",
        "expelFromSite",
        "explainAssignment",
        "getAssignment",
        "getPresence",
        "leaveSite",
        "listAbsences",
        "listAssignments",
        "listEmployerDays",
        "listStays",
        "listSwipes",
        "listWorkerDays",
        "readmitToSite",
        "returnFromLeave",
        "takeLeave",
    }
)
REPAIRS = frozenset({"getRepair", "listRepairs", "rejectRepair", "withdrawRepair", "approveRepairs"})
DAY = frozenset({"explainWorkerDay"})
FENCES = frozenset({"endGeofence", "listGeofences", "drawGeofence"})
GATES = frozenset(
    {
        "getDevice",
        "listDevices",
        "recordSwipes",
        "registerDevice",
        "replaceDevice",
        "retireDevice",
        "rotateDeviceKey",
    }
)
TEAMS = frozenset(
    {
        "addTeamMembers",
        "appointTeamLeader",
        "dissolveTeam",
        "getTeam",
        "listTeamLeaders",
        "listTeamMembers",
        "listTeamReviews",
        "listTeams",
        "removeTeamMembers",
        "reviewTeam",
        "transferTeamMembers",
    }
)
SUBCONTRACTS = frozenset(
    {
        "activateSubcontract",
        "changeSubcontract",
        "endSubcontract",
        "getSubcontract",
        "listSubcontracts",
        "renewQualification",
    }
)
WAGE_OFFICERS = frozenset({"endWageOfficer", "getWageOfficer", "listWageOfficers"})
EVIDENCE = frozenset({"getEvidence", "getEvidenceDocument", "getEvidenceTotals", "getRosterDocument", "listEvidence"})
FILES = frozenset({"downloadLabourFile", "getLabourFile"})
CONTRACTS = frozenset(
    {
        "getContract",
        "getContractDocument",
        "getContractEvidence",
        "listContracts",
        "offerContract",
        "renewContract",
        "reviseContract",
        "signContractOnPaper",
        "terminateContract",
        "verifyContract",
        "voidContract",
        "withdrawContract",
    }
)
CONNECTIONS = frozenset(
    {"getConnection", "listConnections", "resumeConnection", "rotateConnection", "suspendConnection"}
)
FILINGS = frozenset(
    {"getFiling", "listFilings", "listFilingObjects", "listFilingReceipts", "resendFiling", "retryFiling"}
)


async def _device(site: LabourSite, client_id: str) -> str:
    """A gate whose device signs in as the client of all members in these tests."""
    body = {"project_id": str(site.project_id), "name": f"gate {new_id()}", "client_id": client_id}
    made = await site.post("/labour/v1/attendance/devices", body, site.engineer, status=201)
    return str(made["id"])


async def _organised(site: LabourSite, rival: Organisation) -> list[Place]:
    """A team, a subcontract and a wage officer of the project, and the project for which there will be more."""
    project = {"project_id": str(site.project_id)}
    officer = site.contractor.as_(Role.LABOUR_CLERK)
    team = {"project_id": str(site.project_id), "name": "钢筋一班", "work_type": "020"}
    contract = {
        **project,
        "subcontractor_id": str(site.subcontractor.id),
        "number": "FB-1",
        "scope": "主体结构劳务",
        "amount": "1.00",
        "starts_on": "2026-03-01",
        "qualification": {"number": "D1", "category": "施工劳务", "valid_until": "2027-06-30"},
    }
    serving = {**project, "name": "李敏", "phone": "0755-12345678"}
    team_id = (await site.post("/labour/v1/teams", team, site.clerk, status=201))["id"]
    other = (await site.post("/labour/v1/teams", team | {"name": "钢筋二班"}, site.clerk, status=201))["id"]
    contract_id = (await site.post("/labour/v1/subcontracts", contract, officer, status=201))["id"]
    officer_id = (await site.post("/labour/v1/wage-officers", serving, officer, status=201))["id"]
    seeing = [site.subcontractor, site.contractor, site.owner]
    return [
        Place("a team", project | {"team_id": team_id, "to_team_id": other}, seeing, [rival], TEAMS),
        Place("a subcontract", project | {"subcontract_id": contract_id}, seeing, [rival], SUBCONTRACTS),
        Place(
            "a wage officer",
            project | {"wage_officer_id": officer_id},
            [*seeing, rival],
            [site.stranger],
            WAGE_OFFICERS,
        ),
        Place("a project for a team", project, [site.subcontractor], [site.stranger], frozenset({"registerTeam"})),
        Place(
            "a project to give work on",
            project,
            [site.contractor],
            [site.stranger],
            frozenset({"appointWageOfficer", "recordSubcontract"}),
        ),
    ]


async def _contract(site: LabourSite, rival: Organisation) -> Place:
    """A contract that binds, for one project; its general contractor pays by it."""
    contracting = Contracting(site)
    worker, _ = await contracting.worker()
    contract = await contracting.draft(worker)
    async with site.harness.client(site.clerk) as client:
        scan = await uploaded(client, path="/labour/v1/files")
    body = {"file_id": scan, "signed_on": "2026-11-20", "reason": "no phone"}
    await contracting.verb(contract, "sign-on-paper", body)
    ids = {"contract_id": contract["id"], "worker_id": str(worker)}
    return Place("a contract", ids, [site.subcontractor, site.contractor], [site.owner, rival], CONTRACTS)


async def _link(site: LabourSite, worker: UUID, rival: Organisation) -> Place:
    """A way in that an employer has given to a worker."""
    issued = await site.post("/labour/v1/links", {"worker_id": str(worker)}, site.clerk, status=201)
    beside = [site.contractor, site.owner, rival]
    return Place("a link", {"link_id": issued["id"]}, [site.subcontractor], beside, frozenset({"revokeLink"}))


async def _persons(site: LabourSite, person: dict[str, str], rival: Organisation) -> list[Place]:
    """What hangs on a worker, seen by his employer alone, and a person who is published on the blacklist no longer."""
    worker, officer = person["worker_id"], site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER)
    async with site.harness.client(officer) as client:
        consents = (await client.get(f"/labour/v1/workers/{worker}/consents")).json()["items"]
    body = {
        "worker_id": worker,
        "kind": "bad",
        "occurred_on": "2026-11-01",
        "description": "未系安全带",
        "source_document": "通报 1",
    }
    record = await site.post("/labour/v1/worker-records", body, site.clerk, status=201)
    asked = {"requested_on": "2026-11-20"}
    erasure = await site.post(f"/labour/v1/workers/{worker}/erasures", asked, officer, status=201)
    authority = organisation(Kind.AUTHORITY)
    listing = {
        "name": "王五",
        "id_card_number": resident_id(),
        "reason": "伪造证书",
        "source_document": "决定 1",
        "valid_from": "2026-11-01",
    }
    listed = await site.post("/labour/v1/blacklist", listing, authority.as_(Role.PERSONAL_DATA_OFFICER), status=201)
    path = f"/labour/v1/blacklist/{listed['id']}:lift"
    await site.post(path, {"reason": "复核"}, authority.as_(Role.PERSONAL_DATA_OFFICER))
    own, beside = [site.subcontractor], [site.contractor, site.owner, rival]
    return [
        Place("a consent", {"consent_id": consents[0]["id"]}, own, beside, CONSENTS),
        Place("a record", {"record_id": record["id"], "worker_id": worker}, own, beside, RECORDS),
        Place("an erasure", {"erasure_id": erasure["id"], "worker_id": worker}, own, beside, ERASURES),
        Place("a lifted entry", {"entry_id": listed["id"]}, [authority], [site.contractor, rival], LISTINGS),
    ]


async def _filed(site: LabourSite, worker: str) -> tuple[str, str]:
    """The subcontractor's connection to a platform, and the filing of its worker, which waits."""
    reach(site.harness, {"national": "http://127.0.0.1:9"})
    for one in (site.contractor, site.subcontractor):
        await tell_organisation(site.harness, one.id, f"公司{one.uscc}", uscc=one.uscc)
    body = {"project_id": str(site.project_id), "authority": "national", "app_id": "ZL-1", "secret": "0" * 32}
    made = await site.post("/labour/v1/authorities/connections", body, site.subcontractor.as_(Role.ADMIN), status=201)
    async with site.harness.work(service_principal("labour")) as work:
        await filings.collect(work, {"connection_id": made["id"]}, site.harness.runtime.clients)
    async with site.harness.sql() as sql:
        filing = await sql.fetchval("SELECT id FROM filings WHERE worker_id::text = $1 AND kind = 'worker'", worker)
    return made["id"], str(filing)


async def _at_the_gate(site: LabourSite, worker: UUID, rival: Organisation) -> list[Place]:
    """A forgotten swipe that is to be mended, and an area in which phones may swipe."""
    repair = {
        "worker_id": str(worker),
        "at": (NOON - timedelta(hours=2)).isoformat(),
        "direction": "02",
        "reason": "忘记刷卡",
    }
    proposed = await site.post(
        "/labour/v1/attendance/repairs:batch",
        {"project_id": str(site.project_id), "repairs": [repair]},
        site.subcontractor.as_(Role.LABOUR_CLERK),
    )
    circle = {
        "project_id": str(site.project_id),
        "name": "工区",
        "points": [{"lng": "114.0", "lat": "22.5"}],
        "radius_m": "300",
    }
    fence = await site.post("/labour/v1/attendance/geofences", circle, site.engineer, status=201)
    repair_ids = {"repair_id": str(proposed["results"][0]["id"]), "project_id": str(site.project_id)}
    fence_ids = {"geofence_id": str(fence["id"]), "project_id": str(site.project_id)}
    return [
        Place("a repair", repair_ids, [site.subcontractor, site.contractor, site.owner], [rival], REPAIRS),
        Place("an area of the site", fence_ids, [site.contractor, site.subcontractor], [], FENCES),
    ]


async def _evidence(site: LabourSite, worker: UUID, rival: Organisation) -> Place:
    """A month of a worker on the project, and what is warned of for it."""
    async with site.harness.sql() as sql:
        await sql.execute(
            "INSERT INTO evidence_months (project_id, worker_id, month, employer_id, status, gaps, days, sheet_days, "
            "net, paid, computed_at) VALUES ($1, $2, '2026-11-01', $3, 'complete', 0, 1, 1, 1, 1, now())",
            site.project_id,
            worker,
            site.subcontractor.id,
        )
    ids = {
        "project_id": str(site.project_id),
        "worker_id": str(worker),
        "employer_id": str(site.subcontractor.id),
    }
    members = [site.subcontractor, site.contractor, site.owner]
    return Place("a month of evidence", ids, members, [rival], EVIDENCE, given={"month": "2026-11"})


async def labour(site: LabourSite, _: Harness) -> list[Place]:
    """A worker who is assigned to a project that has a gate, and has gone through it."""
    rival = organisation(Kind.LABOUR_SUBCONTRACTOR)
    parties = {
        site.contractor.id: "general_contractor",
        site.subcontractor.id: "labour_subcontractor",
        site.owner.id: "owner",
        rival.id: "labour_subcontractor",
    }
    await tell_project(site.harness, site.project_id, parties, version=2)
    site.projects.roles[site.project_id, rival.id] = frozenset({"labour_subcontractor"})
    [worker] = await site.workers(worker_row())
    [assignment] = await site.assigned([worker], enter_at=(NOON - timedelta(hours=5)).isoformat())
    gate_device = site.contractor.as_(Role.GATE_DEVICE)
    device = await _device(site, gate_device.client_id)
    swipe = {
        "worker_id": str(worker),
        "at": (NOON - timedelta(hours=4)).isoformat(),
        "direction": "01",
        "attend_type": "001",
        "sequence": 1,
    }
    await site.post("/labour/v1/attendance/swipes:batch", {"device_id": device, "swipes": [swipe]}, gate_device)
    connection, filing = await _filed(site, str(worker))
    person = {"worker_id": str(worker), "employer_id": str(site.subcontractor.id)}
    on_site = person | {"assignment_id": str(assignment), "project_id": str(site.project_id)}
    gate = {"device_id": device, "project_id": str(site.project_id)}
    async with site.harness.client(site.subcontractor.as_(Role.LABOUR_CLERK)) as client:
        scan = {"file_id": await uploaded(client, path="/labour/v1/files")}
    return [
        Place(
            "a worker",
            person,
            [site.subcontractor],
            [site.contractor, site.owner, rival],
            WORKERS,
            given={"project_id": str(site.project_id)},
        ),
        Place("who is on site", on_site, [site.subcontractor, site.contractor, site.owner], [rival], ON_SITE),
        Place(
            "a worker day",
            {"assignment_id": str(assignment)},
            [site.subcontractor, site.contractor, site.owner],
            [rival],
            DAY,
            given={"day": shanghai_day(NOON).isoformat()},
        ),
        *await _at_the_gate(site, worker, rival),
        Place("a gate", gate, [site.contractor, site.owner], [site.subcontractor, rival], GATES),
        Place(
            "a connection to an authority",
            {"connection_id": connection},
            [site.subcontractor],
            [site.contractor, site.owner, rival],
            CONNECTIONS,
            given={"project_id": str(site.project_id)},
        ),
        Place(
            "what is filed",
            person | {"filing_id": filing, "project_id": str(site.project_id), "connection_id": connection},
            [site.subcontractor, site.contractor],
            [site.owner, rival],
            FILINGS,
        ),
        Place("a scan", scan, [site.subcontractor], [site.contractor, site.owner, rival], FILES),
        *await _organised(site, rival),
        *await training(site, worker, rival),
        await _contract(site, rival),
        await _link(site, worker, rival),
        await _evidence(site, worker, rival),
        *await wages(site, rival),
        *await _persons(site, person, rival),
        await listings(site, rival),
    ]
