"""Facts of a site, and what they should add up to."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from google.protobuf.message import Message

from chassis.ids import new_id
from tests.harness import Harness
from zhulian.common.v1.values_pb2 import CostLine, Day, Money
from zhulian.equipment.v1.events_pb2 import MachineHours, MachineHoursRecorded
from zhulian.labour.v1.events_pb2 import AttendanceRecorded, WorkerDays
from zhulian.labour.v1.payroll_events_pb2 import PayrollApproved, PayrollNote, PayrollPaid
from zhulian.procurement.v1.events_pb2 import DeliveryAccepted
from zhulian.procurement.v1.invoices_events_pb2 import InvoiceApproved
from zhulian.procurement.v1.payments_events_pb2 import PaymentMade

DELIVERIES = "project-mgmt--deliveries-accepted"
INVOICES = "project-mgmt--invoices-approved"
PAYMENTS = "project-mgmt--payments-made"
WAGES = "project-mgmt--payrolls-approved"
WAGES_PAID = "project-mgmt--payrolls-paid"
ATTENDANCE = "project-mgmt--attendance-recorded"
HOURS = "project-mgmt--telematics-hours-recorded"


@dataclass(frozen=True)
class Fact:
    """A fact on its way to one of our consumers; its event id is what makes it the same fact."""

    durable: str
    message: Message
    event_id: UUID


def delivery(project_id: UUID, day: str, **costs: str) -> Fact:
    """Accepted cost by cost code."""
    message = DeliveryAccepted(project_id=str(project_id), day=Day(date=day), costs=_costs(costs))
    return Fact(DELIVERIES, message, new_id())


def invoice(project_id: UUID, day: str, **costs: str) -> Fact:
    """Invoiced cost by cost code."""
    message = InvoiceApproved(project_id=str(project_id), day=Day(date=day), costs=_costs(costs))
    return Fact(INVOICES, message, new_id())


def payment(project_id: UUID, day: str, **costs: str) -> Fact:
    """Paid cost by cost code."""
    message = PaymentMade(project_id=str(project_id), day=Day(date=day), costs=_costs(costs))
    return Fact(PAYMENTS, message, new_id())


def payroll(project_id: UUID, day: str, *, is_paid: bool = False, **costs: str) -> Fact:
    """Wages that are owed, or that were paid, by cost code."""
    note = PayrollNote(payroll_id=str(new_id()), project_id=str(project_id), month=Day(date=day))
    kind = PayrollPaid if is_paid else PayrollApproved
    fact = kind(payroll=note, day=Day(date=day), costs=_costs(costs), workers=1)
    return Fact(WAGES_PAID if is_paid else WAGES, fact, new_id())


def _costs(costs: Mapping[str, str]) -> list[CostLine]:
    return [CostLine(cost_code=code, amount=Money(amount=amount, currency="CNY")) for code, amount in costs.items()]


def attendance(project_id: UUID, employer: UUID, **days: str) -> Fact:
    """Worker days by day (`d23="12.50"` is the 23rd of November)."""
    lines = [
        WorkerDays(day=Day(date=f"2026-11-{day[1:]}"), organisation_id=str(employer), delta=delta)
        for day, delta in days.items()
    ]
    return Fact(ATTENDANCE, AttendanceRecorded(project_id=str(project_id), days=lines), new_id())


def hours(project_id: UUID, machine: UUID, **days: str) -> Fact:
    """Machine hours by day."""
    lines = [
        MachineHours(
            project_id=str(project_id), machine_id=str(machine), day=Day(date=f"2026-11-{day[1:]}"), delta=delta
        )
        for day, delta in days.items()
    ]
    return Fact(HOURS, MachineHoursRecorded(hours=lines), new_id())


async def send(harness: Harness, facts: Iterable[Fact]) -> list[bool]:
    """Hand facts to their consumers one after the other; False for those that were known."""
    return [
        await harness.receive(fact.durable, fact.message, aggregate_id=fact.event_id, event_id=fact.event_id)
        for fact in facts
    ]


def shuffled(facts: list[Fact], seed: int) -> list[Fact]:
    """Every fact once or twice, in another order."""
    dice = random.Random(seed)
    many = facts + dice.sample(facts, len(facts) // 2)
    dice.shuffle(many)
    return many


def month(project_id: UUID, seed: int = 7) -> tuple[list[Fact], Decimal]:
    """Sixty facts of a month, corrections and returns among them, and their total of labour days."""
    dice = random.Random(seed)
    employers, machines = [new_id(), new_id()], [new_id(), new_id()]
    facts: list[Fact] = []
    labour = Decimal(0)
    for _ in range(20):
        day = f"d{dice.randrange(1, 30):02}"
        facts.append(
            delivery(project_id, f"2026-11-{day[1:]}", A=str(dice.randrange(-500, 900)), B=f"{dice.randrange(99)}.25")
        )
        days = Decimal(dice.randrange(-4, 40)) / 2
        labour += days
        facts.append(attendance(project_id, dice.choice(employers), **{day: str(days)}))
        facts.append(hours(project_id, dice.choice(machines), **{day: f"{dice.randrange(10)}.{dice.randrange(10)}"}))
    return facts, labour
