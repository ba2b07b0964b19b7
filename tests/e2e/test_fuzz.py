"""Schemathesis over every route of every service: no 5xx, no answer that the document does not promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chassis.ids import new_id
from infra.contracts.paths import EVERYONE
from tests.e2e.conftest import Stack

pytestmark = pytest.mark.timeout(900)

EXAMPLES = 6
CALLERS = {
    "project-mgmt": ("contractor", "project_manager"),
    "labour": ("labour", "labour_clerk"),
    "procurement": ("contractor", "buyer"),
    "equipment-leasing": ("lessor", "fleet_manager"),
    "gateway": ("contractor2", "admin"),
}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def operations(service: str) -> Iterator[Any]:
    """Every operation of a service's committed document (a test compares it with the code)."""
    document = next(one for one in EVERYONE if one.name == service).home / "openapi.json"
    schema = schemathesis.openapi.from_path(document)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


@pytest.mark.parametrize("service", CALLERS)
def test_every_route_survives_whatever_comes(stack: Stack, service: str) -> None:
    token = stack.token(*CALLERS[service])
    count = 0
    for operation in operations(service):
        count += 1
        bombard(operation, stack.url(service), token)
    assert count > 15


def bombard(operation: Any, url: str, token: str) -> None:
    """EXAMPLES good and odd requests to one operation."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
        response = case.call(base_url=url, headers=headers, timeout=30)
        case.validate_response(response, checks=CHECKS)

    run()
