"""The REST door of supplier files: who sees what, filters, accounts, bad input."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.procurement.suppliers.conftest import ACCOUNT, PATH, POLICIES, STANDINGS, Dealing, content, licence


async def test_post_says_what_get_says(dealing: Dealing) -> None:
    file_id, _ = await dealing.invited()
    made = await dealing.good(dealing.buyer, "GET", f"{PATH}/{file_id}")
    assert made["contacts"] == [{"name": "李梅", "duty": "销售经理", "phone": "0755-26543210", "email": None}]
    assert (made["state"], made["supplier_id"], made["uscc"]) == ("invited", None, dealing.supplier.uscc)
    assert (made["small_firm"], made["kinds"], made["account_number_masked"]) == (True, ["01", "0401"], "")


async def test_a_firm_has_one_file_with_a_buyer(dealing: Dealing, procurement: Harness) -> None:
    """Another buyer may have one, too."""
    await dealing.invited()
    before = await procurement.checksum()
    again = await dealing.call(dealing.buyer, "POST", PATH, json=content(uscc=dealing.supplier.uscc))
    assert (again.status_code, again.json()["code"]) == (409, "SUPPLIER_FILE_EXISTS")
    assert await procurement.checksum() == before
    await Dealing(procurement, supplier=dealing.supplier).invited()


async def test_revising_needs_the_version(dealing: Dealing) -> None:
    file_id, _ = await dealing.invited()
    path, change = f"{PATH}/{file_id}", content(kinds=["0109", "01", "02"], small_firm=False, note="")
    none = await dealing.call(dealing.buyer, "PUT", path, json=change)
    stale = await dealing.call(dealing.buyer, "PUT", path, json=change, headers={"If-Match": '"7"'})
    right = await dealing.call(dealing.buyer, "PUT", path, json=change, headers={"If-Match": '"1"'})
    assert (none.json()["code"], stale.json()["code"]) == ("IF_MATCH_MISSING", "VERSION_MISMATCH")
    assert right.status_code == 200, right.text
    found = right.json()
    assert (found["version"], found["kinds"], found["small_firm"], found["note"]) == (2, ["01", "02"], False, "")


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("check digit", {"uscc": "91440300MA5ABCDE1J"}, "/uscc", "USCC_INVALID"),
    ("no code at all", {"uscc": "宝钢"}, "/uscc", "USCC_INVALID"),
    ("three digits", {"kinds": ["010"]}, "/kinds/0", "STRING_PATTERN_MISMATCH"),
    ("nobody to call", {"contacts": []}, "/contacts", "TOO_SHORT"),
    ("phone", {"contacts": [{"name": "李梅", "phone": "call me"}]}, "/contacts/0/phone", "STRING_PATTERN_MISMATCH"),
    ("not a boolean", {"small_firm": "yes"}, "/small_firm", "BOOL_TYPE"),
    ("state", {"state": "active"}, "/state", "EXTRA_FORBIDDEN"),
    ("supplier", {"supplier_id": str(new_id())}, "/supplier_id", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_invitations_change_nothing(
    dealing: Dealing, procurement: Harness, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    before = await procurement.checksum()
    answer = await dealing.call(dealing.buyer, "POST", PATH, json=content(uscc=dealing.supplier.uscc) | change)
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert fault["details"]["zh-CN"]
    assert await procurement.checksum() == before


OTHERS: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("dates backwards", "/licences", licence(valid_until="2025-12-31"), "", "DATES_BACKWARDS"),
    ("kind of licence", "/licences", licence(kind="driving"), "/kind", "ENUM"),
    ("no such day", "/licences", licence(valid_from="2026-02-30"), "/valid_from", "DATE_FROM_DATETIME_PARSING"),
    ("until yesterday", ":suspend", {"reason": "x", "until": "2026-11-22"}, "/until", "IN_PAST"),
    ("the last day there is", ":suspend", {"reason": "x", "until": "9999-12-31"}, "/until", "DAY_OUT_OF_RANGE"),
    ("the first day there is", "/licences", licence(valid_from="0001-01-01"), "/valid_from", "DAY_OUT_OF_RANGE"),
    ("no reason", ":blacklist", {"until": "2026-12-01"}, "/reason", "MISSING"),
    ("blank reason", ":blacklist", {"reason": "  ", "until": "2026-12-01"}, "/reason", "TOO_SHORT"),
    ("no end", ":suspend", {"reason": "x"}, "/until", "MISSING"),
]


@pytest.mark.parametrize(("name", "path", "body", "pointer", "code"), OTHERS, ids=[case[0] for case in OTHERS])
async def test_bad_judgements_change_nothing(
    dealing: Dealing, procurement: Harness, name: str, path: str, body: dict[str, Any], pointer: str, code: str
) -> None:
    file_id = await dealing.joined()
    before = await procurement.checksum()
    both = dealing.contractor.as_(Role.BUYER, Role.APPROVER)
    answer = await dealing.call(both, "POST", f"{PATH}/{file_id}{path}", json=body)
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert await procurement.checksum() == before


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"valid_from": "2026-11-22"}, "/valid_from", "IN_PAST"),
        ({"warning_days": 400}, "/warning_days", "LESS_THAN_EQUAL"),
        ({"warning_days": "30"}, "/warning_days", "INT_TYPE"),
        ({"source": ""}, "/source", "TOO_SHORT"),
    ],
)
async def test_bad_policies_change_nothing(
    dealing: Dealing, procurement: Harness, change: dict[str, Any], pointer: str, code: str
) -> None:
    policy = {"valid_from": "2026-12-01", "file_required": True, "warning_days": 30, "source": "管理办法"}
    before = await procurement.checksum()
    answer = await dealing.call(dealing.approver, "POST", POLICIES, json=policy | change)
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert await procurement.checksum() == before


async def test_a_policy_day_is_set_once(dealing: Dealing, procurement: Harness) -> None:
    policy = {"valid_from": "2026-12-01", "file_required": True, "warning_days": 30, "source": "管理办法"}
    made = await dealing.good(dealing.approver, "POST", POLICIES, json=policy)
    before = await procurement.checksum()
    again = await dealing.call(dealing.approver, "POST", POLICIES, json=policy | {"file_required": False})
    assert (again.status_code, again.json()["code"]) == (409, "SUPPLIER_POLICY_EXISTS")
    assert await procurement.checksum() == before
    assert (await dealing.good(dealing.buyer, "GET", POLICIES))["items"] == [made]
    strangers = await dealing.good(organisation(Kind.CONTRACTOR).as_(Role.BUYER), "GET", POLICIES)
    assert strangers["items"] == []


VERBS: list[tuple[str, str, Any]] = [
    ("PUT", "", content()),
    ("PUT", "/bank-account", ACCOUNT),
    ("POST", "/licences", licence()),
    ("POST", ":invite", None),
    ("POST", ":suspend", {"reason": "x", "until": "2026-12-31"}),
    ("POST", ":blacklist", {"reason": "x", "until": "2026-12-31"}),
    ("POST", ":lift", {"reason": "x"}),
    ("POST", ":unmask", {"reason": "x"}),
]


@pytest.mark.parametrize(("method", "path", "body"), VERBS, ids=[f"{one[0]}{one[1]}" for one in VERBS])
async def test_neither_other_buyers_nor_the_supplier_itself_change_a_file(
    dealing: Dealing, procurement: Harness, method: str, path: str, body: Any
) -> None:
    """For another buyer it is not there; a supplier has no such role; nothing changes."""
    file_id = await dealing.joined()
    rival = organisation(Kind.CONTRACTOR).as_(Role.BUYER, Role.APPROVER, Role.ACCOUNTANT)
    request = {"headers": key() | {"If-Match": '"2"'}} | ({} if body is None else {"json": body})
    before = await procurement.checksum()
    unseen = await dealing.call(rival, method, f"{PATH}/{file_id}{path}", **request)
    denied = await dealing.call(dealing.supplier.as_(*Role), method, f"{PATH}/{file_id}{path}", **request)
    assert (unseen.status_code, unseen.json()["code"]) == (404, "SUPPLIER_FILE_NOT_FOUND")
    assert (denied.status_code, denied.json()["code"]) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before


@pytest.mark.parametrize("verb", ["suspend", "blacklist"])
async def test_a_buyer_does_not_judge_alone(dealing: Dealing, procurement: Harness, verb: str) -> None:
    """Who buys from a supplier is not who bars it."""
    file_id = await dealing.joined()
    before = await procurement.checksum()
    body = {"reason": "x", "until": "2026-12-31"}
    answer = await dealing.call(dealing.buyer, "POST", f"{PATH}/{file_id}:{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert await procurement.checksum() == before


async def test_lists_by_state_material_text_and_end_of_licences(dealing: Dealing, procurement: Harness) -> None:
    steel = str(await dealing.joined())
    other = Dealing(procurement, contractor=dealing.contractor)
    cement_id, _ = await other.invited(name_zh="湛江水泥厂", name_en="Zhanjiang Cement 100%", kinds=["04010001"])
    cement = str(cement_id)
    await dealing.licensed(UUID(steel))
    await dealing.licensed(cement_id, valid_until="2027-06-30")
    await dealing.licensed(cement_id, number="old", valid_until="2026-06-30")
    expected: list[tuple[dict[str, Any], list[str]]] = [
        ({}, [cement, steel]),
        ({"state": "invited"}, [cement]),
        ({"state": "active"}, [steel]),
        ({"supplier_id": str(dealing.supplier.id)}, [steel]),
        ({"material": "01090001"}, [steel]),
        ({"material": "0401"}, [cement, steel]),
        ({"material": "04010002"}, [steel]),
        ({"material": "05"}, []),
        ({"text": "水泥"}, [cement]),
        ({"text": "bao steel"}, [steel]),
        ({"text": "100%"}, [cement]),
        ({"text": "%"}, [cement]),
        ({"text": dealing.supplier.uscc[:17].lower()}, [steel]),
        ({"expiring_before": "2026-12-31"}, []),
        ({"expiring_before": "2027-01-01"}, [steel]),
        ({"expiring_before": "2027-07-01"}, [cement, steel]),
        ({"state": "active", "text": "水泥"}, []),
    ]
    for filters, ids in expected:
        assert await dealing.listed(**filters) == ids, filters
    rival = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    assert (await dealing.good(rival, "GET", PATH, params={"text": "宝钢"}))["items"] == []


@pytest.mark.parametrize(
    ("filters", "pointer"),
    [
        ({"material": "01a"}, "query:material"),
        ({"text": "  "}, "query:text"),
        ({"expiring_before": "0001-01-01"}, "query:expiring_before"),
        ({"stat": "active"}, "query:stat"),
    ],
)
async def test_an_odd_filter_is_refused(dealing: Dealing, filters: dict[str, str], pointer: str) -> None:
    answer = await dealing.call(dealing.buyer, "GET", PATH, params=filters)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_an_account_is_sealed_masked_and_shown_to_the_accountant(dealing: Dealing, procurement: Harness) -> None:
    """The number stands nowhere in clear: not in the row, not in audit, outbox or kept answers."""
    file_id = await dealing.joined()
    before = await dealing.call(dealing.accountant, "POST", f"{PATH}/{file_id}:unmask", json={"reason": "付款核对"})
    assert (before.status_code, before.json()["code"]) == (409, "SUPPLIER_ACCOUNT_MISSING")
    found = await dealing.with_account(file_id)
    assert found["account_number_masked"] == "4420************2345"
    for who in (dealing.buyer, dealing.approver):
        denied = await dealing.call(who, "POST", f"{PATH}/{file_id}:unmask", json={"reason": "x"})
        assert denied.json()["code"] == "ROLE_MISSING"
    clear = await dealing.good(dealing.accountant, "POST", f"{PATH}/{file_id}:unmask", json={"reason": "付款核对"})
    assert clear == {"supplier_file_id": str(file_id), **ACCOUNT}
    assert (await procurement.audited(file_id))[-2:] == ["suppliers.set-account", "suppliers.unmask"]
    async with procurement.sql() as connection:
        for table in ("supplier_files", "audit", "outbox", "idempotency_keys"):
            for row in await connection.fetch(f"SELECT * FROM {table}"):
                assert ACCOUNT["number"] not in str(tuple(row.values())), table


async def test_unmasking_demands_a_key_and_a_reason(dealing: Dealing, procurement: Harness) -> None:
    file_id = await dealing.joined()
    await dealing.with_account(file_id)
    before = await procurement.checksum()
    path = f"{PATH}/{file_id}:unmask"
    none = await dealing.call(dealing.accountant, "POST", path, json={"reason": "x"}, headers={})
    blank = await dealing.call(dealing.accountant, "POST", path, json={"reason": ""})
    assert none.json()["code"] == "IDEMPOTENCY_KEY_MISSING"
    assert blank.status_code == 422
    assert await procurement.checksum() == before


async def test_two_suppliers_with_one_account_are_found(dealing: Dealing, procurement: Harness) -> None:
    """Only among the buyer's own files: that another buyer pays there is not its business."""
    first = str(await dealing.joined())
    others = [Dealing(procurement, contractor=dealing.contractor) for _ in range(2)]
    second, third = [str(await other.joined()) for other in others]
    foreign = Dealing(procurement)
    foreign_file = await foreign.joined()
    for file_id, number in ((first, "6222020200012345678"), (second, "6222020200012345678"), (third, "622202020001")):
        await dealing.with_account(UUID(file_id), number=number)
    await foreign.with_account(foreign_file, number="622202020001")
    assert await dealing.listed(shared_account=True) == [second, first]
    assert await dealing.listed(shared_account=False) == [third]
    assert await dealing.listed(same_account_as=first) == [second]
    assert await dealing.listed(same_account_as=third) == await dealing.listed(same_account_as=str(foreign_file)) == []


