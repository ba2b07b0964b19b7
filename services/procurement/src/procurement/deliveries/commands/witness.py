"""The supervisor's signature under what was done at a delivery (监理见证)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.files import service as files
from chassis.work import Work
from procurement import permissions
from procurement.clients.projects import ProjectDirectory
from procurement.deliveries import errors, repository, service
from procurement.deliveries.models import Delivery, Witness
from procurement.deliveries.states import Action


@dataclass(frozen=True, slots=True)
class Sign:
    """A signature and a remark."""

    delivery_id: UUID
    expected_version: int | None
    remark: str = ""


async def witness(work: Work, command: Sign, projects: ProjectDirectory) -> Delivery:
    """An organisation that supervises the project now signs, once; signing again changes nothing.

    project-mgmt is asked first, because a signature of somebody who has left the project is none. Locks the delivery
    alone: no quantity changes.
    """
    work.require(permissions.DELIVERIES_WITNESS)
    delivery = await service.seen(work, command.delivery_id)
    organisation = work.principal.organisation_id
    party = await projects.party(delivery.project_id, organisation, work.today)
    if repository.SUPERVISOR not in party.roles or party.project_state not in service.OPEN_PROJECTS:
        raise errors.not_supervisor(party.project_state)
    session = await work.writing()
    delivery = await repository.get_for_update(session, work.principal, work.today, command.delivery_id)
    if organisation in {one.organisation_id for one in delivery.witnesses}:
        return delivery
    service.admit(work, delivery, command.expected_version, Action.WITNESS, organisation)
    before = service.audited(delivery)
    delivery.witnesses.append(
        Witness(
            delivery_id=delivery.id,
            organisation_id=organisation,
            subject=work.principal.subject,
            remark=command.remark,
            signed_at=work.now,
        )
    )
    papers = [one.file_id for one in delivery.files]
    reports = [one.report_file_id for one in delivery.samples if one.report_file_id is not None]
    await files.share(work, [*papers, *reports], [organisation])
    service.finish(work, delivery, Action.WITNESS, before)
    service.certify(work, delivery)
    return delivery
