"""Erasure reaches the answers that are kept under Idempotency-Keys: nothing of the person, all of everybody else."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from httpx import Response

from chassis import idempotency
from chassis.idempotency import Answer, Claim
from chassis.identity import Principal
from chassis.ids import new_id
from labour.links import service as links
from labour.links.service import NewLink
from labour.links.states import Purpose
from labour.privacy import rulebook, rules, service
from labour.privacy.commands import answers
from labour.privacy.rulebook import How
from tests.harness import NOON, Harness, key
from tests.labour.conftest import Site, worker_row
from tests.labour.contracting import Phone, run, waiting
from tests.labour.privacy.conftest import at, look_again
from tests.labour.wages import Wages

PATH = "/labour/v1"
ERASED = (409, "IDEMPOTENCY_ANSWER_ERASED")
TODAY = date(2026, 11, 23)
LETTERS = str.maketrans("0123456789", "ghijklmnop")
"""Digits in a row would be masked."""


def entry(**changes: Any) -> dict[str, Any]:
    """A worker with unmistakable values, who never worked: all of him goes at once."""
    mark = new_id().hex[-12:].translate(LETTERS)
    row = worker_row(name=f"欧阳{mark}", urgent_contact=f"赫连{mark}", cell_phone="13977665544", agreement=None)
    return row | {"external_id": f"HIS-{mark}"} | changes


class Sent:
    """Requests that were sent once, to be sent again under their keys."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.requests: dict[str, tuple[Principal, str, Any, dict[str, str]]] = {}

    async def __call__(self, name: str, who: Principal, path: str, body: Any) -> Response:
        """The first time, or again by name."""
        who, path, body, headers = self.requests.setdefault(name, (who, path, body, key()))
        async with self.harness.client(who) as client:
            return await client.post(f"{PATH}/{path}", json=body, headers=headers)

    def sent(self) -> set[str]:
        """The keys of them all."""
        return {headers["Idempotency-Key"] for *_, headers in self.requests.values()}

    async def again(self, name: str) -> Response:
        """The same request under the same key."""
        return await self(name, *self.requests[name][:3])


async def erase(harness: Harness, officer: Principal, worker: UUID | str) -> None:
    """By the door, and all of it."""
    async with harness.client(officer) as client:
        body = {"requested_on": TODAY.isoformat()}
        done = await client.post(f"{PATH}/workers/{worker}/erasures", json=body, headers=key())
    assert (done.status_code, done.json()["state"]) == (201, "erased"), done.text


async def kept(harness: Harness) -> dict[tuple[UUID, str], dict[str, Any]]:
    """Every stored answer."""
    async with harness.sql() as connection:
        rows = await connection.fetch("SELECT * FROM idempotency_keys")
    return {(row["organisation_id"], row["key"]): dict(row) for row in rows}


async def told(harness: Harness, *secrets: str) -> list[str]:
    """Which of these a stored answer says."""
    bodies = [row["body"].decode() for row in (await kept(harness)).values()]
    return [secret for secret in secrets if any(secret in body for body in bodies)]


def refusal(answer: Response) -> tuple[int, str]:
    """How it was refused."""
    return answer.status_code, answer.json()["code"]


async def test_no_answer_names_an_erased_worker_and_a_repeat_is_told_so(
    labour: Harness, site: Site, officer: Principal
) -> None:
    """Every answer about him alone is gone; the key is taken for good: nothing is done a second time."""
    send, his = Sent(labour), entry()
    worker = (await send("register", site.clerk, "workers", his)).json()["id"]
    certificate = {"number": f"T{his['id_card_number']}", "trade": "建筑电工"}
    certificate |= {"valid_from": "2026-01-01", "valid_to": "2028-01-01"}
    await send("certificate", site.clerk, f"workers/{worker}/certificates", certificate)
    record = {
        "kind": "good",
        "occurred_on": "2026-11-20",
        "description": f"{his['name']}拾金不昧",
        "source_document": "表-1",
    }
    await send("record", site.clerk, "worker-records", {"worker_id": worker} | record)
    secrets = (his["name"], his["external_id"], his["id_card_number"], his["urgent_contact"], worker)
    assert await told(labour, *secrets) == list(secrets)
    await erase(labour, officer, worker)
    assert await told(labour, *secrets[:-1]) == []
    mine = [row for row in (await kept(labour)).values() if row["key"] in send.sent()]
    assert [(row["status"], row["body"], row["etag"]) for row in mine] == [(idempotency.ERASED, b"", None)] * 3
    before = await labour.checksum()
    for name in send.requests:
        answers_now = [await send.again(name) for _ in range(2)]
        assert [refusal(one) for one in answers_now] == [ERASED] * 2, name
        details = answers_now[0].json()["details"]
        assert ("已删除" in details["zh-CN"], "erased" in details["en"]) == (True, True)
    async with labour.client(site.clerk) as client:
        reused = await client.post(f"{PATH}/workers", json=entry(), headers=send.requests["register"][3])
    assert refusal(reused) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert await labour.checksum() == before


