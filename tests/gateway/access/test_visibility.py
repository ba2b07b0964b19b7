"""Every route of access × every kind × every role, taken from the OpenAPI document (design rule 9).

A route that `WHO` does not name fails. Refused calls change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from chassis.http.app import create_app
from chassis.http.openapi import document_bytes
from chassis.identity import Kind, Role
from gateway.app import SERVICE
from tests.gateway.conftest import Access, application, new_email, new_uscc
from tests.harness import key, organisation

ANYBODY, SIGNED_IN, ADMINISTRATORS, OPERATORS = "anybody", "signed in", "administrators", "operator's administrators"

WHO = {
    "registerOrganisation": ANYBODY,
    "listOrganisations": SIGNED_IN,
    "getOrganisation": SIGNED_IN,
    "admitOrganisation": OPERATORS,
    "rejectOrganisation": OPERATORS,
    "suspendOrganisation": OPERATORS,
    "reinstateOrganisation": OPERATORS,
    "listDirectory": SIGNED_IN,
    "requestAffiliation": ADMINISTRATORS,
    "listAffiliations": ADMINISTRATORS,
    "getAffiliation": ADMINISTRATORS,
    "confirmAffiliation": ADMINISTRATORS,
    "declineAffiliation": ADMINISTRATORS,
    "withdrawAffiliation": ADMINISTRATORS,
    "endAffiliation": ADMINISTRATORS,
    "inviteMember": ADMINISTRATORS,
    "listMembers": ADMINISTRATORS,
    "getMember": ADMINISTRATORS,
    "changeMemberRoles": ADMINISTRATORS,
    "removeMember": ADMINISTRATORS,
    "resetMemberPassword": ADMINISTRATORS,
    "createClient": ADMINISTRATORS,
    "listClients": ADMINISTRATORS,
    "getClient": ADMINISTRATORS,
    "rotateClient": ADMINISTRATORS,
    "revokeClient": ADMINISTRATORS,
}

BODIES: dict[str, Any] = {
    "registerOrganisation": application,
    "admitOrganisation": dict,
    "rejectOrganisation": lambda: {"reason": "x"},
    "suspendOrganisation": lambda: {"reason": "x"},
    "requestAffiliation": lambda: {"uscc": new_uscc()},
    "declineAffiliation": lambda: {"reason": "x"},
    "endAffiliation": lambda: {"reason": "x"},
    "inviteMember": lambda: {"name": "王芳", "email": new_email(), "roles": ["viewer"]},
    "changeMemberRoles": lambda: {"roles": ["viewer"]},
    "createClient": lambda: {"name": "x", "roles": ["integrator"]},
}


def operations() -> Iterator[tuple[str, str, str]]:
    """Method, path and operationId of every route."""
    document = orjson.loads(document_bytes(create_app(SERVICE)))
    for path, item in document["paths"].items():
        if path.startswith("/access/"):
            for method, operation in item.items():
                yield method, path, operation["operationId"]


OPERATIONS = list(operations())


def test_every_route_is_named() -> None:
    assert {operation for _, _, operation in OPERATIONS} == set(WHO)


def _allowed(who: str, kind: Kind, role: Role) -> bool:
    if who in (ANYBODY, SIGNED_IN):
        return True
    return role is Role.ADMIN and (who is ADMINISTRATORS or kind is Kind.OPERATOR)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=[row[2] for row in OPERATIONS])
async def test_who_may(access: Access, method: str, path: str, operation: str) -> None:
    """Strangers of every kind and role, one after the other: 403 without the role, 404 for what is another's."""
    owner = await access.admitted()
    member = await access.invited(owner, Role.VIEWER)
    client = await access.client(owner)
    target = path.format(
        organisation_id=owner.id,
        member_id=member["id"],
        client_id=client["id"],
        affiliation_id=(await access.asked(owner))["id"],
    )
    before = await access.harness.checksum()
    for kind in Kind:
        stranger = organisation(kind)
        for role in Role:
            if _allowed(WHO[operation], kind, role):
                continue
            async with access.harness.client(stranger.as_(role)) as http:
                answer = await http.request(method, target, json=_body(operation), headers=key() | {"If-Match": '"1"'})
            assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING"), (kind, role)
    assert await access.harness.checksum() == before


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=[row[2] for row in OPERATIONS])
async def test_another_organisations_things_are_not_there(
    access: Access, method: str, path: str, operation: str
) -> None:
    """An administrator of another organisation, of every kind but the operator's."""
    owner, other = await access.admitted(), await access.admitted()
    member = await access.invited(owner, Role.VIEWER)
    client = await access.client(owner)
    ids = {"organisation_id": str(owner.id), "member_id": member["id"], "client_id": client["id"]}
    ids["affiliation_id"] = (await access.asked(owner))["id"]
    target = path.format(**ids)
    if target == path or WHO[operation] == OPERATORS:
        return  # names nothing of the other's, or is refused by role (above)
    before = await access.harness.checksum()
    async with access.harness.client(other.admin) as http:
        answer = await http.request(method, target, json=_body(operation), headers=key() | {"If-Match": '"1"'})
    assert answer.status_code == 404, answer.text
    assert await access.harness.checksum() == before


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=[row[2] for row in OPERATIONS])
async def test_without_a_token(access: Access, method: str, path: str, operation: str) -> None:
    owner = await access.admitted()
    target = path.format(organisation_id=owner.id, member_id=owner.id, client_id=owner.id, affiliation_id=owner.id)
    before = await access.harness.checksum()
    async with access.harness.client(None) as http:
        answer = await http.request(method, target, json=_body(operation), headers=key() | {"If-Match": '"1"'})
    if WHO[operation] == ANYBODY:
        assert answer.status_code == 201, answer.text
        return
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_MISSING")
    assert await access.harness.checksum() == before


def _body(operation: str) -> Any:
    make = BODIES.get(operation)
    return None if make is None else make()
