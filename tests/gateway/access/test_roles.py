"""The roles that administrators can give, against what the services ask for."""

from __future__ import annotations

from importlib import import_module

import pytest

from chassis.identity import Kind, Permission, Role
from gateway import permissions
from infra.contracts.paths import SERVICES, Service


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.package)
def test_every_permission_can_be_given_to_every_kind_that_it_names(service: Service) -> None:
    """A verb that no administrator can open for its own people would be dead."""
    page = vars(import_module(f"{service.package}.permissions"))
    dead = [
        (permission.action, kind.value)
        for permission in page.values()
        if isinstance(permission, Permission)
        for grant in permission.grants
        for kind in grant.kinds
        if not grant.roles & permissions.ROLES_OF_KIND[kind]
    ]
    assert dead == []


def test_every_kind_has_an_administrator_and_every_role_a_kind() -> None:
    assert set(permissions.ROLES_OF_KIND) == set(Kind)
    assert all(Role.ADMIN in roles for roles in permissions.ROLES_OF_KIND.values())
    assert frozenset().union(*permissions.ROLES_OF_KIND.values()) == frozenset(Role)


def test_an_organisation_of_two_kinds_has_the_roles_of_both() -> None:
    both = permissions.roles_for_members(["supplier", "lessor"])
    assert {Role.SALES, Role.TELEMATICS} <= both
    assert Role.BUYER not in both
    assert not permissions.roles_for_clients(list(Kind)) & permissions.PEOPLE_ONLY
