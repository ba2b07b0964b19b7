"""Sealed until the deadline by permission and by encryption; judged by the server's clock under a lock."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest

from chassis.idempotency import fingerprint
from chassis.identity import Role
from procurement.quotes import service
from procurement.sealing import Seals, UnsealableError
from tests.harness import Harness, key
from tests.procurement.buying import API, JOB, Buying

PRICE = "7193.48"
"""Nothing else in the database looks like it."""


async def test_a_receipt_proves_what_was_handed_in(buying: Buying) -> None:
    """The digest is that of the content with its salt, which its supplier alone can read."""
    sourcing = await buying.published()
    receipt = await buying.quote(0, sourcing, PRICE, None, freight="120.50", note="含卸车")
    read = await buying.get(buying.sales(0), f"/quotes/{receipt['id']}")
    raw = orjson.dumps(read["content"], option=orjson.OPT_SORT_KEYS)
    assert hashlib.sha256(raw).hexdigest() == receipt["digest"]
    assert read["content"]["lines"][0]["unit_price"] == f"{PRICE}0000"
    assert (receipt["version"], receipt["withdrawn"], "content" in receipt) == (1, False, False)


async def _dump(harness: Harness) -> str:
    """Every row of every table as text; what stands in bytes also in clear, as far as it is text."""
    async with harness.sql() as connection:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        parts = []
        for row in names:
            for record in await connection.fetch(f'SELECT * FROM "{row["tablename"]}"'):
                parts += [bytes(v).decode("latin-1") if isinstance(v, bytes) else str(v) for v in record.values()]
    return "\n".join(parts)


async def test_a_dump_before_the_deadline_reveals_no_price(buying: Buying) -> None:
    """Nor does any text or byte of any table once a quote, a new version and a refused one have come."""
    sourcing = await buying.published()
    await buying.quote(0, sourcing, "7192.48", "7194.48", freight="7195.48")  # no other test opens such a price
    await buying.quote(0, sourcing, "7196.48", None)
    wrong = buying.quote_body(sourcing, "7197.48", None) | {"valid_until": "2020-01-01"}
    assert (await buying.call(buying.sales(0), "POST", "/quotes", wrong)).status_code == 422
    dump = await _dump(buying.harness)
    assert sourcing["id"] in dump
    assert [price for price in ("7192", "7194", "7195", "7196", "7197") if f"{price}.48" in dump] == []
    await buying.at_the_deadline(sourcing)
    assert "7196.48" in await _dump(buying.harness)


async def test_a_stored_fingerprint_is_no_oracle(buying: Buying) -> None:
    """Whoever guesses a price cannot check the guess against the idempotency row; a repeated post is known all the
    same."""
    sourcing = await buying.published()
    body = buying.quote_body(sourcing, PRICE, None)
    headers = key()
    async with buying.harness.client(buying.sales(0)) as client:
        first = await client.post(f"{API}/quotes", json=body, headers=headers)
        again = await client.post(f"{API}/quotes", json=body, headers=headers)
        other = await client.post(f"{API}/quotes", json=body | {"freight": "1"}, headers=headers)
    assert (again.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    guess = fingerprint("POST", f"{API}/quotes? ", json.loads(json.dumps(body)))
    async with buying.harness.sql() as connection:
        stored = await connection.fetchval(
            "SELECT fingerprint FROM idempotency_keys WHERE key = $1", headers["Idempotency-Key"]
        )
    assert stored != guess
    assert buying.harness.runtime.clients["seals"].hide(guess) == stored


async def test_a_quote_at_the_deadline_is_late_by_server_clock(buying: Buying) -> None:
    """A millisecond before it is taken; exactly then, and after, it is not, whether its job has run or not."""
    sourcing = await buying.published()
    buying.harness.clock.advance(timedelta(hours=1) - timedelta(milliseconds=1))
    await buying.quote(0, sourcing, "4000", None)
    buying.harness.clock.advance(timedelta(milliseconds=1))
    body = buying.quote_body(sourcing, "3900", None)
    assert await buying.refused(buying.sales(1), "POST", "/quotes", body) == (409, "QUOTE_TOO_LATE")
    await buying.at_the_deadline(sourcing)
    assert await buying.refused(buying.sales(1), "POST", "/quotes", body) == (409, "QUOTE_TOO_LATE")
    assert len((await buying.get(buying.buyer, f"/offers?sourcing_id={sourcing['id']}"))["items"]) == 1


async def test_waiting_for_the_lock_gains_no_time(buying: Buying) -> None:
    """A quote that came in time, but had to wait until the deadline was there, is late."""
    sourcing = await buying.published()
    async with buying.harness.sql() as connection, connection.transaction():
        await connection.execute("SELECT 1 FROM sourcings WHERE id = $1 FOR UPDATE", UUID(sourcing["id"]))
        body = buying.quote_body(sourcing, "4000", None)
        waiting = asyncio.create_task(buying.call(buying.sales(0), "POST", "/quotes", body))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        buying.harness.clock.advance(timedelta(hours=1))
    answer = await waiting
    assert (answer.status_code, answer.json()["code"]) == (409, "QUOTE_TOO_LATE")


async def test_the_opening_waits_for_a_quote_that_is_being_written(buying: Buying) -> None:
    """Taken before the deadline and committed after it: it is opened with the others, not lost between the two."""
    sourcing = await buying.published()
    receipt = await buying.quote(0, sourcing, "4000", None)
    connection = await buying.harness.runtime.database.engine.connect()
    try:
        await connection.exec_driver_sql(f"SELECT 1 FROM sourcings WHERE id = '{sourcing['id']}' FOR SHARE")
        await connection.exec_driver_sql(
            "INSERT INTO quotes (id, sourcing_id, supplier_id, version, submitted_by, submitted_at) "
            f"SELECT gen_random_uuid(), sourcing_id, supplier_id, 2, submitted_by, submitted_at FROM quotes "
            f"WHERE id = '{receipt['id']}'"
        )
        buying.harness.clock.advance(timedelta(hours=1))
        opening = asyncio.create_task(buying.run_the_job(sourcing))
        await asyncio.sleep(0.2)
        assert not opening.done()
        await connection.commit()
    finally:
        await connection.close()
    await opening
    assert (await buying.get(buying.buyer, f"/sourcing/{sourcing['id']}"))["state"] == "failed"  # version 2 withdrew


async def test_the_newest_version_counts_and_a_withdrawn_quote_is_not_opened(buying: Buying) -> None:
    """Two versions of one supplier, a withdrawn one of another, one that comes again after its withdrawal."""
    sourcing = await buying.published()
    old = await buying.quote(0, sourcing, "4000", None)
    new = await buying.quote(0, sourcing, "3900", "3950")
    gone = await buying.quote(1, sourcing, "3800", None)
    withdrawn = await buying.post(buying.sales(1), f"/quotes/{gone['id']}:withdraw")
    again = await buying.quote(2, sourcing, "3700", None)
    await buying.post(buying.sales(2), f"/quotes/{again['id']}:withdraw")
    await buying.quote(2, sourcing, "3750", None)
    assert (old["version"], new["version"], withdrawn["version"], withdrawn["withdrawn"]) == (1, 2, 2, True)
    for quote, number in ((old, 0), (gone, 1)):
        path = f"/quotes/{quote['id']}:withdraw"
        assert await buying.refused(buying.sales(number), "POST", path) == (409, "QUOTE_SUPERSEDED")
    await buying.at_the_deadline(sourcing)
    prices = {cell["unit_price"] for line in await buying.compared(sourcing) for cell in line["cells"]}
    assert {Decimal(price) for price in prices} == {Decimal(3900), Decimal(3950), Decimal(3750)}
    path = f"/quotes/{new['id']}:withdraw"
    assert await buying.refused(buying.sales(0), "POST", path) == (409, "QUOTE_TOO_LATE")


async def test_the_job_of_the_deadline_is_safe_to_run_twice_and_early(buying: Buying) -> None:
    sourcing = await buying.published()
    await buying.quote(0, sourcing, "4000", None)
    async with buying.same():
        await buying.run_the_job(sourcing)
    await buying.at_the_deadline(sourcing)
    async with buying.same():
        await buying.run_the_job(sourcing)


async def test_an_altered_quote_does_not_open_and_the_others_do(buying: Buying) -> None:
    """Two rivals' seals are swapped in the database: neither opens in the other's place."""
    sourcing = await buying.published()
    swapped = [await buying.quote(number, sourcing, price, None) for number, price in enumerate(("10", "20"))]
    await buying.quote(2, sourcing, "4000", None)
    async with buying.harness.sql() as connection:
        sealed = [
            await connection.fetchval("SELECT sealed FROM quotes WHERE id = $1", UUID(one["id"])) for one in swapped
        ]
        for one, value in zip(swapped, reversed(sealed), strict=True):
            await connection.execute("UPDATE quotes SET sealed = $2 WHERE id = $1", UUID(one["id"]), value)
    await buying.at_the_deadline(sourcing)
    [line, _] = await buying.compared(sourcing)
    assert [cell["supplier_id"] for cell in line["cells"]] == [str(buying.suppliers[2].id)]
    for one in swapped:
        assert await buying.harness.audited(UUID(one["id"])) == ["quotes.submit", "quotes.unreadable"]


async def _all_that_the_buyer_reads(buying: Buying, sourcing: dict[str, Any]) -> str:
    paths = [f"/sourcing/{sourcing['id']}{tail}" for tail in ("", "/questions", "/comparison", "/outcome")]
    paths += ["/sourcing", "/offers", "/awards", "/quotes", "/auctions", f"/offers?sourcing_id={sourcing['id']}"]
    paths += [f"/offers?supplier_id={one.id}" for one in buying.suppliers]
    who = buying.site.contractor.as_(*Role)
    answers = [await buying.call(who, "GET", path) for path in paths]
    return "\n".join(
        f"{answer.status_code} {answer.headers.get('etag')} {answer.json().get('code', answer.text)}"
        for answer in answers
    )


async def test_the_buyer_learns_nothing_before_the_deadline(buying: Buying) -> None:
    """Not how much, not how many lines, not even who has quoted: all it can read is the same as before."""
    sourcing = await buying.published()
    before = await _all_that_the_buyer_reads(buying, sourcing)
    receipt = await buying.quote(0, sourcing, PRICE, "2.00")
    await buying.quote(1, sourcing, "3.00", None)
    assert await _all_that_the_buyer_reads(buying, sourcing) == before
    buyers = buying.site.contractor.as_(*Role)
    assert await buying.refused(buyers, "GET", f"/quotes/{receipt['id']}") == (403, "ROLE_MISSING")
    path = f"/sourcing/{sourcing['id']}/comparison"
    assert await buying.refused(buying.buyer, "GET", path) == (409, "STILL_SEALED")


async def test_a_rival_learns_nothing_before_or_after(buying: Buying) -> None:
    """Through no list, filter, id, error text or outcome; a rival's quote is answered as one that is not there."""
    sourcing = await buying.published()
    receipt = await buying.quote(0, sourcing, PRICE, None)
    await buying.quote(1, sourcing, "9000", None)
    rival = buying.suppliers[1].as_(*Role)

    async def look() -> None:
        for path in (f"/quotes?sourcing_id={sourcing['id']}", "/quotes", "/sourcing", f"/sourcing/{sourcing['id']}"):
            text = json.dumps(await buying.get(rival, path))
            assert str(buying.suppliers[0].id) not in text
            assert receipt["id"] not in text
            assert PRICE not in text
        for path in ("/offers", "/awards", f"/sourcing/{sourcing['id']}/comparison"):
            assert await buying.refused(rival, "GET", path) == (403, "ROLE_MISSING")
        nobodys = "0199c0de-0000-7000-8000-0000000000ff"
        for method, path in (("GET", "/quotes/{id}"), ("POST", "/quotes/{id}:withdraw")):
            theirs, none = [await buying.call(rival, method, path.format(id=one)) for one in (receipt["id"], nobodys)]
            assert theirs.status_code == none.status_code == 404
            hidden = {"request_id", "instance", "metadata"}
            shown = [{k: v for k, v in one.json().items() if k not in hidden} for one in (theirs, none)]
            assert shown[0] == shown[1]
        assert len((await buying.get(rival, "/quotes"))["items"]) == 1

    await look()
    await buying.at_the_deadline(sourcing)
    await look()
    assert await buying.refused(rival, "GET", f"/sourcing/{sourcing['id']}/outcome") == (409, "NOT_DECIDED")


