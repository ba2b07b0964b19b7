"""Use cases of members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.identity import Role
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from gateway import permissions
from gateway.access.members import errors, repository, states
from gateway.access.members.models import Member
from gateway.access.members.repository import MemberFilter
from gateway.access.members.states import Action
from gateway.access.organisations import repository as organisations
from gateway.access.organisations.models import Organisation
from gateway.access.provisioning import service as provisioning
from gateway.access.secrets import Cipher, new_password


@dataclass(frozen=True, slots=True)
class InviteMember:
    """Whom to invite, with which roles."""

    name: str
    email: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class ChangeRoles:
    """All the roles that a member has from now on."""

    member_id: UUID
    expected_version: int
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a member and the version that the caller saw."""

    member_id: UUID
    expected_version: int | None


async def add_first(work: Work, organisation: Organisation) -> Member:
    """The administrator named in the registration, within the admission; the password is that of the registration."""
    member = _new(
        work,
        organisation.id,
        organisation.admin_name,
        organisation.admin_email,
        (Role.ADMIN,),
        organisation.admin_secret,
    )
    await repository.add(await work.writing(), member)
    work.audit("members.invite", "member", member.id, None, _audited(member))
    await provisioning.request(work, organisation.id, member.id)
    return member


async def invite(work: Work, command: InviteMember, cipher: Cipher) -> tuple[Member, str]:
    """Make an account, or open one again that was removed here; answers its new password.

    InvalidArgument ROLE_NOT_ALLOWED; AlreadyExists EMAIL_TAKEN; FailedPrecondition ORGANISATION_NOT_ACTIVE.
    """
    work.require(permissions.MEMBERS_MANAGE)
    session = await work.writing()
    organisation = await organisations.own_for_update(session, work.principal)
    _check_roles(organisation, command.roles)
    issued = cipher.seal(new_password(), command.email)
    member = await repository.by_email(session, work.principal, command.email)
    before = None
    if member is None:
        member = _new(work, organisation.id, command.name, command.email, command.roles, issued.sealed)
        await repository.add(session, member)
    elif member.state == states.State.ACTIVE:
        raise errors.email_taken()
    else:
        before = _audited(member)
        member.state = states.MEMBER.apply(member.state, Action.INVITE_AGAIN)
        member.name, member.roles, member.secret = command.name, _sorted(command.roles), issued.sealed
        touch(member, work)
    work.audit("members.invite", "member", member.id, before, _audited(member))
    await provisioning.request(work, organisation.id, member.id)
    return member, issued.plain


async def get(work: Work, member_id: UUID) -> Member:
    """One member."""
    work.require(permissions.MEMBERS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, member_id)


async def page(work: Work, wanted: MemberFilter, request: PageRequest) -> Page[Member]:
    """The members that the caller may see, newest first."""
    work.require(permissions.MEMBERS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def change_roles(work: Work, command: ChangeRoles) -> Member:
    """Give a member other roles; FailedPrecondition LAST_ADMINISTRATOR."""
    work.require(permissions.MEMBERS_MANAGE)
    session = await work.writing()
    organisation = await organisations.own_for_update(session, work.principal)
    member = await repository.own_for_update(session, work.principal, command.member_id)
    check_version(member, command.expected_version)
    _check_roles(organisation, command.roles)
    before = _audited(member)
    member.state = states.MEMBER.apply(member.state, Action.CHANGE_ROLES)
    if Role.ADMIN not in command.roles:
        await _check_another_administrator(work, session, member)
    member.roles = _sorted(command.roles)
    return await _close(work, member, Action.CHANGE_ROLES, before)


async def remove(work: Work, command: Verb) -> Member:
    """Take a member out: the account is shut and its sessions end; FailedPrecondition LAST_ADMINISTRATOR."""
    work.require(permissions.MEMBERS_MANAGE)
    session = await work.writing()
    await organisations.own_for_update(session, work.principal)
    member = await repository.own_for_update(session, work.principal, command.member_id)
    check_version(member, command.expected_version)
    before = _audited(member)
    member.state = states.MEMBER.apply(member.state, Action.REMOVE)
    await _check_another_administrator(work, session, member)
    member.roles, member.secret = [], ""
    return await _close(work, member, Action.REMOVE, before)


async def reset_password(work: Work, command: Verb, cipher: Cipher) -> tuple[Member, str]:
    """Give a member a new password, for one who lost it; the old one and open sessions end."""
    work.require(permissions.MEMBERS_MANAGE)
    session = await work.writing()
    await organisations.own_for_update(session, work.principal)
    member = await repository.own_for_update(session, work.principal, command.member_id)
    check_version(member, command.expected_version)
    before = _audited(member)
    member.state = states.MEMBER.apply(member.state, Action.RESET_PASSWORD)
    issued = cipher.seal(new_password(), member.email)
    member.secret = issued.sealed
    return await _close(work, member, Action.RESET_PASSWORD, before), issued.plain


async def _close(work: Work, member: Member, action: Action, before: audit.Fields) -> Member:
    touch(member, work)
    work.audit(f"members.{action}", "member", member.id, before, _audited(member))
    await provisioning.request(work, member.organisation_id, member.id)
    return member


async def _check_another_administrator(work: Work, session: AsyncSession, member: Member) -> None:
    """The row in the database still has its old state and roles: one administrator is this member itself."""
    with session.no_autoflush:
        count = await repository.administrators(session, work.principal)
    if Role.ADMIN in member.roles and count <= 1:
        raise errors.last_administrator()


def _check_roles(organisation: Organisation, roles: Iterable[Role]) -> None:
    allowed = permissions.roles_for_members(organisation.kinds)
    refused = set(roles) - allowed
    if refused:
        raise errors.roles_not_allowed(refused, allowed)


def _new(work: Work, organisation_id: UUID, name: str, email: str, roles: Iterable[Role], sealed: str) -> Member:
    return Member(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        organisation_id=organisation_id,
        email=email,
        name=name,
        roles=_sorted(roles),
        state=states.MEMBER.initial,
        secret=sealed,
    )


def _sorted(roles: Iterable[Role]) -> list[str]:
    return sorted({role.value for role in roles})


def _audited(member: Member) -> audit.Fields:
    return audit.fields(member, "email", "name", "roles", "state")
