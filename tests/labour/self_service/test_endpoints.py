"""A link for one thing opens nothing else: every route below /my × every purpose × every way in which it is closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.identity import Role
from chassis.ids import new_id
from labour.links import service as links
from labour.links.service import NewLink
from labour.links.states import Purpose
from tests.harness import Harness, key
from tests.labour.contracting import Contracting, Phone, later
from tests.visibility.calls import operations

OPENED: dict[str, set[Purpose]] = {
    "getMyRecord": {Purpose.SELF_SERVICE},
    "listMyDays": {Purpose.SELF_SERVICE},
    "listMyAccesses": {Purpose.SELF_SERVICE},
    "listMyConsents": {Purpose.SELF_SERVICE},
    "listMyConsentTexts": {Purpose.SELF_SERVICE},
    "giveMyConsent": {Purpose.SELF_SERVICE},
    "withdrawMyConsent": {Purpose.SELF_SERVICE},
    "listMyContracts": {Purpose.SELF_SERVICE},
    "getMyContract": {Purpose.SELF_SERVICE, Purpose.CONTRACT},
    "getMyContractDocument": {Purpose.SELF_SERVICE, Purpose.CONTRACT},
    "signMyContract": {Purpose.CONTRACT},
    "declineMyContract": {Purpose.CONTRACT},
    "sendMyPhoneCode": {Purpose.SELF_SERVICE},
    "changeMyPhone": {Purpose.SELF_SERVICE},
    "listMySlips": {Purpose.SELF_SERVICE},
    "getMySlip": {Purpose.SELF_SERVICE},
    "getMySlipDocument": {Purpose.SELF_SERVICE},
    "getMyWages": {Purpose.WAGE_SHEET},
    "signMyWages": {Purpose.WAGE_SHEET},
    "objectToMyWages": {Purpose.WAGE_SHEET},
}
"""What each purpose opens, once the identity check is passed."""
OF_A_LINE = {"getMySlip", "getMySlipDocument", "getMyWages", "signMyWages", "objectToMyWages"}
"""Asked here about a line that nobody has; what they show of one's own is tests/labour/payrolls/test_service.py."""
CHECKING = {"getMyLink", "sendMyCode", "checkMyIdentity"}
"""What every link opens, whatever it is for, before the check."""

MINE = {name for name, one in operations("labour").items() if one.path.startswith("/labour/v1/my/")}


def test_every_route_has_its_line() -> None:
    assert set(OPENED) | CHECKING == MINE


async def ask(phone: Phone, name: str, ids: dict[str, str]) -> httpx.Response:
    """One call of a route with the example of its document and these ids."""
    async with phone.client() as client:
        return await client.request(**operations("labour")[name].request(ids))


async def of_purpose(contracting: Contracting, purpose: Purpose) -> tuple[Phone, dict[str, Any]]:
    """A worker with an offered contract, and a link of this purpose with its check passed."""
    contract, phone = await contracting.offered()
    if purpose is not Purpose.CONTRACT:
        async with contracting.harness.work(contracting.site.clerk) as work:
            subject = new_id() if purpose is Purpose.WAGE_SHEET else None
            issued = await links.issue(work, NewLink(UUID(contract["worker_id"]), purpose, subject, timedelta(days=7)))
        phone = Phone(contracting.harness, issued.secret, phone.number)
    return await phone.opened(), contract


@pytest.mark.parametrize("purpose", Purpose)
async def test_a_purpose_opens_its_own_routes_and_no_other(
    contracting: Contracting, labour: Harness, purpose: Purpose
) -> None:
    phone, contract = await of_purpose(contracting, purpose)
    listed = await contracting.get(f"/workers/{contract['worker_id']}/consents")
    ids = {"contract_id": contract["id"], "consent_id": listed["items"][0]["id"]}
    for name in sorted(OPENED, key=lambda name: name == "declineMyContract"):  # the one that uses the link up
        before = await labour.checksum()
        answer = await ask(phone, name, ids)
        if purpose in OPENED[name] and name in OF_A_LINE:
            assert answer.json()["code"] == "PAYROLL_LINE_NOT_FOUND", name
        elif purpose in OPENED[name]:
            assert answer.status_code not in (401, 403, 404), name
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "LINK_PURPOSE"), name
            assert await labour.checksum() == before


@pytest.mark.parametrize("purpose", [Purpose.CONTRACT, Purpose.SELF_SERVICE])
async def test_another_workers_contract_is_not_there(
    contracting: Contracting, labour: Harness, purpose: Purpose
) -> None:
    phone, _ = await of_purpose(contracting, purpose)
    foreign, _ = await contracting.signed()
    before = await labour.checksum()
    for name in ("getMyContract", "getMyContractDocument", "signMyContract", "declineMyContract"):
        if purpose in OPENED[name]:
            answers = [await ask(phone, name, {"contract_id": one}) for one in (foreign["id"], str(new_id()))]
            assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "CONTRACT_NOT_FOUND")] * 2
    assert await labour.checksum() == before
    if purpose is Purpose.SELF_SERVICE:
        assert foreign["id"] not in (await phone.get("/contracts")).text


