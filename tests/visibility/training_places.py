"""Places of training: an employer's own course and session, a certificate, a worker's hours, a project's state."""

from __future__ import annotations

from uuid import UUID

from chassis.identity import Role
from tests.harness import Organisation
from tests.labour import teaching
from tests.labour.conftest import Site, worker_row
from tests.visibility.place import Place

COURSES = frozenset({"getCourse", "retireCourse", "planSession"})
SESSIONS = frozenset(
    {
        "getSession",
        "listAttendees",
        "enrolWorkers",
        "getAttendanceTemplate",
        "checkAttendanceList",
        "importAttendanceList",
        "recordTrainingAttendance",
        "holdSession",
        "closeSession",
        "cancelSession",
        "issueSkillCertificate",
    }
)
CERTIFICATES = frozenset({"listSkillCertificates", "revokeSkillCertificate"})
HOURS = frozenset({"getEntryTraining", "listDuties", "listTrainingRequirements", "tellDuty"})
STATE = frozenset({"getProjectTraining"})


async def training(site: Site, worker: UUID, rival: Organisation) -> list[Place]:
    """Of the subcontractor's worker, who is on the project beside the rival's."""
    beside = [site.contractor, site.owner, rival]
    made = await teaching.course(site)
    planned = await teaching.session(site, course_id=made["id"])
    runs = await teaching.base(site)
    teacher = runs.as_(Role.LABOUR_CLERK)
    [certified] = await site.workers(worker_row())
    passed = await teaching.taught(
        site, certified, teacher=teacher, clerk=site.clerk, course=teaching.SKILL_COURSE, score="80.00"
    )
    given = {"session_id": passed, "worker_id": str(certified), "number": f"SZ-{passed}", "level": "junior"}
    certificate = await site.post(f"{teaching.PATH}/certificates", given, teacher, status=201)
    duty = {"since": "2026-01-01", "duty": "ordinary", "reason": "x"}
    await site.post(f"{teaching.PATH}/workers/{worker}/duties", duty, site.clerk, status=201)
    return [
        Place(
            "a course",
            {"course_id": str(made["id"])},
            [site.subcontractor],
            beside,
            COURSES,
            given={"project_id": str(site.project_id)},
        ),
        Place("a training session", {"session_id": planned}, [site.subcontractor], beside, SESSIONS),
        Place(
            "a skill certificate",
            {"certificate_id": str(certificate["id"]), "worker_id": str(certified)},
            [runs, site.subcontractor],
            beside,
            CERTIFICATES,
        ),
        Place("a worker's hours", {"worker_id": str(worker)}, [site.subcontractor], beside, HOURS),
        Place(
            "the training of a project",
            {"project_id": str(site.project_id), "employer_id": str(site.subcontractor.id)},
            [site.subcontractor, site.contractor, site.owner, rival],
            [],
            STATE,
        ),
    ]
