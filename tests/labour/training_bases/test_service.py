"""When a base may issue a certificate."""

from __future__ import annotations

from datetime import timedelta

from chassis.identity import Kind, Role
from tests.harness import organisation
from tests.labour.conftest import Site, worker_row
from tests.labour.teaching import BEGIN, PATH, SKILL_COURSE, base, refused, session, taught
from tests.labour.training_bases.test_endpoints import BASE, certificate, passed

EARLIER = BEGIN - timedelta(days=1)


async def test_who_did_not_pass_gets_none(site: Site) -> None:
    [worker, absent] = await site.workers(worker_row(), worker_row())
    runs = await base(site)
    teacher = runs.as_(Role.LABOUR_CLERK)
    closed = await passed(site, runs, worker)
    open_one = await session(site, teacher, course=SKILL_COURSE | {"name": "另一门课"})
    again = SKILL_COURSE | {"name": "补考"}
    failed = await taught(site, worker, teacher=teacher, clerk=site.clerk, course=again, score="59.00", at=EARLIER)
    for session_id, who in ((closed, absent), (open_one, worker), (failed, worker)):
        body = certificate(session_id, who)
        assert await refused(site, teacher, "certificates", body, status=409) == "SESSION_NOT_PASSED"


async def test_a_number_and_a_session_once(site: Site) -> None:
    one, other = await site.workers(worker_row(), worker_row())
    runs = await base(site)
    teacher = runs.as_(Role.LABOUR_CLERK)
    closed = await passed(site, runs, one, other)
    given = certificate(closed, one)
    await site.post(f"{PATH}/certificates", given, teacher, status=201)
    again = certificate(closed, one)
    same = certificate(closed, other, number=given["number"])
    assert await refused(site, teacher, "certificates", again, status=409) == "CERTIFICATE_ISSUED"
    assert await refused(site, teacher, "certificates", same, status=409) == "CERTIFICATE_NUMBER_TAKEN"


async def test_only_what_the_base_may_certify(site: Site) -> None:
    """An employer's own safety session ends in no certificate, and a base whose time is over issues none."""
    [worker] = await site.workers(worker_row())
    own = await taught(site, worker)
    assert await refused(site, site.clerk, "certificates", certificate(own, worker), status=409) == (
        "SKILL_NOT_CERTIFIED_HERE"
    )
    [trainee] = await site.workers(worker_row())
    runs = await base(site)
    closed = await passed(site, runs, trainee)
    ended = BASE | {"organisation_id": str(runs.id), "valid_to": "2026-11-22"}
    await site.post(f"{PATH}/bases", ended, organisation(Kind.OPERATOR).as_(Role.ADMIN))
    teacher = runs.as_(Role.LABOUR_CLERK)
    body = certificate(closed, trainee)
    assert await refused(site, teacher, "certificates", body, status=409) == "SKILL_NOT_CERTIFIED_HERE"
