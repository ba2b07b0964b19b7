"""Who may do what with training: employers teach and enrol, bases certify, the site looks on, nobody sees names."""

from __future__ import annotations

from tests.visibility.grants import SIGNED_IN, Who, may

EMPLOYERS = "labour_subcontractor contractor lessor"
PROVIDERS = f"{EMPLOYERS} supplier"
OVERSEERS = "owner supervisor authority"
SITE_ROLES = "labour_clerk project_manager site_engineer personal_data_officer fleet_manager integrator viewer"
PERSONAL = "labour_clerk personal_data_officer project_manager integrator viewer"
TEACHING = may(PROVIDERS, "labour_clerk")
RUNNING = TEACHING | may("contractor", "site_engineer")
OFFER_READING = may(f"{PROVIDERS} {OVERSEERS}", SITE_ROLES)
OWN_READING = may(EMPLOYERS, PERSONAL)
TRAINING: dict[str, Who] = {
    "offerCourse": TEACHING,
    "listCourses": OFFER_READING,
    "getCourse": OFFER_READING,
    "retireCourse": TEACHING,
    "planSession": RUNNING,
    "listSessions": OFFER_READING,
    "getSession": OFFER_READING,
    "holdSession": RUNNING,
    "cancelSession": RUNNING,
    "closeSession": RUNNING,
    "enrolWorkers": may(EMPLOYERS, "labour_clerk"),
    "listAttendees": may(PROVIDERS, "labour_clerk site_engineer personal_data_officer project_manager"),
    "recordTrainingAttendance": RUNNING,
    "getAttendanceTemplate": RUNNING,
    "checkAttendanceList": RUNNING,
    "importAttendanceList": RUNNING,
    "registerTrainingBase": may("authority operator", "admin"),
    "listTrainingBases": SIGNED_IN,
    "issueSkillCertificate": TEACHING,
    "listSkillCertificates": may(PROVIDERS, PERSONAL),
    "verifySkillCertificate": SIGNED_IN,
    "revokeSkillCertificate": TEACHING,
    "listTrainingRules": SIGNED_IN,
    "listTrainingRequirements": OWN_READING,
    "getEntryTraining": OWN_READING,
    "tellDuty": may(EMPLOYERS, "labour_clerk"),
    "listDuties": OWN_READING,
    "getProjectTraining": may(f"{EMPLOYERS} {OVERSEERS}", SITE_ROLES),
}