async def test_a_supplier_that_is_no_guest_finds_no_sourcing(buying: Buying) -> None:
    sourcing = await buying.published(supplier_ids=[str(buying.suppliers[0].id)])
    body = buying.quote_body(sourcing, "1", None)
    assert await buying.refused(buying.sales(1), "POST", "/quotes", body) == (404, "SOURCING_NOT_FOUND")


async def test_an_excluded_supplier_does_not_quote(buying: Buying) -> None:
    sourcing = await buying.published()
    who = {"supplier_id": str(buying.suppliers[0].id), "reason": "licence expired"}
    await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:exclude", who)
    body = buying.quote_body(sourcing, "1", None)
    assert await buying.refused(buying.sales(0), "POST", "/quotes", body) == (409, "SUPPLIER_EXCLUDED")


async def test_two_of_one_supplier_quote_at_once(buying: Buying) -> None:
    """Their versions come one after the other."""
    sourcing = await buying.published()
    receipts = await asyncio.gather(*(buying.quote(0, sourcing, str(price), None) for price in (4000, 4001, 4002)))
    assert sorted(receipt["version"] for receipt in receipts) == [1, 2, 3]


async def test_without_its_key_nothing_opens_and_nothing_is_lost(buying: Buying) -> None:
    """A ring without the wrapping key makes the job fail, so that it is tried again; the sourcing stays published."""
    sourcing = await buying.published()
    await buying.quote(0, sourcing, "4000", None)
    buying.harness.clock.advance(timedelta(hours=1))
    foreign = {"seals": Seals({"k9": b"x" * 32})}
    with pytest.raises(UnsealableError):
        async with buying.harness.work(JOB) as work:
            await service.open_all(work, {"sourcing_id": sourcing["id"]}, foreign)
    assert (await buying.get(buying.buyer, f"/sourcing/{sourcing['id']}"))["state"] == "published"
    await buying.run_the_job(sourcing)
    assert (await buying.get(buying.buyer, f"/sourcing/{sourcing['id']}"))["state"] == "opened"
