"""Use cases of API clients against the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.errors import PermissionDenied
from chassis.identity import Principal, service_principal
from gateway.access.clients import service
from gateway.clients.usage import Usage
from tests.gateway.conftest import CLIENTS, Access


async def test_last_use_is_noted_in_a_batch_and_never_goes_back(access: Access) -> None:
    contractor = await access.admitted()
    one, other = await access.client(contractor), await access.client(contractor)
    usage = Usage(access.harness.runtime.works, access.harness.clock)
    program = contractor.admin
    for made in (one, other, one):
        usage.seen(_as(program, made["client_id"]))
    usage.seen(program)  # a person
    assert len(usage._seen) == 2
    await usage.flush()
    assert usage._seen == {}
    found = (await access.get(contractor.admin, f"{CLIENTS}/{one['id']}")).json()
    assert found["last_used_at"] is not None
    assert found["version"] == 1  # being used changes nothing that If-Match protects
    earlier = {one["client_id"]: access.harness.clock.now() - timedelta(hours=1)}
    async with access.harness.work(service_principal("gateway")) as work:
        await service.record_use(work, earlier)
    assert (await access.get(contractor.admin, f"{CLIENTS}/{one['id']}")).json() == found


async def test_what_could_not_be_written_is_kept(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = Usage(access.harness.runtime.works, access.harness.clock)
    usage.seen(_as(access.operator, "api-1"))

    async def away(*_: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(service, "record_use", away)
        await usage.flush()
    assert set(usage._seen) == {"api-1"}


async def test_only_the_gateway_itself_records_use(access: Access) -> None:
    with pytest.raises(PermissionDenied):
        async with access.harness.work(access.operator) as work:
            await service.record_use(work, {})


def _as(principal: Principal, client_id: str) -> Principal:
    return replace(principal, client_id=client_id)
