"""Event door of indicators: only translates."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.subscriptions import Received
from chassis.work import Work
from project_mgmt import values
from project_mgmt.indicators import service
from project_mgmt.indicators.rules import DAY_UNIT, HOUR_UNIT, Delta, Key, Measure
from zhulian.common.v1.values_pb2 import CostLine
from zhulian.equipment.v1.events_pb2 import MachineHoursRecorded
from zhulian.labour.v1.events_pb2 import AttendanceRecorded
from zhulian.labour.v1.payroll_events_pb2 import PayrollApproved, PayrollPaid
from zhulian.procurement.v1.events_pb2 import DeliveryAccepted
from zhulian.procurement.v1.invoices_events_pb2 import InvoiceApproved
from zhulian.procurement.v1.payments_events_pb2 import PaymentMade


async def delivery_accepted(work: Work, event: Received[DeliveryAccepted]) -> None:
    """Accepted cost by cost code; a return is negative."""
    fact = event.message
    await service.add(work, _costs(Measure.ACCEPTED_COST, fact.project_id, fact.day.date, fact.costs))


async def invoice_approved(work: Work, event: Received[InvoiceApproved]) -> None:
    """Invoiced cost by cost code; a credit note is negative."""
    fact = event.message
    await service.add(work, _costs(Measure.INVOICED_COST, fact.project_id, fact.day.date, fact.costs))


async def payment_made(work: Work, event: Received[PaymentMade]) -> None:
    """Paid cost by cost code; money that came back is negative."""
    fact = event.message
    await service.add(work, _costs(Measure.PAID_COST, fact.project_id, fact.day.date, fact.costs))


async def payroll_approved(work: Work, event: Received[PayrollApproved]) -> None:
    """Wages that are owed, gross, on the first day of their month."""
    note = event.message.payroll
    await service.add(work, _costs(Measure.WAGES_COST, note.project_id, note.month.date, event.message.costs))


async def payroll_paid(work: Work, event: Received[PayrollPaid]) -> None:
    """Wages that have reached the workers, net, on the day of the bank."""
    fact = event.message
    await service.add(work, _costs(Measure.WAGES_PAID, fact.payroll.project_id, fact.day.date, fact.costs))


def _costs(measure: Measure, project: str, day: str, costs: Iterable[CostLine]) -> list[Delta]:
    project_id = values.uuid_of(project, "/project_id")
    on = values.day_of(day, "/day/date")
    return [
        Delta(
            Key(project_id, on, measure, line.amount.currency, line.cost_code),
            values.decimal_of(line.amount.amount, f"/costs/{number}/amount/amount"),
        )
        for number, line in enumerate(costs)
    ]


async def attendance_recorded(work: Work, event: Received[AttendanceRecorded]) -> None:
    """Labour days by employer."""
    fact = event.message
    project_id = values.uuid_of(fact.project_id, "/project_id")
    deltas = []
    for number, one in enumerate(fact.days):
        where = f"/days/{number}"
        employer = values.uuid_of(one.organisation_id, f"{where}/organisation_id")
        day = values.day_of(one.day.date, f"{where}/day/date")
        key = Key(project_id, day, Measure.LABOUR_DAYS, DAY_UNIT, str(employer))
        deltas.append(Delta(key, values.decimal_of(one.delta, f"{where}/delta")))
    await service.add(work, deltas)


async def machine_hours_recorded(work: Work, event: Received[MachineHoursRecorded]) -> None:
    """Operating hours by machine; one page of a feed may speak of several projects."""
    deltas = []
    for number, one in enumerate(event.message.hours):
        where = f"/hours/{number}"
        project_id = values.uuid_of(one.project_id, f"{where}/project_id")
        machine = values.uuid_of(one.machine_id, f"{where}/machine_id")
        day = values.day_of(one.day.date, f"{where}/day/date")
        key = Key(project_id, day, Measure.MACHINE_HOURS, HOUR_UNIT, str(machine))
        deltas.append(Delta(key, values.decimal_of(one.delta, f"{where}/delta")))
    await service.add(work, deltas)
