"""REST door of members: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.once import write_once
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.identity import Role
from gateway.access.members import service
from gateway.access.members.repository import MemberFilter
from gateway.access.members.schemas import ChangeRolesIn, InvitedMember, InviteMemberIn, MemberOut
from gateway.access.members.service import ChangeRoles, InviteMember, Verb
from gateway.access.members.states import State
from gateway.clients import CipherDep

router = APIRouter(prefix="/members", tags=["members"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class MemberFilters(Filters):
    """Which members to list; `organisation_id` is for the operator."""

    organisation_id: UUID | None = None
    state: State | None = None
    role: Role | None = None
    email: Annotated[str | None, Field(max_length=128)] = None


@router.post(
    "",
    operation_id="inviteMember",
    status_code=201,
    response_model=InvitedMember,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def invite(body: InviteMemberIn, edge: EdgeDep, cipher: CipherDep) -> Response:
    """Make an account in the caller's organisation; its password is in this answer only."""
    command = InviteMember(body.name, body.email, tuple(body.roles))
    return await write_once(
        edge,
        lambda work: service.invite(work, command, cipher),
        InvitedMember.of,
        field="initial_password",
        status=201,
    )


@router.get("", operation_id="listMembers", response_model=PageOut[MemberOut], responses=problems())
async def list_members(filters: Annotated[MemberFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The members of the caller's organisation, newest first."""
    wanted = MemberFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), MemberOut.of)


@router.get("/{member_id}", operation_id="getMember", response_model=MemberOut, responses=problems(NotFound))
async def get(member_id: UUID, edge: EdgeDep) -> Response:
    """One member."""
    return await edge.read(lambda work: service.get(work, member_id), MemberOut.of)


@router.put("/{member_id}/roles", operation_id="changeMemberRoles", response_model=MemberOut, responses=VERB_ERRORS)
async def change_roles(member_id: UUID, body: ChangeRolesIn, edge: EdgeDep) -> Response:
    """Give a member other roles; If-Match is required."""
    command = ChangeRoles(member_id, edge.required_version, tuple(body.roles))
    return await edge.change(lambda work: service.change_roles(work, command), MemberOut.of)


@router.post("/{member_id}:remove", operation_id="removeMember", response_model=MemberOut, responses=VERB_ERRORS)
async def remove(member_id: UUID, edge: EdgeDep) -> Response:
    """Take a member out of the organisation; the account is shut."""
    command = Verb(member_id, edge.expected_version)
    return await edge.write(lambda work: service.remove(work, command), MemberOut.of)


@router.post(
    "/{member_id}:reset-password",
    operation_id="resetMemberPassword",
    response_model=InvitedMember,
    responses=VERB_ERRORS,
)
async def reset_password(member_id: UUID, edge: EdgeDep, cipher: CipherDep) -> Response:
    """Give a member a new password; it is in this answer only."""
    command = Verb(member_id, edge.expected_version)
    return await write_once(
        edge,
        lambda work: service.reset_password(work, command, cipher),
        InvitedMember.of,
        field="initial_password",
    )
