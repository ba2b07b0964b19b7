"""What a worker sees and does by himself."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from chassis.identity import Role
from labour.consents.models import Purpose as ConsentPurpose
from tests.harness import NOON, Harness
from tests.labour.conftest import Site, resident_id, worker_row
from tests.labour.contracting import NAME, PHONE, Contracting, later
from tests.labour.wages import Wages

NEW = "13911110000"


async def test_my_record_is_masked(contracting: Contracting) -> None:
    worker_id, number = await contracting.worker()
    phone = await (await contracting.self_service(worker_id, number)).opened()
    answer = await phone.get("/record")
    record = answer.json()
    assert (record["name"], record["worker_id"]) == (NAME, str(worker_id))
    assert record["id_card_number_masked"] == f"{number[:4]}**********{number[-4:]}"
    assert number not in answer.text
    assert PHONE not in answer.text
    assert "6222020200112233445" not in answer.text


async def test_my_days_are_mine_alone(contracting: Contracting, site: Site) -> None:
    worker_id, number = await contracting.worker(agreement=worker_row()["agreement"])
    [colleague] = await site.workers(worker_row())
    await site.assigned([worker_id, colleague], enter_at=(NOON - timedelta(days=2)).isoformat())
    device = await site.device()
    swipes = [
        {
            "worker_id": str(one),
            "at": (NOON - timedelta(hours=hours)).isoformat(),
            "direction": direction,
            "attend_type": "001",
            "sequence": sequence,
        }
        for sequence, (one, hours, direction) in enumerate(
            [(worker_id, 28, "01"), (worker_id, 19, "02"), (worker_id, 4, "01"), (colleague, 4, "01")]
        )
    ]
    await site.post("/labour/v1/attendance/swipes:batch", {"device_id": str(device), "swipes": swipes}, site.gate)
    phone = await (await contracting.self_service(worker_id, number)).opened()
    days = (await phone.get("/days")).json()["items"]
    assert [(one["day"], one["days"]) for one in days] == [("2026-11-23", "0.00"), ("2026-11-22", "1.00")]
    assert {one["worker_id"] for one in days} == {str(worker_id)}
    first = (await phone.get("/days", first="2026-11-23", last="2026-11-23")).json()["items"]
    assert [one["day"] for one in first] == ["2026-11-23"]


async def test_my_contracts_are_those_that_were_shown_to_me(contracting: Contracting) -> None:
    signed, phone = await contracting.signed()
    worker_id = UUID(signed["worker_id"])
    draft = await contracting.draft(worker_id, valid_from="2027-01-01", valid_to=None)
    with later(contracting.harness, timedelta(hours=1)):
        phone = await (await contracting.self_service(worker_id, phone.number)).opened()
        listed = (await phone.get("/contracts")).json()["items"]
        hidden = await phone.get(f"/contracts/{draft['id']}")
        paper = await phone.get(f"/contracts/{signed['id']}/document")
    assert [(one["id"], one["state"]) for one in listed] == [(signed["id"], "signed")]
    assert (hidden.status_code, hidden.json()["code"]) == (404, "CONTRACT_NOT_FOUND")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.headers["x-content-type-options"] == "nosniff"


async def test_a_new_number_counts_when_its_code_has_come_back(contracting: Contracting, labour: Harness) -> None:
    worker_id, number = await contracting.worker()
    phone = await (await contracting.self_service(worker_id, number)).opened()
    with later(labour, timedelta(minutes=2)):
        sent = await phone.post("/phone", {"cell_phone": NEW})
        assert (sent.status_code, sent.json()["sent_to"]) == (200, "1*********0")
        await phone.carried()
        message = await phone.message()
        assert (message["to"], message["kind"]) == (NEW, "phone")
        wrong = await phone.post("/phone:confirm", {"code": "000000" if message["code"] != "000000" else "111111"})
        assert (wrong.json()["changed"], wrong.json()["tries_left"]) == (False, 4)
        done = await phone.post("/phone:confirm", {"code": message["code"]})
        assert done.json() == {"changed": True, "cell_phone_masked": "1*********0", "tries_left": 5}
        twice = await phone.post("/phone:confirm", {"code": message["code"]})
        assert twice.json()["changed"] is False, "a code counts once"
    async with labour.sql() as connection:
        assert await connection.fetchval("SELECT cell_phone FROM workers WHERE id = $1", worker_id) == NEW
        row = await connection.fetchrow(
            "SELECT subject, before::text, after::text FROM audit WHERE entity_id = $1 ORDER BY id DESC LIMIT 1",
            worker_id,
        )
    assert row is not None
    assert row["subject"] == f"worker:{worker_id}"
    assert NEW not in row["before"] + row["after"]
    assert (await labour.audited(worker_id))[-1] == "workers.correct-phone"


async def test_an_identity_code_changes_no_number(contracting: Contracting, labour: Harness) -> None:
    """A code proves one thing: that of the registered phone is not taken for one of the new number."""
    worker_id, number = await contracting.worker()
    phone = await (await contracting.self_service(worker_id, number)).opened()
    code = (await phone.message())["code"]
    answer = await phone.post("/phone:confirm", {"code": code})
    assert answer.json()["changed"] is False
    async with labour.sql() as connection:
        assert await connection.fetchval("SELECT cell_phone FROM workers WHERE id = $1", worker_id) == PHONE


async def test_the_employers_unchanged_row_does_not_bring_the_old_number_back(
    contracting: Contracting, site: Site, labour: Harness
) -> None:
    row = worker_row(name=NAME, cell_phone=PHONE)
    [worker_id] = await site.workers(row)
    phone = await (await contracting.self_service(worker_id, row["id_card_number"])).opened()
    with later(labour, timedelta(minutes=2)):
        await phone.post("/phone", {"cell_phone": NEW})
        await phone.carried()
        await phone.post("/phone:confirm", {"code": (await phone.message())["code"]})
    answer = await site.post("/labour/v1/workers:batch", {"workers": [row]}, site.clerk)
    assert answer["unchanged"] == 1
    async with labour.sql() as connection:
        assert await connection.fetchval("SELECT cell_phone FROM workers WHERE id = $1", worker_id) == NEW


async def test_refusals_speak_both_languages(contracting: Contracting) -> None:
    worker_id, number = await contracting.worker()
    phone = await contracting.self_service(worker_id, number)
    english = (await phone.get("/record")).json()
    phone.language = "zh-CN"
    chinese = (await phone.get("/record")).json()
    assert english["detail"] == chinese["details"]["en"] != chinese["detail"] == english["details"]["zh-CN"]
    assert "身份核验" in chinese["detail"]


async def test_i_see_who_saw_my_data_at_this_employer_and_at_no_other(contracting: Contracting, site: Site) -> None:
    worker_id, number = await contracting.worker()
    [elsewhere] = await site.workers(
        worker_row(id_card_number=number), clerk=(stranger := site.stranger.as_(Role.LABOUR_CLERK))
    )
    async with site.harness.client(stranger) as client:
        await client.get(f"/labour/v1/workers/{elsewhere}")
    clerk = site.clerk
    async with site.harness.client(clerk) as client:
        await client.get(f"/labour/v1/workers/{worker_id}")
    officer = site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER)
    await site.post(f"/labour/v1/workers/{worker_id}:unmask", {"reason": "核对工资代发账户"}, officer)
    phone = await (await contracting.self_service(worker_id, number)).opened()
    seen = (await phone.get("/accesses")).json()["items"]
    assert [(one["kind"], one["purpose"], one["seen_by"]) for one in seen] == [
        ("unmask", "核对工资代发账户", officer.subject),
        ("view", "", clerk.subject),
    ]
    assert {one["organisation_id"] for one in seen} == {str(site.subcontractor.id)}


async def test_i_take_my_consent_back_by_myself(contracting: Contracting, site: Site) -> None:
    """As easily as it was given (PIPL art 15); the answer says what is gone, and once is enough."""
    worker_id, number = await contracting.worker()
    phone = await (await contracting.self_service(worker_id, number)).opened()
    [mine] = (await phone.get("/consents")).json()["items"]
    assert (mine["purpose"], mine["state"], mine["worker_id"]) == ("bank_account", "given", str(worker_id))
    taken = await phone.post(f"/consents/{mine['id']}:withdraw")
    assert (taken.status_code, taken.json()["state"]) == (200, "withdrawn")
    assert (taken.json()["erased"], taken.json()["kept"]) == (["payroll_bank_card"], [])
    assert (await phone.get("/record")).json()["payroll_bank_card_masked"] == ""
    [seen] = (await contracting.get(f"/workers/{worker_id}/consents"))["items"]
    assert seen["state"] == "withdrawn"
    async with site.harness.sql() as connection:
        subject = "SELECT subject FROM audit WHERE verb = 'consents.withdraw' AND entity_id = $1"
        assert await connection.fetchval(subject, UUID(mine["id"])) == f"worker:{worker_id}"
    again = await phone.post(f"/consents/{mine['id']}:withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "INVALID_STATE")


async def test_my_withdrawal_counts_at_the_next_payout(contracting: Contracting, site: Site) -> None:
    wages, number = Wages(site), resident_id()
    [worker_id] = await wages.paid_by_day(1, id_card_number=number, name=NAME, cell_phone=PHONE)
    _, lines = await wages.approved()
    account = await wages.account("10000.00")
    phone = await (await contracting.self_service(worker_id, number)).opened()
    [mine] = (await phone.get("/consents")).json()["items"]
    await phone.post(f"/consents/{mine['id']}:withdraw")
    body = {"account_id": account["id"], "execute_on": "2026-11-25"}
    refusal = await wages.refused(wages.accountant, "/payouts", body, "CONSENT_WITHDRAWN")
    assert refusal["metadata"] == {"line_ids": lines[worker_id]["id"]}


@pytest.mark.parametrize("purpose", list(ConsentPurpose))
async def test_i_consent_by_myself_to_the_text_that_i_was_shown(
    contracting: Contracting, site: Site, purpose: ConsentPurpose
) -> None:
    """Each purpose by itself; the clerk sees it like one on paper, and the audit who was checked, when and how."""
    worker_id, number = await contracting.worker()
    phone = await (await contracting.self_service(worker_id, number)).opened()
    texts = {one["purpose"]: one for one in (await phone.get("/consent-texts")).json()["items"]}
    assert set(texts) == set(ConsentPurpose)
    body = {"purpose": purpose.value, "text_version": texts[purpose]["version"]}
    given = await phone.post("/consents", body)
    assert given.status_code == 201, given.text
    again = await phone.post("/consents", body)
    assert again.json() == given.json(), "the same once more changes nothing"
    listed = (await contracting.get(f"/workers/{worker_id}/consents"))["items"]
    assert [one for one in listed if one["purpose"] == purpose and one["state"] == "given"] == [given.json()]
    told = {name: given.json()[name] for name in ("how", "given_on", "text_version", "file_id")}
    assert told == {"how": "link", "given_on": "2026-11-23", "text_version": "2026-1", "file_id": None}
    async with site.harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT subject, after FROM audit WHERE verb = 'consents.give' AND entity_id = $1", UUID(given.json()["id"])
        )
    [(subject, after)] = [tuple(row) for row in rows]
    assert subject == f"worker:{worker_id}"
    assert after["link_id"] == given.json()["link_id"]
    assert (after["checked_at"], after["code_sent_at"]) == (NOON.isoformat(), NOON.isoformat())
    assert after["code_sent_to"] == "1*********0"


async def test_what_i_consent_to_counts_at_the_next_swipe(contracting: Contracting, site: Site) -> None:
    worker_id, number = await contracting.worker(agreement=worker_row()["agreement"])
    await site.assigned([worker_id], enter_at=(NOON - timedelta(days=2)).isoformat())
    device = await site.device(channel="phone")
    phone = await (await contracting.self_service(worker_id, number)).opened()

    async def swiped(sequence: int) -> list[str]:
        swipe = {
            "sequence": sequence,
            "worker_id": str(worker_id),
            "at": (NOON - timedelta(minutes=5 - sequence)).isoformat(),
            "direction": "01",
            "attend_type": "001",
            "location": {"lng": "114.0579", "lat": "22.5431", "accuracy_m": "12.3"},
        }
        body = {"device_id": str(device), "swipes": [swipe]}
        answer = await site.post("/labour/v1/attendance/swipes:batch", body, site.gate)
        told: list[str] = answer["results"][0].get("warnings", [])
        return told

    assert await swiped(1) == ["LOCATION_CONSENT_MISSING"]
    await phone.post("/consents", {"purpose": "location", "text_version": "2026-1"})
    assert await swiped(2) == []
