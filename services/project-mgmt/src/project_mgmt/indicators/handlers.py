"""Event door of indicators: only translates."""

from __future__ import annotations

from chassis.subscriptions import Received
from chassis.work import Work
from project_mgmt import values
from project_mgmt.indicators import service
from project_mgmt.indicators.rules import DAY_UNIT, HOUR_UNIT, Delta, Key, Measure
from zhulian.equipment.v1.events_pb2 import MachineHoursRecorded
from zhulian.labour.v1.events_pb2 import AttendanceRecorded
from zhulian.procurement.v1.events_pb2 import DeliveryAccepted


async def delivery_accepted(work: Work, event: Received[DeliveryAccepted]) -> None:
    """Accepted cost by cost code; a return is negative."""
    fact = event.message
    project_id = values.uuid_of(fact.project_id, "/project_id")
    day = values.day_of(fact.day.date, "/day/date")
    deltas = [
        Delta(
            Key(project_id, day, Measure.ACCEPTED_COST, line.amount.currency, line.cost_code),
            values.decimal_of(line.amount.amount, f"/costs/{number}/amount/amount"),
        )
        for number, line in enumerate(fact.costs)
    ]
    await service.add(work, deltas)


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
