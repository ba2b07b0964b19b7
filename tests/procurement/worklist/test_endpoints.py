"""The REST door of the work list: who finds what, who finds nothing, bad input."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from procurement.worklist.rules import Kind as Waiting
from tests.harness import Harness, organisation
from tests.procurement.buying import Buying
from tests.procurement.payables.conftest import Ledger
from tests.procurement.worklist.conftest import PATH, Desks, ask, lists_of_others

BUYERS_ROLES = {
    Waiting.ORDERS_TO_APPROVE: {Role.APPROVER},
    Waiting.CHANGES_TO_APPROVE: {Role.APPROVER},
    Waiting.STEPS_TO_DECIDE: {Role.APPROVER},
    Waiting.DELIVERIES_EXPECTED: {Role.SITE_ENGINEER, Role.GATE_DEVICE},
    Waiting.DELIVERIES_TO_ACCEPT: {Role.SITE_ENGINEER},
    Waiting.QUESTIONS_TO_ANSWER: {Role.BUYER},
    Waiting.SOURCINGS_TO_OPEN: {Role.BUYER},
    Waiting.SOURCINGS_TO_AWARD: {Role.BUYER},
    Waiting.STATEMENTS_TO_AGREE: {Role.BUYER, Role.ACCOUNTANT, Role.COST_CONTROLLER},
    Waiting.INVOICES_TO_MATCH: {Role.BUYER, Role.ACCOUNTANT, Role.COST_CONTROLLER},
    Waiting.INVOICES_TO_APPROVE: {Role.ACCOUNTANT, Role.COST_CONTROLLER},
    Waiting.CREDIT_NOTES_DUE: {Role.ACCOUNTANT, Role.COST_CONTROLLER},
    Waiting.PAYABLES_DUE: {Role.ACCOUNTANT},
    Waiting.PAYABLES_OVERDUE: {Role.ACCOUNTANT},
    Waiting.PAYMENTS_TO_APPROVE: {Role.APPROVER},
    Waiting.PAYMENTS_TO_EXPORT: {Role.ACCOUNTANT},
    Waiting.LICENCES_EXPIRING: {Role.BUYER},
    Waiting.GUARANTEES_EXPIRING: {Role.ACCOUNTANT, Role.COST_CONTROLLER},
}
SUPPLIERS_ROLES = {
    Waiting.ORDERS_TO_CONFIRM: {Role.SALES},
    Waiting.CHANGES_TO_ANSWER: {Role.SALES},
    Waiting.AGREEMENTS_TO_SIGN: {Role.SALES},
    Waiting.SUPPLEMENTS_TO_SIGN: {Role.SALES},
    Waiting.INQUIRIES_TO_QUOTE: {Role.SALES},
    Waiting.QUOTES_TO_REVIEW: {Role.SALES},
    Waiting.AUCTIONS_TO_BID: {Role.SALES},
    Waiting.AUCTIONS_BEGINNING: {Role.SALES},
    Waiting.CREDIT_NOTES_DUE: {Role.SALES, Role.ACCOUNTANT},
}


async def test_every_kind_waits_for_its_roles_and_leads_to_its_document(desks: Desks) -> None:
    """For both sides and each role; the link of an item is one that the same member can read."""
    assert set(desks.links) == set(Waiting) == set(BUYERS_ROLES) | set(SUPPLIERS_ROLES)
    for side, expected in ((desks.site.contractor, BUYERS_ROLES), (desks.site.supplier, SUPPLIERS_ROLES)):
        for role in Role:
            who = side.as_(role)
            counts = await desks.counts(who)
            for kind in Waiting:
                items = await desks.items(who, kind)
                assert len(items) == counts.get(kind, 0), (kind, role)
                links = [item["link"] for item in items]
                assert (desks.links[kind] in links) == (role in expected.get(kind, ())), (kind, role, links)
                assert bool(items) == (role in expected.get(kind, ())), (kind, role, links)
        every = side.as_(*Role)
        for kind in expected:
            for item in await desks.items(every, kind):
                assert (await ask(desks.harness, every, item["link"])).status_code == 200, item
                assert item["kind"] == kind
                assert item["title"]


async def test_others_find_nothing(desks: Desks) -> None:
    """Nobody outside, of whatever kind and with all roles at once; nothing changes by asking."""
    before = await desks.harness.checksum()
    for who in [*(organisation(kind) for kind in (Kind.OWNER, Kind.CONTRACTOR, Kind.SUPPLIER)), organisation(*Kind)]:
        assert set((await desks.counts(who.as_(*Role))).values()) == {0}
        for waiting in Waiting:
            assert await desks.items(who.as_(*Role), waiting) == []
    for kind in set(Kind) - {Kind.OWNER, Kind.CONTRACTOR, Kind.SUPPLIER}:
        for path in (PATH, f"{PATH}/{Waiting.ORDERS_TO_APPROVE}"):
            answer = await ask(desks.harness, organisation(kind).as_(*Role), path)
            assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    assert await desks.harness.checksum() == before


async def test_a_sealed_quote_shows_on_no_list_but_its_suppliers(buying: Buying) -> None:
    """Before the deadline the lists of the buyer and of a rival are byte for byte what they were."""
    desks = Desks(buying.harness, buying.site)
    sourcing = await buying.published()
    before = await lists_of_others(buying)
    receipt = await buying.quote(0, sourcing, "4000", None)
    assert await lists_of_others(buying) == before
    assert await desks.items(buying.sales(0), Waiting.INQUIRIES_TO_QUOTE) == []
    await buying.post(buying.sales(0), f"/quotes/{receipt['id']}:withdraw")
    assert await lists_of_others(buying) == before
    [again] = await desks.items(buying.sales(0), Waiting.INQUIRIES_TO_QUOTE)
    assert (again["due_at"], again["due_on"]) == (sourcing["deadline"], "2026-11-23")
    await buying.at_the_deadline(sourcing)
    assert await desks.items(buying.sales(1), Waiting.INQUIRIES_TO_QUOTE) == []


async def test_who_prepared_a_payment_is_not_asked_to_approve_it(desks: Desks) -> None:
    one = desks.site.contractor.as_(Role.ACCOUNTANT, Role.APPROVER)
    ledger = Ledger(desks.harness, desks.site)
    [owed] = await ledger.invoice("50.00")
    ledger.accountant = one
    payment = (await ledger.prepared([(owed.id, "50.00")])).json()
    await ledger.good(one, "POST", f"/payments/{payment['id']}:submit")
    link = f"/procurement/v1/payments/{payment['id']}"
    assert link not in [item["link"] for item in await desks.items(one, Waiting.PAYMENTS_TO_APPROVE)]
    another = await desks.items(ledger.approver, Waiting.PAYMENTS_TO_APPROVE)
    assert link in [item["link"] for item in another]


async def test_pages_bring_what_is_due_first(desks: Desks) -> None:
    """Each once, over all pages, in the order of the days; without a day last."""
    ledger = Ledger(desks.harness, desks.site)
    for day in ("2026-11-29", "2026-11-24", "2026-11-24", "2026-11-30", "2026-12-01"):
        await ledger.advance(due_on=day)
    seen, token = [], ""
    while True:
        query = {"page_size": 2, "page_token": token}
        answer = (await ask(desks.harness, ledger.accountant, f"{PATH}/{Waiting.PAYABLES_DUE}", **query)).json()
        seen += [(item["due_on"], item["id"]) for item in answer["items"]]
        token = answer["next_page_token"]
        if not token:
            break
    assert seen == sorted(set(seen))
    assert [day for day, _ in seen] == ["2026-11-24", "2026-11-24", "2026-11-29", "2026-11-30", "2026-11-30"]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [("/lunch", {}, 422), ("/orders_to_approve", {"page_token": "x"}, 400), ("/payables_due", {"page_size": 0}, 422)],
)
async def test_bad_input(procurement: Harness, path: str, query: dict[str, str], status: int) -> None:
    who = organisation(Kind.CONTRACTOR).as_(*Role)
    assert (await ask(procurement, who, PATH + path, **query)).status_code == status
