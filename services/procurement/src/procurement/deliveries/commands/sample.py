"""Samples before a witness (见证取样): taken on site, judged by a laboratory, and what a failure does to the goods."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.ids import new_id
from chassis.work import Work
from procurement import permissions
from procurement.deliveries import errors, repository, service, states
from procurement.deliveries.models import Delivery, Sample
from procurement.deliveries.states import Action, Outcome


@dataclass(frozen=True, slots=True)
class Take:
    """A sample of a line and the laboratory that it goes to."""

    delivery_id: UUID
    expected_version: int | None
    line_id: UUID
    number: str
    laboratory: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the laboratory says, with its report when it was uploaded."""

    delivery_id: UUID
    expected_version: int | None
    sample_id: UUID
    outcome: Outcome
    report_file_id: UUID | None = None


async def take(work: Work, command: Take) -> Delivery:
    """The site takes a sample; its result is awaited, the line may be accepted meanwhile."""
    work.require(permissions.DELIVERIES_ACCEPT)
    session = await work.writing()
    delivery = await repository.get_for_update(session, work.principal, work.today, command.delivery_id)
    service.admit(work, delivery, command.expected_version, Action.SAMPLE, delivery.buyer_id)
    if command.line_id not in {line.id for line in delivery.lines}:
        raise errors.unknown_lines(["/line_id"])
    if command.number in {sample.number for sample in delivery.samples}:
        raise errors.sample_taken(command.number)
    before = service.audited(delivery)
    delivery.samples.append(
        Sample(
            id=new_id(),
            created_at=work.now,
            updated_at=work.now,
            delivery_id=delivery.id,
            line_id=command.line_id,
            number=command.number,
            laboratory=command.laboratory,
            state=states.SAMPLE.initial,
            taken_by=work.principal.subject,
        )
    )
    service.finish(work, delivery, Action.SAMPLE, before)
    service.certify(work, delivery)
    return delivery


async def report(work: Work, command: Report) -> Delivery:
    """Enter a result. When a sample fails, what was accepted of its line goes back at once (退货)."""
    work.require(permissions.DELIVERIES_ACCEPT)
    order, delivery = await service.locked(work, await service.seen(work, command.delivery_id))
    service.admit(work, delivery, command.expected_version, Action.SAMPLE, delivery.buyer_id)
    sample = next((one for one in delivery.samples if one.id == command.sample_id), None)
    if sample is None:
        raise errors.sample_not_found(command.sample_id)
    before = service.audited(delivery)
    sample.state = states.SAMPLE.apply(sample.state, command.outcome)
    sample.version, sample.updated_at = sample.version + 1, work.now
    await _attach_report(work, delivery, sample, command.report_file_id)
    [line] = [one for one in delivery.lines if one.id == sample.line_id]
    left = line.accepted - line.returned
    if command.outcome is Outcome.FAILS and left > 0:
        why = f"见证取样 {sample.number} 不合格 / sample {sample.number} has failed"
        await service.give_back(work, order, delivery, [(line, left, why)], before)
    else:
        service.finish(work, delivery, Action.SAMPLE, before)
        service.certify(work, delivery)
    return delivery


async def _attach_report(work: Work, delivery: Delivery, sample: Sample, file_id: UUID | None) -> None:
    if file_id is None:
        return
    [file] = await service.attached(work, delivery, [file_id], ["/report_file_id"])
    sample.report_file_id, sample.report_sha256 = file.id, file.sha256
