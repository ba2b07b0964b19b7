"""Use cases of members against the database."""

from __future__ import annotations

import pytest

from chassis.errors import NotFound, PermissionDenied
from chassis.identity import Kind, Role
from gateway.access.members import service
from gateway.access.members.service import InviteMember
from gateway.access.secrets import Cipher
from tests.gateway.conftest import Access, new_email
from tests.harness import organisation


async def test_an_organisation_that_is_not_known_invites_nobody(access: Access) -> None:
    """A token may name an organisation that PostgreSQL, the truth, does not have."""
    ghost = organisation(Kind.CONTRACTOR).as_(Role.ADMIN)
    command = InviteMember("王芳", new_email(), (Role.VIEWER,))
    cipher: Cipher = access.harness.runtime.clients["cipher"]
    before = await access.harness.checksum()
    with pytest.raises(NotFound):
        async with access.harness.work(ghost) as work:
            await service.invite(work, command, cipher)
    assert await access.harness.checksum() == before


async def test_the_roles_are_those_of_the_kinds_that_were_given_not_of_the_token(access: Access) -> None:
    supplier = await access.admitted(Kind.SUPPLIER)
    forged = organisation(Kind.CONTRACTOR)
    forged.id = supplier.id
    answer = await access.post(
        forged.as_(Role.ADMIN),
        "/access/v1/members",
        {"name": "王芳", "email": new_email(), "roles": ["buyer"]},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
async def test_no_other_role_invites(access: Access, role: Role) -> None:
    contractor = await access.admitted()
    command = InviteMember("王芳", new_email(), (Role.VIEWER,))
    cipher: Cipher = access.harness.runtime.clients["cipher"]
    with pytest.raises(PermissionDenied):
        async with access.harness.work(contractor.organisation.as_(role)) as work:
            await service.invite(work, command, cipher)