async def test_a_batch_keeps_everybody_elses_rows(labour: Harness, site: Site, officer: Principal) -> None:
    """His row is left out, by whichever id it names him; every other row, and every other answer, is as it was."""
    send, his = Sent(labour), entry()
    rows = [worker_row(), his, worker_row(), {"external_id": "broken"}]
    first = (await send("batch", site.clerk, "workers:batch", {"workers": rows})).json()
    ids = [one["id"] for one in first["results"][:3]]
    twin = entry(id_card_number=his["id_card_number"])
    clash = (await send("clash", site.clerk, "workers:batch", {"workers": [twin, worker_row()]})).json()
    assert his["external_id"] in clash["results"][0]["errors"][0]["detail"]
    body = {"project_id": str(site.project_id), "workers": [{"worker_id": one} for one in ids]}
    assigned = (await send("assign", site.clerk, "assignments:batch", body)).json()
    assert [one["status"] for one in assigned["results"]] == ["created", "refused", "created"]
    others = {place: row for place, row in (await kept(labour)).items() if ids[1].encode() not in row["body"]}
    await erase(labour, officer, ids[1])
    assert await told(labour, his["name"], his["external_id"]) == []
    expected = {
        "batch": first | {"results": [first["results"][row] for row in (0, 2, 3)]},
        "clash": clash | {"results": clash["results"][1:]},
        "assign": assigned | {"results": [assigned["results"][row] for row in (0, 2)]},
    }
    for name, answer in expected.items():
        again = await send.again(name)
        assert (again.status_code, again.headers["idempotency-replayed"], again.json()) == (200, "true", answer), name
    now = await kept(labour)
    others = {place: row for place, row in others.items() if place[1] not in send.sent()}
    assert {place: now[place] for place in others} == others


async def test_what_only_refers_to_him_stays(labour: Harness, site: Site, officer: Principal) -> None:
    """A team's answer names its leader by id alone: it is about the team, and says nothing of the person."""
    send = Sent(labour)
    [worker] = await site.workers(entry())
    team = {"project_id": str(site.project_id), "name": f"班组 {new_id()}", "work_type": "020"}
    made = await send("team", site.clerk, "teams", team)
    assert made.status_code == 201, made.text
    claim = Claim(site.subcontractor.id, str(new_id()), b"asked")
    said = f'{{"id":"{new_id()}","leader_worker_id":"{worker}","members":["{worker}"]}}'.encode()
    async with labour.sql() as connection:
        await idempotency.store(connection, claim, Answer(200, said, '"3"'), NOON)
    await erase(labour, officer, worker)
    row = (await kept(labour))[claim.organisation_id, claim.key]
    assert (row["status"], row["body"], row["etag"]) == (200, said, '"3"')
    assert (await send.again("team")).json() == made.json()


async def test_links_of_a_sheet_keep_the_other_lines(site: Site, labour: Harness, officer: Principal) -> None:
    """The general contractor and a whole sheet's links: a name beside his id goes from among the others'."""
    wages = Wages(site)
    workers = await wages.paid_by_day(2)
    payroll, lines = await wages.submitted()
    send = Sent(labour)
    first = (await send("links", wages.clerk, f"payrolls/{payroll['id']}:issue-links", None)).json()
    his, theirs = (next(one for one in first["lines"] if one["worker_id"] == str(worker)) for worker in workers)
    assert his["worker_name"]
    async with labour.work(officer) as work:  # the law keeps his wages, so not all of him goes
        found = await service.request(work, workers[0], TODAY, None, labour.runtime.clients["vault"])
    assert (found.state, bool(found.erased)) == ("blocked", True)
    again = (await send.again("links")).json()
    assert again["lines"] == [theirs]
    assert lines[workers[1]]["id"] == theirs["line_id"]


async def test_what_he_was_answered_by_link_is_gone(site: Site, labour: Harness, officer: Principal) -> None:
    """Those answers need not name him: the link is his."""
    row = entry()
    [worker] = await site.workers(row)
    async with labour.work(site.clerk) as work:
        issued = await links.issue(work, NewLink(worker, Purpose.SELF_SERVICE, None, timedelta(days=7)))
    phone = await Phone(labour, issued.secret, row["id_card_number"], row["name"]).opened()
    with at(labour, NOON + timedelta(minutes=2)):
        await phone.post("/phone", {"cell_phone": "13512345678"})
    said = [row["body"] for (owner, _), row in (await kept(labour)).items() if owner == issued.link_id]
    assert any(b"sent_to" in body and str(worker).encode() not in body for body in said)
    await erase(labour, officer, worker)
    of_links = [row for (owner, _), row in (await kept(labour)).items() if owner == issued.link_id]
    assert {(row["status"], row["body"], row["etag"]) for row in of_links} == {(idempotency.ERASED, b"", None)}


