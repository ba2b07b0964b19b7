"""What a connection causes, and what its use cases refuse before they write."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from chassis.errors import NotFound, Unavailable
from chassis.identity import Role
from labour.authorities import service
from labour.authorities.models import Scope
from labour.authorities.service import COLLECT, Connect
from tests.harness import Harness
from tests.labour.authority import SECRET, reach
from tests.labour.conftest import Site


@pytest.fixture(autouse=True)
def _reached(labour: Harness) -> Iterator[None]:
    reach(labour, {"national": "http://127.0.0.1:9"})
    yield
    reach(labour, {})


async def connect(site: Site, project_id: UUID | None = None) -> UUID:
    clients = site.harness.runtime.clients
    command = Connect(project_id or site.project_id, "national", Scope.OWN, "ZL-1", SECRET)
    async with site.harness.work(site.subcontractor.as_(Role.ADMIN)) as work:
        made = await service.connect(work, command, site.projects, clients["platforms"], clients["vault"])
    return made.id


async def waiting(site: Site, connection_id: UUID) -> int:
    async with site.harness.sql() as sql:
        key = f"{COLLECT}:{connection_id}"
        count: int = await sql.fetchval("SELECT count(*) FROM pgqueuer WHERE dedupe_key = $1", key)
    return count


async def test_a_connection_has_itself_looked_at(site: Site) -> None:
    assert await waiting(site, await connect(site)) == 1


async def test_resuming_has_it_looked_at_again(site: Site) -> None:
    connection_id, admin = await connect(site), site.subcontractor.as_(Role.ADMIN)
    async with site.harness.work(admin) as work:
        await service.suspend(work, connection_id, None)
    async with site.harness.sql() as sql:
        await sql.execute("DELETE FROM pgqueuer WHERE dedupe_key = $1", f"{COLLECT}:{connection_id}")
    async with site.harness.work(admin) as work:
        await service.resume(work, connection_id, None)
    assert await waiting(site, connection_id) == 1


async def test_a_foreign_project_leaves_nothing(site: Site) -> None:
    before = await site.harness.checksum()
    with pytest.raises(NotFound, match="PROJECT_NOT_FOUND"):
        await connect(site, UUID(int=7))
    assert await site.harness.checksum() == before


async def test_without_project_mgmt_nothing_is_connected(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("PROJECT_MGMT_UNAVAILABLE", zh="不可用", en="away")

    monkeypatch.setattr(site.projects, "party", away)
    before = await site.harness.checksum()
    with pytest.raises(Unavailable):
        await connect(site)
    assert await site.harness.checksum() == before


def test_a_command_does_not_show_its_secret() -> None:
    assert SECRET not in repr(Connect(UUID(int=1), "national", Scope.OWN, "ZL-1", SECRET))
