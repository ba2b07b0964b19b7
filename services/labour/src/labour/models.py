"""Every table of labour, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from chassis.files.models import File, FileShare
from chassis.replica import KnownOrganisation
from labour.assignments.models import Assignment, Stay
from labour.attendance.models import Device, Swipe, WorkerDay
from labour.contracts.models import Contract, ContractWarning, Signature
from labour.evidence.models import EvidenceChange, EvidenceGap, EvidenceMonth
from labour.links.models import Link, LinkCode
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
from labour.wage_accounts.models import WageAccount, WageClock, WageEntry, WageGuarantee, WageShare
from labour.warnings.models import EmployerWarning
from labour.workers.models import Certificate, Person, Training, Worker

MODELS: tuple[type[SQLModel], ...] = (
    Person,
    Worker,
    Certificate,
    Training,
    Assignment,
    Stay,
    Device,
    Swipe,
    WorkerDay,
    KnownOrganisation,
    File,
    FileShare,
    Link,
    LinkCode,
    Contract,
    Signature,
    ContractWarning,
    EvidenceMonth,
    EvidenceGap,
    EvidenceChange,
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
)
TABLES: tuple[Table, ...] = tuple(model.__table__ for model in MODELS)  # type: ignore[attr-defined]
