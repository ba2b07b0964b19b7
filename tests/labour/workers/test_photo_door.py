"""The door of head images: consent first, nothing of the original rests, and nobody looks without a row of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from chassis.files.rules import MediaType
from chassis.identity import Principal, Role
from tests.chassis.files.samples import PNG, upload
from tests.harness import Harness, key
from tests.labour.conftest import Site, worker_row
from tests.labour.workers.pictures import SECRET, bomb, jpeg, picture, png, talkative_jpeg

PATH = "/labour/v1/workers"
FILES = "/labour/v1/files"
CONSENT = {"purpose": "face_image", "text_version": "2026-1", "given_on": "2026-03-01"}


async def consenting(site: Site) -> UUID:
    """A worker who lets his face be used."""
    [worker] = await site.workers(worker_row())
    await site.post(f"{PATH}/{worker}/consents", CONSENT, site.clerk, status=201)
    return worker


async def sent(
    site: Site, worker: UUID, content: bytes, who: Principal | None = None, **headers: str
) -> httpx.Response:
    """A picture on its way to a worker's record."""
    async with site.harness.client(who or site.clerk) as client:
        declared = {"Content-Type": "image/jpeg"} | key() | headers
        return await client.post(f"{PATH}/{worker}/photo", content=content, headers=declared)


async def get(site: Site, path: str, who: Principal | None = None) -> httpx.Response:
    async with site.harness.client(who or site.clerk) as client:
        return await client.get(path)


async def photo_file(labour: Harness, worker: UUID) -> UUID | None:
    """The row behind a photo, which no answer names."""
    async with labour.sql() as connection:
        found: UUID | None = await connection.fetchval("SELECT photo_file_id FROM workers WHERE id = $1", worker)
    return found


def everything(labour: Harness) -> bytes:
    """Every byte that lies in the store of files, staged ones too."""
    root: Path = labour.runtime.clients["files"].path("00").parents[1]
    return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


async def test_kept_small_and_bare_and_the_original_nowhere(labour: Harness, site: Site) -> None:
    worker = await consenting(site)
    original = jpeg(picture(1500, 2000, noisy=True), comment=SECRET)
    answer = await sent(site, worker, original)
    assert (answer.status_code, answer.json()["has_photo"]) == (200, True), answer.text
    shown = await get(site, f"{PATH}/{worker}/photo")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert len(shown.content) <= 51_200 < len(original)
    assert max(Image.open(io.BytesIO(shown.content)).size) <= 800
    rest = everything(labour)
    assert shown.content in rest
    assert original[1000:1200] not in rest
    assert SECRET.encode() not in rest
    async with labour.sql() as connection:
        row = await connection.fetchrow("SELECT f.* FROM files f WHERE id = $1", await photo_file(labour, worker))
    assert row is not None
    assert (row["size"], row["media_type"], row["organisation_id"]) == (
        *(len(shown.content), "image/jpeg", site.subcontractor.id),
    )


async def test_a_png_called_jpeg_is_taken_for_what_it_is(site: Site) -> None:
    worker = await consenting(site)
    assert (await sent(site, worker, png())).status_code == 200
    assert (await get(site, f"{PATH}/{worker}/photo")).content.startswith(b"\xff\xd8\xff")


