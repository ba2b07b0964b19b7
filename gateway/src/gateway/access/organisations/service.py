"""Use cases of organisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chassis import audit
from chassis.identity import Kind
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from gateway import permissions
from gateway.access.members import service as members
from gateway.access.organisations import events, repository, states
from gateway.access.organisations.models import Organisation
from gateway.access.organisations.repository import OrganisationFilter
from gateway.access.organisations.states import Action
from gateway.access.provisioning import service as provisioning
from gateway.access.secrets import Cipher, new_password


@dataclass(frozen=True, slots=True)
class RegisterOrganisation:
    """An application: who, which code, as what, whom to call, and the first administrator."""

    name: str
    uscc: str
    kinds: tuple[Kind, ...]
    contact_name: str
    contact_email: str
    contact_phone: str
    admin_name: str
    admin_email: str


@dataclass(frozen=True, slots=True)
class Verb:
    """An action of the operator, the version that it saw, why, and the kinds that an admission gives."""

    organisation_id: UUID
    expected_version: int | None
    reason: str = ""
    kinds: tuple[Kind, ...] | None = None


async def register(work: Work, command: RegisterOrganisation, cipher: Cipher) -> tuple[Organisation, str]:
    """Apply for admission; open to everybody. Answers the first administrator's password, which works once admitted.

    No account is made before the operator has looked: a stranger must not be able to take somebody's address.
    """
    issued = cipher.seal(new_password(), command.admin_email)
    organisation = Organisation(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        name=command.name,
        uscc=command.uscc,
        state=states.ORGANISATION.initial,
        requested_kinds=_distinct(command.kinds),
        kinds=[],
        contact_name=command.contact_name,
        contact_email=command.contact_email,
        contact_phone=command.contact_phone,
        admin_name=command.admin_name,
        admin_email=command.admin_email,
        admin_secret=issued.sealed,
    )
    session = await work.writing()
    await repository.add(session, organisation)
    work.audit("organisations.register", "organisation", organisation.id, None, _audited(organisation))
    return organisation, issued.plain


async def get(work: Work, organisation_id: UUID) -> Organisation:
    """One organisation: the caller's own, or any for the operator."""
    work.require(permissions.ORGANISATIONS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, organisation_id)


async def page(work: Work, wanted: OrganisationFilter, request: PageRequest) -> Page[Organisation]:
    """The organisations that the caller may see, newest first."""
    work.require(permissions.ORGANISATIONS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def directory(work: Work, wanted: OrganisationFilter, request: PageRequest) -> Page[Organisation]:
    """Who is on the platform, for every signed-in caller."""
    work.require(permissions.DIRECTORY_READ)
    async with work.reading() as session:
        return await repository.directory(session, wanted, request)


async def admit(work: Work, command: Verb) -> Organisation:
    """Let an organisation in, as what it asked for or as the operator says; its first administrator becomes a member.

    AlreadyExists EMAIL_TAKEN when that address has an account.
    """
    organisation, before = await _apply(work, command, Action.ADMIT)
    organisation.kinds = list(organisation.requested_kinds) if command.kinds is None else _distinct(command.kinds)
    await members.add_first(work, organisation)
    organisation.admin_secret = ""
    return await _close(work, organisation, Action.ADMIT, before)


async def reject(work: Work, command: Verb) -> Organisation:
    """Refuse an application and say why; the code is free for another one."""
    organisation, before = await _apply(work, command, Action.REJECT)
    organisation.admin_secret = ""
    return await _close(work, organisation, Action.REJECT, before)


async def suspend(work: Work, command: Verb) -> Organisation:
    """Shut an organisation out: tokens that its people and clients get from now on name no organisation."""
    organisation, before = await _apply(work, command, Action.SUSPEND)
    return await _close(work, organisation, Action.SUSPEND, before)


async def reinstate(work: Work, command: Verb) -> Organisation:
    """Let a suspended organisation in again."""
    organisation, before = await _apply(work, command, Action.REINSTATE)
    return await _close(work, organisation, Action.REINSTATE, before)


async def tell_untold(work: Work, _: Mapping[str, str]) -> None:
    """The job: tell of every organisation whose newest version no fact carries.

    Those that were in before facts were told; nothing for the others, whose use cases tell by themselves.
    """
    work.require(permissions.ORGANISATIONS_TELL)
    session = await work.writing()
    for organisation in await repository.untold_for_update(session, work.principal):
        tell(work, organisation, "known")


async def affiliate(work: Work, organisation: Organisation, parent_id: UUID | None, change: str) -> None:
    """For affiliations, which have locked the row: to whose group it belongs from now on (None: to no group)."""
    before = _audited(organisation)
    organisation.parent_id = parent_id
    touch(organisation, work)
    work.audit(f"organisations.{change}", "organisation", organisation.id, before, _audited(organisation))
    tell(work, organisation, change)
    await provisioning.request(work, organisation.id, organisation.id)


def tell(work: Work, organisation: Organisation, change: str) -> None:
    """Tell the platform what an organisation is now; only of one that is, or has been, in (the directory shows it)."""
    work.emit(events.changed(organisation, change))
    organisation.told_version = organisation.version


async def _apply(work: Work, command: Verb, action: Action) -> tuple[Organisation, audit.Fields]:
    work.require(permissions.ORGANISATIONS_ADMIT)
    session = await work.writing()
    organisation = await repository.get_for_update(session, work.principal, command.organisation_id)
    check_version(organisation, command.expected_version)
    before = _audited(organisation)
    organisation.state = states.ORGANISATION.apply(organisation.state, action)
    organisation.reason = command.reason
    touch(organisation, work)
    return organisation, before


async def _close(work: Work, organisation: Organisation, action: Action, before: audit.Fields) -> Organisation:
    work.audit(f"organisations.{action}", "organisation", organisation.id, before, _audited(organisation))
    if organisation.state in states.IN_KEYCLOAK:
        tell(work, organisation, action.value)
        await provisioning.request(work, organisation.id, organisation.id)
    return organisation


def _distinct(kinds: tuple[Kind, ...]) -> list[str]:
    return sorted({kind.value for kind in kinds})


def _audited(organisation: Organisation) -> audit.Fields:
    return audit.fields(
        organisation, "name", "uscc", "state", "kinds", "requested_kinds", "reason", "admin_email", "parent_id"
    )
