"""Use cases of subcontracts on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from labour.subcontracts import service
from labour.subcontracts.events import CHANGED
from labour.subcontracts.service import SubcontractFilter, Verb
from labour.subcontracts.states import State
from tests.harness import Harness, organisation
from tests.labour.conftest import Site
from tests.labour.subcontracts.conftest import QUALIFIED, TODAY, activate, draft, keeper
from zhulian.labour.v1.subcontracts_events_pb2 import SubcontractChanged


async def test_from_draft_to_end_each_step_is_told(labour: Harness, site: Site) -> None:
    made = await draft(site)
    async with labour.work(keeper(site)) as work:
        await service.change(work, Verb(made.id, 1), {"amount": Decimal("1300000.00"), "scope": "主体与二次结构"})
    await activate(site, made.id)
    longer = replace(QUALIFIED, valid_until=date(2028, 1, 1))
    async with labour.work(keeper(site)) as work:
        await service.renew_qualification(work, Verb(made.id, None), longer)
    async with labour.work(keeper(site)) as work:
        ended = await service.end(work, Verb(made.id, None), date(2026, 11, 20), "完工")
    assert (ended.state, ended.ended_on, ended.version) == (State.ENDED, date(2026, 11, 20), 5)
    facts = await labour.events(CHANGED, made.id, SubcontractChanged)
    assert [(one.change, one.state, one.amount.amount) for one in facts] == [
        ("recorded", "draft", "1200000.00"),
        ("change", "draft", "1300000.00"),
        ("activate", "active", "1300000.00"),
        ("renew_qualification", "active", "1300000.00"),
        ("end", "ended", "1300000.00"),
    ]
    verbs = ["record", "change", "activate", "renew-qualification", "end"]
    assert await labour.audited(made.id) == [f"subcontracts.{verb}" for verb in verbs]


async def test_without_a_valid_qualification_it_does_not_count(labour: Harness, site: Site) -> None:
    """On its last day it is valid, the day after it is not; a renewed one lets the draft through."""
    made = await draft(site, qualification=replace(QUALIFIED, valid_until=TODAY - timedelta(days=1)))
    before = await labour.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await activate(site, made.id)
    assert refusal.value.reason == "QUALIFICATION_EXPIRED"
    assert await labour.checksum() == before
    async with labour.work(keeper(site)) as work:
        await service.renew_qualification(work, Verb(made.id, None), replace(QUALIFIED, valid_until=TODAY))
    assert (await activate(site, made.id)).state is State.ACTIVE


async def test_who_may_be_the_two_sides(labour: Harness, site: Site) -> None:
    """project-mgmt is asked: the caller is the general contractor, the other side a subcontractor of the project."""
    before = await labour.checksum()
    with pytest.raises(InvalidArgument) as fault:
        await draft(site, subcontractor_id=site.owner.id)
    assert fault.value.violations[0].code == "NOT_A_SUBCONTRACTOR"
    other = organisation(Kind.CONTRACTOR)
    with pytest.raises(NotFound):
        await draft(site, other.as_(Role.LABOUR_CLERK))
    site.projects.roles[site.project_id, other.id] = frozenset({"specialist_subcontractor"})
    with pytest.raises(FailedPrecondition) as refusal:
        await draft(site, other.as_(Role.LABOUR_CLERK))
    assert refusal.value.reason == "NOT_GENERAL_CONTRACTOR"
    assert await labour.checksum() == before


async def test_a_party_that_has_gone_keeps_a_draft_from_counting(labour: Harness, site: Site) -> None:
    made = await draft(site)
    site.projects.roles[site.project_id, site.subcontractor.id] = frozenset()
    before = await labour.checksum()
    with pytest.raises(InvalidArgument):
        await activate(site, made.id)
    assert await labour.checksum() == before


async def test_an_active_contract_is_not_rewritten(labour: Harness, site: Site) -> None:
    made = await draft(site)
    await activate(site, made.id)
    before = await labour.checksum()
    with pytest.raises(FailedPrecondition):
        async with labour.work(keeper(site)) as work:
            await service.change(work, Verb(made.id, None), {"amount": Decimal("1.00")})
    for day in (date(2026, 2, 1), TODAY + timedelta(days=1)):
        with pytest.raises(InvalidArgument):
            async with labour.work(keeper(site)) as work:
                await service.end(work, Verb(made.id, None), day, "")
    with pytest.raises(AlreadyExists):
        await draft(site, number=made.number)
    assert await labour.checksum() == before


async def test_both_sides_owner_and_authority_see_it_and_one_keeps_it(labour: Harness, site: Site) -> None:
    made = await draft(site)
    authority = organisation(Kind.AUTHORITY)
    for one in (site.contractor, site.subcontractor, site.owner, authority):
        async with labour.work(one.as_(Role.PROJECT_MANAGER)) as work:
            assert (await service.get(work, made.id)).number == made.number
    async with labour.work(site.stranger.as_(Role.PROJECT_MANAGER)) as work:
        assert (await service.page(work, SubcontractFilter(site.project_id), PageRequest())).items == []
        with pytest.raises(NotFound):
            await service.get(work, made.id)
    both = organisation(Kind.CONTRACTOR, Kind.LABOUR_SUBCONTRACTOR)
    site.projects.roles[site.project_id, both.id] = frozenset({"labour_subcontractor"})
    other = await draft(site, subcontractor_id=both.id)
    before = await labour.checksum()
    with pytest.raises(PermissionDenied) as refusal:
        async with labour.work(both.as_(Role.LABOUR_CLERK)) as work:
            await service.end(work, Verb(other.id, None), None, "")
    assert refusal.value.reason == "OTHER_SIDE"
    assert await labour.checksum() == before
