"""Health records, and what the gate makes of them where a city asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from chassis.crypto import Vault
from chassis.errors import InvalidArgument, NotFound
from chassis.identity import Role
from chassis.pages import PageRequest
from labour.codes import repository as codes
from labour.codes.models import HealthRule, RiskClass, Status
from labour.consents import service as consents
from labour.consents.models import Purpose
from labour.health import service
from labour.health.service import Examination
from labour.privacy import service as privacy
from tests.harness import Harness
from tests.labour.assignments.conftest import assign
from tests.labour.conftest import Site, worker_row

RULE = HealthRule("440300", frozenset({RiskClass.HAZARDOUS}), "测试城市规定", Status.PRACTICE, date(2026, 1, 1), None)


CONSENTED = {
    "consents": [
        {"purpose": purpose, "text_version": "2026-1", "given_on": "2026-03-01"}
        for purpose in ("bank_account", "health_record")
    ]
}


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shenzhen asks those who do hazardous work for an examination."""
    rules = replace(codes.entry_rules(), health=(RULE,))
    monkeypatch.setattr(codes, "entry_rules", lambda: rules)


async def record(site: Site, worker_id: UUID, vault: Vault, **changes: object) -> None:
    """An examination of this year."""
    values = {"examined_on": date(2026, 5, 1), "valid_to": date(2027, 4, 30), "fit": True, "file_id": None}
    command = Examination(worker_id, **(values | changes))  # type: ignore[arg-type]
    async with site.harness.work(site.clerk) as work:
        await service.record(work, command, vault)


async def test_an_examination_opens_the_gate_and_another_shuts_it(
    labour: Harness, site: Site, vault: Vault, asking: None
) -> None:
    [worker_id] = await site.workers(worker_row(**CONSENTED))
    [refused] = await assign(site, worker_id, risk_class=RiskClass.HAZARDOUS)
    assert [one.code for one in refused.faults] == ["HEALTH_RECORD_MISSING"]
    await record(site, worker_id, vault, valid_to=date(2027, 2, 15))
    [outcome] = await assign(site, worker_id, risk_class=RiskClass.HAZARDOUS)
    assert outcome.status == "created"
    assert await cleared(site, outcome.assignment_id) == date(2027, 2, 15)
    await record(site, worker_id, vault, examined_on=date(2026, 11, 1), fit=False)
    assert await cleared(site, outcome.assignment_id) == date(2026, 11, 22)


async def cleared(site: Site, assignment_id: UUID | None) -> date:
    """Until when the papers hold."""
    async with site.harness.sql() as connection:
        found: date = await connection.fetchval("SELECT cleared_until FROM assignments WHERE id = $1", assignment_id)
    return found


async def test_elsewhere_nobody_asks(labour: Harness, site: Site) -> None:
    [outcome] = await assign(site, *await site.workers(worker_row(**CONSENTED)), risk_class=RiskClass.HAZARDOUS)
    assert outcome.status == "created"


async def test_the_same_day_again_is_a_correction(labour: Harness, site: Site, vault: Vault) -> None:
    [worker_id] = await site.workers(worker_row(**CONSENTED))
    await record(site, worker_id, vault)
    await record(site, worker_id, vault, fit=False)
    async with labour.sql() as connection:
        rows = await connection.fetch("SELECT fit, version FROM health_records WHERE worker_id = $1", worker_id)
        audited = await connection.fetch(
            "SELECT after::text FROM audit WHERE entity_id = $1 AND verb = 'health.record'", worker_id
        )
    assert [(row["fit"], row["version"]) for row in rows] == [(False, 2)]
    assert len(audited) == 2
    assert not any("fit" in row["after"] for row in audited)


async def test_only_his_employer_and_no_future(labour: Harness, site: Site, vault: Vault) -> None:
    [worker_id] = await site.workers(worker_row(**CONSENTED))
    [foreign] = await site.workers(worker_row(**CONSENTED), clerk=site.stranger.as_(Role.LABOUR_CLERK))
    before = await labour.checksum()
    with pytest.raises(NotFound):
        await record(site, foreign, vault)
    with pytest.raises(InvalidArgument):
        await record(site, worker_id, vault, examined_on=date(2026, 11, 24))
    assert await labour.checksum() == before


async def test_no_examination_is_kept_without_the_consent_to_it(labour: Harness, site: Site, vault: Vault) -> None:
    """Sensitive data, for which each is asked by himself (PIPL arts 28, 29)."""
    [worker_id] = await site.workers(worker_row())
    before = await labour.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await record(site, worker_id, vault)
    assert [one.code for one in refusal.value.violations] == ["CONSENT_MISSING"]
    assert await labour.checksum() == before


async def entered(site: Site, vault: Vault) -> tuple[UUID, UUID | None]:
    """A worker on a hazardous project whose examination covers him, and his assignment."""
    [worker_id] = await site.workers(worker_row(**CONSENTED))
    await record(site, worker_id, vault, valid_to=date(2027, 2, 15))
    [outcome] = await assign(site, worker_id, risk_class=RiskClass.HAZARDOUS)
    assert await cleared(site, outcome.assignment_id) == date(2027, 2, 15)
    return worker_id, outcome.assignment_id


@pytest.mark.parametrize("by", ["clerk", "erasure"])
async def test_the_gate_is_judged_anew_when_the_examination_goes(
    labour: Harness, site: Site, vault: Vault, asking: None, by: str
) -> None:
    """In the same transaction, by a withdrawn consent as by an erasure of which the rest is blocked."""
    worker_id, assignment_id = await entered(site, vault)
    if by == "erasure":
        async with labour.work(site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER)) as work:
            request = await privacy.request(work, worker_id, date(2026, 11, 23), None, vault)
        assert (request.state, "health_records" in request.erased) == ("blocked", True)
    else:
        async with labour.work(site.clerk) as work:
            given = (await consents.page(work, worker_id, PageRequest())).items
            [health] = [one.id for one in given if one.purpose is Purpose.HEALTH_RECORD]
            await consents.withdraw(work, health, None, vault)
    assert await cleared(site, assignment_id) == date(2026, 11, 22)