async def test_without_consent_it_is_not_even_looked_at(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    before = await labour.checksum()
    answer = await sent(site, worker, b"no picture at all")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/photo", "CONSENT_MISSING")]
    assert await labour.checksum() == before


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PNG, "PHOTO_UNREADABLE"),
        (b"%PDF-1.7\n", "PHOTO_UNREADABLE"),
        (bomb(30_000, 30_000), "PHOTO_TOO_MANY_PIXELS"),
        (jpeg(picture(100, 100)), "PHOTO_TOO_SMALL"),
    ],
)
async def test_what_is_no_photo_changes_nothing(labour: Harness, site: Site, content: bytes, code: str) -> None:
    worker = await consenting(site)
    before, rest = await labour.checksum(), everything(labour)
    answer = await sent(site, worker, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert set(answer.json()["details"]) == {"zh-CN", "en"}
    assert (await labour.checksum(), everything(labour)) == (before, rest)


async def test_who_may_not_register_sets_no_photo(labour: Harness, site: Site) -> None:
    worker = await consenting(site)
    before = await labour.checksum()
    stranger, viewer = site.stranger.as_(Role.LABOUR_CLERK), site.subcontractor.as_(Role.VIEWER)
    answers = [await sent(site, worker, jpeg(), who) for who in (stranger, viewer)]
    assert [one.json()["code"] for one in answers] == ["WORKER_NOT_FOUND", "ROLE_MISSING"]
    odd = await sent(site, worker, jpeg(), **{"Content-Type": "image/gif"})
    stale = await sent(site, worker, jpeg(), **{"If-Match": '"99"'})
    assert [one.status_code for one in (odd, stale)] == [415, 412]
    assert await labour.checksum() == before


async def test_sent_twice_it_is_one_and_the_next_one_replaces_it(labour: Harness, site: Site) -> None:
    """By the same key, and by the same picture under another; what was replaced is gone."""
    worker, once = await consenting(site), key()
    first, again = [await sent(site, worker, jpeg(), **once) for _ in range(2)]
    same = await sent(site, worker, jpeg())
    assert "idempotency-replayed" in again.headers
    assert [one.json()["version"] for one in (again, same)] == [first.json()["version"]] * 2
    earlier = await photo_file(labour, worker)
    assert (await sent(site, worker, png(picture(300, 300)))).json()["version"] == first.json()["version"] + 1
    assert await photo_file(labour, worker) != earlier
    async with labour.sql() as connection:
        assert await connection.fetchval("SELECT count(*) FROM files WHERE id = $1", earlier) == 0
    assert (await labour.audited(worker)).count("workers.set-photo") == 2


async def test_the_door_of_files_is_closed_for_photos(labour: Harness, site: Site) -> None:
    """The one way to a face is the one that records who looks; also for photos from before."""
    worker = await consenting(site)
    await sent(site, worker, talkative_jpeg())
    [before] = await site.workers(worker_row())
    async with labour.client(site.clerk) as client:
        old = (await upload(client, jpeg(), "head.jpg", MediaType.JPEG, path=FILES)).json()["id"]
        other = (await upload(client, png(), "wall.png", MediaType.PNG, path=FILES)).json()["id"]
    async with labour.sql() as connection:  # as a process of the version before has written it
        await connection.execute("UPDATE workers SET photo_file_id = $2 WHERE id = $1", before, UUID(old))
    for who in (site.clerk, site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER)):
        for file_id in (await photo_file(labour, worker), old):
            for path in (f"{FILES}/{file_id}", f"{FILES}/{file_id}/content"):
                answer = await get(site, path, who)
                assert (answer.status_code, answer.json()["code"]) == (404, "FILE_NOT_FOUND"), path
    assert (await get(site, f"{FILES}/{other}/content")).status_code == 200, "a picture that is nobody's face"
    assert "workers.photo" not in await labour.audited(before)
    assert (await get(site, f"{PATH}/{before}/photo")).status_code == 200
    assert "workers.photo" in await labour.audited(before)


async def test_no_answer_names_the_file(labour: Harness, site: Site) -> None:
    worker = await consenting(site)
    answer = await sent(site, worker, jpeg())
    file_id = str(await photo_file(labour, worker))
    seen = await get(site, f"{PATH}/{worker}")
    assert file_id not in answer.text + seen.text
    async with labour.client(site.clerk) as client:
        changed = {"photo_file_id": file_id}
        refused = await client.patch(f"{PATH}/{worker}", json=changed, headers={"If-Match": '"2"'})
    assert (refused.status_code, pointers(refused)) == (422, ["/photo_file_id"])


def pointers(answer: Any) -> list[str]:
    return [one["pointer"] for one in answer.json()["errors"]]
