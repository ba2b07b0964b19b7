"""REST door of deliveries: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.clients import ProjectsDep
from procurement.deliveries import service
from procurement.deliveries.commands import arrive as gate
from procurement.deliveries.commands import dispatch as sending
from procurement.deliveries.commands import sample as sampling
from procurement.deliveries.commands import witness as witnessing
from procurement.deliveries.commands.arrive import Arrive, Weighing
from procurement.deliveries.commands.dispatch import Certificate, Dispatch, SentLine
from procurement.deliveries.commands.sample import Report, Take
from procurement.deliveries.commands.witness import Sign
from procurement.deliveries.repository import DeliveryFilter
from procurement.deliveries.schemas import (
    AcceptIn,
    ArriveIn,
    DeliveryOut,
    DeliveryReasonIn,
    DeliverySummary,
    DispatchIn,
    DispatchLineIn,
    ReturnIn,
    SampleIn,
    SampleResultIn,
    WitnessIn,
)
from procurement.deliveries.service import Judge, LineQuantity, Verb
from procurement.deliveries.states import State

router = APIRouter(prefix="/deliveries", tags=["deliveries"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)
ASKING_ERRORS = problems(NotFound, FailedPrecondition, Aborted, Unavailable)


class DeliveryFilters(Filters):
    """Which deliveries to list."""

    project_id: UUID | None = None
    order_id: UUID | None = None
    state: State | None = None
    note_number: str | None = None
    expected_on: date | None = Field(
        default=None,
        description="A day in Asia/Shanghai; then in the order in which they are expected.",
        examples=["2026-11-23"],
    )


def _sent(line: DispatchLineIn) -> SentLine:
    certificates = tuple(Certificate(one.number, one.file_id) for one in line.certificates)
    return SentLine(line.line_id, line.quantity, tuple(line.heat_numbers), certificates, line.replaces)


@router.post(
    "",
    operation_id="dispatchDelivery",
    status_code=201,
    response_model=DeliveryOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def dispatch(body: DispatchIn, edge: EdgeDep) -> Response:
    """The supplier sends goods against a confirmed order, with their product certificate."""
    command = Dispatch(
        body.order_id,
        body.note_number,
        body.vehicle,
        body.certificate_number,
        body.certificate_sha256,
        tuple(_sent(line) for line in body.lines),
        body.driver,
        body.expected_from,
        body.expected_to,
    )
    return await edge.write(lambda work: sending.dispatch(work, command), DeliveryOut.of, status=201)


@router.get("", operation_id="listDeliveries", response_model=PageOut[DeliverySummary], responses=problems())
async def list_deliveries(filters: Annotated[DeliveryFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's deliveries, newest first, without their lines; with `expected_on` the gate's list of a day."""
    wanted = DeliveryFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), DeliverySummary.model_validate)


@router.get("/{delivery_id}", operation_id="getDelivery", response_model=DeliveryOut, responses=problems(NotFound))
async def get(delivery_id: UUID, edge: EdgeDep) -> Response:
    """One delivery with its lines, papers, samples and signatures."""
    return await edge.read(lambda work: service.get(work, delivery_id), DeliveryOut.of)


@router.post("/{delivery_id}:arrive", operation_id="arriveDelivery", response_model=DeliveryOut, responses=VERB_ERRORS)
async def arrive(delivery_id: UUID, body: ArriveIn, edge: EdgeDep) -> Response:
    """Register a lorry at the gate with the reading of the weighbridge; a deviation is flagged, not refused."""
    reading = body.weighing
    weighing = None if reading is None else Weighing(reading.unit, reading.gross, reading.tare)
    command = Arrive(delivery_id, edge.expected_version, weighing, body.vehicle, body.driver, tuple(body.photos))
    return await edge.write(lambda work: gate.arrive(work, command), DeliveryOut.of)


@router.post(
    "/{delivery_id}/samples",
    operation_id="takeSample",
    status_code=201,
    response_model=DeliveryOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Aborted),
)
async def take_sample(delivery_id: UUID, body: SampleIn, edge: EdgeDep) -> Response:
    """The site sends a sample of a line to a laboratory."""
    command = Take(delivery_id, edge.expected_version, body.line_id, body.number, body.laboratory)
    return await edge.write(lambda work: sampling.take(work, command), DeliveryOut.of, status=201)


@router.post(
    "/{delivery_id}/samples/{sample_id}:report",
    operation_id="reportSample",
    response_model=DeliveryOut,
    responses=VERB_ERRORS,
)
async def report_sample(delivery_id: UUID, sample_id: UUID, body: SampleResultIn, edge: EdgeDep) -> Response:
    """Enter a laboratory's result; when a sample fails, what was accepted of its line goes back."""
    command = Report(delivery_id, edge.expected_version, sample_id, body.outcome, body.report_file_id)
    return await edge.write(lambda work: sampling.report(work, command), DeliveryOut.of)


@router.post(
    "/{delivery_id}:witness", operation_id="witnessDelivery", response_model=DeliveryOut, responses=ASKING_ERRORS
)
async def witness(delivery_id: UUID, body: WitnessIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """The project's supervisor signs; signing again changes nothing."""
    command = Sign(delivery_id, edge.expected_version, body.remark)
    return await edge.write(lambda work: witnessing.witness(work, command, projects), DeliveryOut.of)


@router.post(
    "/{delivery_id}:accept", operation_id="acceptDelivery", response_model=DeliveryOut, responses=ASKING_ERRORS
)
async def accept(delivery_id: UUID, body: AcceptIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """The site accepts line by line and says why it does not take all; what it does not take may come again."""
    lines = tuple(LineQuantity(line.line_id, line.quantity, line.reason, line.received) for line in body.lines)
    command = Judge(delivery_id, edge.expected_version, lines, body.partial, tuple(body.photos))
    return await edge.write(lambda work: service.accept(work, command, projects), DeliveryOut.of)


@router.post("/{delivery_id}:return", operation_id="returnDelivery", response_model=DeliveryOut, responses=VERB_ERRORS)
async def send_back(delivery_id: UUID, body: ReturnIn, edge: EdgeDep) -> Response:
    """The site returns accepted goods; accepted quantity and cost fall."""
    lines = tuple(LineQuantity(line.line_id, line.quantity, line.reason) for line in body.lines)
    command = Judge(delivery_id, edge.expected_version, lines)
    return await edge.write(lambda work: service.send_back(work, command), DeliveryOut.of)


@router.post("/{delivery_id}:refuse", operation_id="refuseDelivery", response_model=DeliveryOut, responses=VERB_ERRORS)
async def refuse(delivery_id: UUID, body: DeliveryReasonIn, edge: EdgeDep) -> Response:
    """The site sends the whole delivery away and says why."""
    command = Verb(delivery_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.refuse(work, command), DeliveryOut.of)


@router.post(
    "/{delivery_id}:withdraw", operation_id="withdrawDelivery", response_model=DeliveryOut, responses=VERB_ERRORS
)
async def withdraw(delivery_id: UUID, body: DeliveryReasonIn, edge: EdgeDep) -> Response:
    """The supplier calls a delivery back before it was judged, and says why."""
    command = Verb(delivery_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.withdraw(work, command), DeliveryOut.of)