@pytest.mark.parametrize("number", ["1234567", "6222 0202", "六二二二", ""])
async def test_an_odd_account_number_is_refused(dealing: Dealing, procurement: Harness, number: str) -> None:
    """And not repeated in the refusal."""
    file_id = await dealing.joined()
    before = await procurement.checksum()
    path, body = f"{PATH}/{file_id}/bank-account", ACCOUNT | {"number": number}
    answer = await dealing.call(dealing.buyer, "PUT", path, json=body, headers={"If-Match": '"2"'})
    assert answer.status_code == 422
    assert not number or number not in answer.text
    assert await procurement.checksum() == before


async def test_a_supplier_sees_its_standing_and_no_more(dealing: Dealing) -> None:
    """State, reason and last day concern it; the buyer's notes, contacts and payment data do not leave the house."""
    file_id = await dealing.joined()
    await dealing.with_account(file_id)
    await dealing.licensed(file_id)
    await dealing.bar(file_id, until="2026-12-15")
    found = await dealing.good(dealing.sales, "GET", f"{STANDINGS}/{file_id}")
    assert (found["state"], found["reason"], found["until"]) == ("suspended", "三批复检不合格", "2026-12-15")
    assert not {"note", "contacts", "small_firm", "account_number_masked", "account_holder"} & set(found)
    assert (await dealing.good(dealing.sales, "GET", STANDINGS))["items"] == [found]
    [shown] = (await dealing.good(dealing.sales, "GET", f"{STANDINGS}/{file_id}/licences"))["items"]
    assert shown["number"] == "L-1"
    other = organisation(Kind.SUPPLIER).as_(Role.SALES)
    assert (await dealing.good(other, "GET", STANDINGS))["items"] == []
    for path in (f"{STANDINGS}/{file_id}", f"{STANDINGS}/{file_id}/licences"):
        assert (await dealing.call(other, "GET", path)).json()["code"] == "SUPPLIER_FILE_NOT_FOUND"


async def test_before_joining_a_supplier_sees_nothing(dealing: Dealing) -> None:
    """That somebody keeps a file about a firm is the buyer's business until the firm has taken its link."""
    file_id, _ = await dealing.invited()
    assert (await dealing.good(dealing.sales, "GET", STANDINGS))["items"] == []
    assert (await dealing.call(dealing.sales, "GET", f"{STANDINGS}/{file_id}")).status_code == 404
    assert await dealing.listed(supplier_id=str(dealing.supplier.id)) == []
    assert await dealing.listed(text="宝钢") == [str(file_id)]


async def test_pages_are_stable_while_files_are_opened(dealing: Dealing, procurement: Harness) -> None:
    made = [(await Dealing(procurement, contractor=dealing.contractor).invited())[0] for _ in range(3)]
    seen: list[str] = []
    token = ""
    while True:
        page = await dealing.good(dealing.buyer, "GET", PATH, params={"page_size": 2, "page_token": token})
        seen += [item["id"] for item in page["items"]]
        token = page["next_page_token"]
        if not token:
            break
        await Dealing(procurement, contractor=dealing.contractor).invited()
    assert seen == [str(one) for one in reversed(made)]
