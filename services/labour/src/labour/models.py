"""Every table of labour, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from chassis.files.models import File, FileShare
from chassis.replica import KnownOrganisation
from labour.assignments.models import Absence, Assignment, Lapse, Stay
from labour.attendance.models import Swipe, WorkerDay
from labour.authorities.models import Connection
from labour.breaks.models import BreakRule
from labour.certificates.models import CertificateNotice
from labour.consents.models import Consent
from labour.contracts.models import Contract, ContractWarning, Signature
from labour.courses.models import Course
from labour.devices.models import Device, Incident
from labour.employer_listings.models import EmployerListing, ListingDecision, Repayment
from labour.evidence.models import ChangedMonth, EvidenceGap, EvidenceMonth
from labour.filings.models import Filing, FilingQueue, FilingReceipt, FilingRequest
from labour.geofences.models import Geofence, SwipeLocation
from labour.health.models import HealthRecord
from labour.links.models import Link, LinkCode
from labour.months.models import LockedMonth
from labour.payouts.models import Payee, Payout, PayoutRow
from labour.payrolls.models import (
    Payroll,
    PayrollChunk,
    PayrollItem,
    PayrollLine,
    PayrollObjection,
    PayrollSignature,
    PieceRecord,
)
from labour.privacy.models import Erasure
from labour.records.models import BlacklistEntry, ConductRecord
from labour.repairs.models import Repair
from labour.sessions.models import Attendee, TrainingSession
from labour.subcontracts.models import Subcontract
from labour.teams.models import Leader, Member, Review, Team
from labour.training.models import Requirement, WorkerDuty
from labour.training_bases.models import SkillCertificate, TrainingBase
from labour.wage_accounts.models import WageAccount, WageClock, WageEntry, WageGuarantee, WageShare
from labour.wage_officers.models import OfficerGap, WageOfficer
from labour.warnings.models import EmployerWarning
from labour.workers.models import Certificate, Person, Training, Worker

MODELS: tuple[type[SQLModel], ...] = (
    Person,
    Worker,
    Certificate,
    Training,
    Consent,
    ConductRecord,
    BlacklistEntry,
    Erasure,
    Assignment,
    Stay,
    Device,
    Incident,
    Geofence,
    BreakRule,
    Swipe,
    SwipeLocation,
    WorkerDay,
    Absence,
    Lapse,
    HealthRecord,
    CertificateNotice,
    Subcontract,
    WageOfficer,
    OfficerGap,
    Team,
    Leader,
    Member,
    Review,
    Connection,
    FilingRequest,
    Filing,
    FilingReceipt,
    FilingQueue,
    LockedMonth,
    Repair,
    KnownOrganisation,
    File,
    FileShare,
    Course,
    TrainingSession,
    Attendee,
    TrainingBase,
    SkillCertificate,
    WorkerDuty,
    Requirement,
    Link,
    LinkCode,
    Contract,
    Signature,
    ContractWarning,
    EvidenceMonth,
    EvidenceGap,
    ChangedMonth,
    EmployerWarning,
    WageAccount,
    WageShare,
    WageEntry,
    WageClock,
    WageGuarantee,
    Payroll,
    PayrollChunk,
    PayrollLine,
    PayrollItem,
    PayrollSignature,
    PayrollObjection,
    PieceRecord,
    Payout,
    PayoutRow,
    Payee,
    EmployerListing,
    ListingDecision,
    Repayment,
)
TABLES: tuple[Table, ...] = tuple(model.__table__ for model in MODELS)  # type: ignore[attr-defined]
