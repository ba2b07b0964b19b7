"""Sensitive data of a worker needs the person's consent; what stood before consents were asked for is flagged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.crypto import Vault
from labour.workers.rules import card_place
from tests.chassis.files.samples import pdf
from tests.harness import Harness, key
from tests.labour.conftest import Site, worker_row
from tests.labour.workers.pictures import jpeg

PATH = "/labour/v1/workers"
CARD = {"purpose": "bank_account", "text_version": "2026-1", "given_on": "2026-03-01"}


async def sent(site: Site, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await site.post(f"{PATH}:batch", {"workers": list(rows)}, site.clerk)
    results: list[dict[str, Any]] = answer["results"]
    return results


async def test_a_card_or_a_health_note_without_consent_refuses_its_row_alone(site: Site) -> None:
    results = await sent(
        site,
        worker_row(consents=[]),
        worker_row(health_record_until="2027-05-01"),
        worker_row(payroll_bank_card_number="", consents=[]),
        worker_row(health_record_until="2027-05-01", consents=[CARD, CARD | {"purpose": "health_record"}]),
        worker_row(consents=[CARD | {"given_on": "2026-11-24"}]),
        worker_row(consents=[CARD | {"how": "paper_scan", "file_id": "0199c0de-0000-7000-8000-000000000001"}]),
    )
    assert [[(one["pointer"], one["code"]) for one in result["errors"]] for result in results] == [
        [("/workers/0/payroll_bank_card_number", "CONSENT_MISSING")],
        [("/workers/1/health_record_until", "CONSENT_MISSING")],
        [],
        [],
        [("/workers/4/consents/0/given_on", "IN_FUTURE")],
        [("/workers/5/consents/0/file_id", "FILE_UNKNOWN")],
    ]


async def test_a_row_from_before_stands_and_is_flagged(labour: Harness, site: Site, vault: Vault) -> None:
    """The same card sent again is no new use; another one needs the consent."""
    row = worker_row(payroll_bank_card_number="", consents=[])
    [worker] = await site.workers(row)
    async with labour.sql() as connection:  # as a process of the version before has written it
        card = vault.encrypt("6222020200112233445", card_place(worker))
        await connection.execute("UPDATE workers SET payroll_bank_card = $2 WHERE id = $1", worker, card)
    same, other = row | {"payroll_bank_card_number": "6222020200112233445"}, "6222020200112299999"
    [kept] = await sent(site, same | {"address": "深圳市南山区"})
    [refused] = await sent(site, same | {"payroll_bank_card_number": other})
    [given] = await sent(site, same | {"payroll_bank_card_number": other, "consents": [CARD]})
    assert [kept["status"], refused["status"], given["status"]] == ["updated", "refused", "updated"]
    async with labour.client(site.clerk) as client:
        seen = (await client.get(f"{PATH}/{worker}")).json()
    assert (seen["consent_missing"], seen["payroll_bank_card_masked"][-4:]) == ([], "9999")


async def test_flagged_until_the_consent_comes(labour: Harness, site: Site, vault: Vault) -> None:
    [worker] = await site.workers(worker_row(payroll_bank_card_number="", consents=[]))
    async with labour.sql() as connection:
        card = vault.encrypt("6222020200112233445", card_place(worker))
        await connection.execute("UPDATE workers SET payroll_bank_card = $2 WHERE id = $1", worker, card)
    async with labour.client(site.clerk) as client:
        before = (await client.get(f"{PATH}/{worker}")).json()
        await client.post(f"{PATH}/{worker}/consents", json=CARD, headers=key())
        after = (await client.get(f"{PATH}/{worker}")).json()
    assert (before["consent_missing"], after["consent_missing"]) == (["bank_account"], [])
    assert before["payroll_bank_card_masked"] == after["payroll_bank_card_masked"]


async def test_a_photo_needs_its_consent_and_is_an_image(labour: Harness, site: Site) -> None:
    """Refused, taken, looked at, withdrawn and gone: also from the files."""
    [worker] = await site.workers(worker_row())
    path, image = f"{PATH}/{worker}", {"Content-Type": "image/jpeg"}
    async with labour.client(site.clerk) as client:
        none = await client.get(f"{path}/photo")
        refused = await client.post(f"{path}/photo", content=jpeg(), headers=key() | image)
        consent = await client.post(f"{path}/consents", json=CARD | {"purpose": "face_image"}, headers=key())
        no_image = await client.post(f"{path}/photo", content=pdf(), headers=key() | image)
        taken = await client.post(f"{path}/photo", content=jpeg(), headers=key() | image)
        looked = await client.get(f"{path}/photo")
        async with labour.sql() as connection:
            photo = await connection.fetchval("SELECT photo_file_id FROM workers WHERE id = $1", worker)
        done = await client.post(f"/labour/v1/consents/{consent.json()['id']}:withdraw", headers=key())
        gone = await client.get(f"{path}/photo")
    codes = [refused.json()["errors"][0]["code"], no_image.json()["code"]]
    assert (none.json()["code"], codes) == ("PHOTO_NOT_FOUND", ["CONSENT_MISSING", "PHOTO_UNREADABLE"])
    assert (taken.json()["has_photo"], looked.content[:3]) == (True, b"\xff\xd8\xff")
    assert (done.json()["erased"], gone.status_code) == (["photo_file_id"], 404)
    async with labour.sql() as connection:
        assert await connection.fetchval("SELECT count(*) FROM files WHERE id = $1", photo) == 0
    assert "workers.photo" in await labour.audited(UUID(str(worker)))


async def test_nation_by_code_or_name_and_politics_by_code(labour: Harness, site: Site) -> None:
    first, second = await site.workers(worker_row(nation="08", politics="13"), worker_row(nation="维吾尔"))
    async with labour.client(site.clerk) as client:
        seen = [(await client.get(f"{PATH}/{one}")).json() for one in (first, second)]
    assert [(one["nation"], one["politics"]) for one in seen] == [("壮族", "13"), ("维吾尔族", "")]
    [bad] = await sent(site, worker_row(nation="火星族"))
    assert (bad["errors"][0]["pointer"], bad["errors"][0]["code"]) == ("/workers/0/nation", "CODE_UNKNOWN")