async def test_a_consent_taken_back_reaches_them_too_and_its_own_answer_stays(site: Site, labour: Harness) -> None:
    send = Sent(labour)
    worker = (await send("register", site.clerk, "workers", entry())).json()["id"]
    async with labour.client(site.clerk) as client:
        page = (await client.get(f"{PATH}/workers/{worker}/consents")).json()["items"]
    done = await send("withdraw", site.clerk, f"consents/{page[0]['id']}:withdraw", {})
    assert done.json()["erased"], done.text
    assert refusal(await send.again("register")) == ERASED
    assert (await send.again("withdraw")).json() == done.json()


async def test_a_second_look_that_erases_nothing_leaves_them(
    labour: Harness, site: Site, officer: Principal, worked: UUID
) -> None:
    """While the law keeps the rest of him, what he has anew is replayed."""
    async with labour.work(officer) as work:
        found = await service.request(work, worked, TODAY, None, labour.runtime.clients["vault"])
    assert (found.state, bool(found.erased)) == ("blocked", True)
    send = Sent(labour)
    training = {"trained_on": "2026-11-20", "hours": "8.00", "course": "转岗教育"}
    first = await send("training", site.clerk, f"workers/{worked}/trainings", training)
    await look_again(labour, str(found.id))
    assert (await send.again("training")).json() == first.json()


async def test_what_was_answered_meanwhile_goes_by_a_job(labour: Harness, site: Site, officer: Principal) -> None:
    """A request that read him before, and ended after: not the answer to the erasure, nor what is asked much later."""
    [worker] = await site.workers(entry())
    begun = {"late": NOON - timedelta(seconds=2), "meanwhile": NOON + timedelta(seconds=1)}
    begun |= {"erasure": NOON, "after": NOON + answers.LATE + timedelta(seconds=1)}
    await erase(labour, officer, worker)
    said = f'{{"worker_id":"{worker}","worker_name":"欧阳"}}'.encode()
    claims = {name: Claim(site.subcontractor.id, f"{name}-{new_id()}", b"asked") for name in begun}
    async with labour.sql() as connection:
        for name, instant in begun.items():
            await idempotency.store(connection, claims[name], Answer(200, said), instant)
    [payload] = await waiting(labour, answers.JOB, worker)
    for _ in range(2):
        with at(labour, NOON + answers.LATE):
            await run(labour, answers.JOB, payload)
        now = await kept(labour)
        left = [name for name, one in claims.items() if now[one.organisation_id, one.key]["body"]]
        assert left == ["erasure", "after"]


async def test_two_erased_at_once_leave_a_batch_without_either(labour: Harness, site: Site, officer: Principal) -> None:
    send, rows = Sent(labour), [entry(), worker_row(), entry()]
    first = (await send("batch", site.clerk, "workers:batch", {"workers": rows})).json()
    await asyncio.gather(*(erase(labour, officer, first["results"][row]["id"]) for row in (0, 2)))
    assert (await send.again("batch")).json()["results"] == [first["results"][1]]


def test_what_is_about_him_goes_and_what_is_about_others_stays() -> None:
    he, she = "0199-he", "0199-she"
    for about_him in ({"id": he, "name": "x"}, {"worker_id": he}, {"contract": {"worker_id": he}, "link": ""}):
        assert rules.without(about_him, he, "W-1") is None
    for kept_whole in ({"id": she, "leader_worker_id": he}, {"ids": [he, she]}, {"id": she, "external_id": "W-1"}, {}):
        assert rules.without(kept_whole, he, "W-1") == kept_whole
    rows = [{"id": he}, {"id": she, "none": None}, {"external_id": "W-1"}, {"external_id": "W-12"}, None, "W-1"]
    assert rules.without({"rows": rows}, he, "W-1") == {"rows": [rows[1], rows[3], None, "W-1"]}
    texts = [{"errors": [{"detail": f"本单位已以 external_id {one} 登记该人员。"}]} for one in ("W-1", "W-12", "1")]
    assert rules.without(texts, he, "W-1") == texts[1:]
    assert rules.without(texts, he, "") == texts
    nested = {"groups": [{"rows": [{"worker_id": he}, {"worker_id": she}]}]}
    assert rules.without(nested, he, "") == {"groups": [{"rows": [{"worker_id": she}]}]}


def test_the_registry_names_them() -> None:
    [found] = [one for one in rulebook.personal_tables() if one.how is How.ANSWERS]
    assert (found.name, found.personal) == ("idempotency_keys", {"body": "free_text"})