async def test_another_workers_consent_is_not_there(contracting: Contracting, labour: Harness) -> None:
    phone, _ = await of_purpose(contracting, Purpose.SELF_SERVICE)
    other, _ = await contracting.worker()
    foreign = (await contracting.get(f"/workers/{other}/consents"))["items"][0]["id"]
    before = await labour.checksum()
    answers = [await ask(phone, "withdrawMyConsent", {"consent_id": one}) for one in (foreign, str(new_id()))]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "CONSENT_NOT_FOUND")] * 2
    assert await labour.checksum() == before
    assert foreign not in (await phone.get("/consents")).text


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"purpose": "location", "text_version": "2020-1"}, "/text_version", "CONSENT_TEXT_NOT_IN_FORCE"),
    ({"purpose": "everything", "text_version": "2026-1"}, "/purpose", "ENUM"),
    ({"purpose": "location"}, "/text_version", "MISSING"),
    ({"purpose": "location", "text_version": "2026-1", "given_on": "2026-01-01"}, "/given_on", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("body", "pointer", "code"), BAD, ids=[code for *_, code in BAD])
async def test_a_consent_that_cannot_be_given_points_at_the_fault(
    contracting: Contracting, labour: Harness, body: dict[str, str], pointer: str, code: str
) -> None:
    phone, _ = await of_purpose(contracting, Purpose.SELF_SERVICE)
    before = await labour.checksum()
    answer = await phone.post("/consents", body)
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await labour.checksum() == before


async def test_a_link_to_sign_opens_no_other_contract_of_its_worker(contracting: Contracting, labour: Harness) -> None:
    phone, contract = await of_purpose(contracting, Purpose.CONTRACT)
    other = await contracting.draft(UUID(contract["worker_id"]), valid_from="2027-01-01", valid_to="2027-12-31")
    await contracting.offer(other, phone.number)
    before = await labour.checksum()
    for name in ("getMyContract", "getMyContractDocument", "signMyContract", "declineMyContract"):
        answer = await ask(phone, name, {"contract_id": other["id"]})
        assert (answer.status_code, answer.json()["code"]) == (404, "CONTRACT_NOT_FOUND"), name
    assert await labour.checksum() == before


async def _used(contracting: Contracting, phone: Phone, contract: dict[str, Any]) -> None:
    await phone.post(f"/contracts/{contract['id']}:decline", {"reason": "x"})


async def _revoked(contracting: Contracting, phone: Phone, contract: dict[str, Any]) -> None:
    await contracting.verb(contract, "withdraw", {"reason": "x"})


async def _locked(contracting: Contracting, phone: Phone, contract: dict[str, Any]) -> None:
    for _ in range(5):
        await phone.check(code="000000", name="李强")


CLOSING: dict[str, Callable[[Contracting, Phone, dict[str, Any]], Awaitable[None]]] = {
    "LINK_USED": _used,
    "LINK_REVOKED": _revoked,
    "LINK_LOCKED": _locked,
}


@pytest.mark.parametrize("code", CLOSING)
async def test_a_closed_link_opens_no_route(contracting: Contracting, labour: Harness, code: str) -> None:
    """Not even with its session still running."""
    phone, contract = await of_purpose(contracting, Purpose.CONTRACT)
    await CLOSING[code](contracting, phone, contract)
    before = await labour.checksum()
    for name in sorted(MINE):
        answer = await ask(phone, name, {"contract_id": contract["id"]})
        assert (answer.status_code, answer.json()["code"]) == (403, code), name
    assert await labour.checksum() == before


async def test_an_expired_link_and_one_that_was_never_checked(contracting: Contracting, labour: Harness) -> None:
    contract, phone = await contracting.offered()
    before = await labour.checksum()
    for name in sorted(OPENED):
        answer = await ask(phone, name, {"contract_id": contract["id"]})
        wanted = "LINK_NOT_CHECKED" if Purpose.CONTRACT in OPENED[name] else "LINK_PURPOSE"
        assert (answer.status_code, answer.json()["code"]) == (403, wanted), name
    with later(labour, timedelta(days=7)):
        for name in sorted(MINE):
            answer = await ask(phone, name, {"contract_id": contract["id"]})
            assert (answer.status_code, answer.json()["code"]) == (403, "LINK_EXPIRED"), name
    assert await labour.checksum() == before


async def test_no_token_opens_a_workers_page_and_no_link_an_employers(
    contracting: Contracting, labour: Harness
) -> None:
    phone, contract = await of_purpose(contracting, Purpose.SELF_SERVICE)
    before = await labour.checksum()
    async with labour.client(contracting.site.subcontractor.as_(*Role)) as client:
        for name in sorted(MINE):
            answer = await client.request(**operations("labour")[name].request({"contract_id": contract["id"]}))
            assert (answer.status_code, answer.json()["code"]) == (401, "LINK_INVALID"), name
    for name, operation in operations("labour").items():
        if name not in MINE:
            answer = await ask(phone, name, {"contract_id": contract["id"], "worker_id": contract["worker_id"]})
            assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_MISSING"), operation.path
    assert await labour.checksum() == before


async def test_a_signature_that_is_sent_again_hears_its_answer_though_the_link_is_used(
    contracting: Contracting,
) -> None:
    """The phone lost the first answer; the same key gets it, another key gets nothing."""
    phone, contract = await of_purpose(contracting, Purpose.CONTRACT)
    paper = await phone.get(f"/contracts/{contract['id']}/document")
    body, named = {"sha256": sha256(paper.content).hexdigest()}, key()
    path = f"/contracts/{contract['id']}:sign"
    first, again = [await phone.post(path, body, headers=named) for _ in range(2)]
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await phone.post(path, body)
    assert (other.status_code, other.json()["code"]) == (403, "LINK_USED")
