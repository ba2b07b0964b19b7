"""Every commitment of money goes by the matrix: each kind of document end to end, through the REST door."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from chassis.identity import Kind, Role
from procurement.agreements.service import revise
from procurement.approvals.models import DocumentKind
from procurement.awards.events import AWARDED
from tests.harness import NOON, Harness, organisation
from tests.procurement.agreements.conftest import Agreements, item
from tests.procurement.approvals import papers
from tests.procurement.approvals.papers import CASES, Case, Office, Paper, with_every_role
from tests.procurement.buying import Buying
from tests.procurement.changes.conftest import Changes
from tests.procurement.conftest import Site, body
from tests.procurement.payables.conftest import Ledger
from zhulian.procurement.v1.sourcing_events_pb2 import Awarded

EACH = pytest.mark.parametrize("case", CASES, ids=[case.kind for case in CASES])
DRAFTS_AGAIN = (DocumentKind.AGREEMENT, DocumentKind.SUPPLEMENT, DocumentKind.PAYMENT)
AGAIN = [case for case in CASES if case.kind in DRAFTS_AGAIN]


@pytest.fixture
def office(procurement: Harness, site: Site, buying: Buying, noon: None) -> Office:
    """A buyer at noon of the 23rd."""
    return Office(procurement, site, buying)


async def two_levels(office: Office, case: Case) -> Paper:
    """A document of exactly the amount that needs the approver, then the project manager."""
    await office.two_levels(case.kind, case.amount)
    return await case.make(office)


@EACH
async def test_two_levels_at_the_exact_limit(office: Office, case: Case) -> None:
    """In sequence, each by its role and by another person; the last approval does what an approval always did."""
    paper = await two_levels(office, case)
    assert await office.state(paper) == paper.waits
    assert await office.stood(paper) == [(1, "approver", "waiting"), (1, "project_manager", "waiting")]
    assert await office.refused(office.manager, f"{paper.path}:approve") == "STEP_NEEDS_ROLE"
    assert await office.approve(office.approver, paper, "价格合理") == paper.waits
    again = with_every_role(office.approver)
    assert await office.refused(again, f"{paper.path}:approve") == "DECIDED_BEFORE"
    assert await office.approve(office.manager, paper) == paper.approved
    first, second = await office.steps(paper)
    assert (first["decided_by"], first["reason"]) == (office.approver.subject, "价格合理")
    assert (second["decided_by"], Decimal(second["amount"])) == (office.manager.subject, case.amount)
    assert (await office.call(office.manager, "POST", f"{paper.path}:approve")).status_code == 409


@EACH
async def test_one_approver_decides_without_a_matrix(office: Office, case: Case) -> None:
    """The platform's default, as it always was; of an award nobody is asked."""
    paper = await case.make(office)
    if case.kind is not DocumentKind.AWARD:
        assert await office.stood(paper) == [(1, "approver", "waiting")]
        assert await office.refused(office.manager, f"{paper.path}:approve") == "STEP_NEEDS_ROLE"
        await office.approve(office.approver, paper)
    assert await office.state(paper) == paper.approved


@EACH
async def test_four_eyes(office: Office, case: Case) -> None:
    """Who wrote and submitted it neither approves nor rejects it, whatever roles they hold."""
    paper = await two_levels(office, case)
    author = with_every_role(paper.author)
    assert await office.refused(author, f"{paper.path}:approve") == "SELF_APPROVAL"
    assert await office.refused(author, f"{paper.path}:reject", {"reason": "x"}) == "SELF_APPROVAL"
    assert paper.path not in await office.todo(author)


@EACH
async def test_who_is_away_is_stood_in_for(office: Office, case: Case) -> None:
    """The work list shows the step to the delegate and no more to the holder; both names stand there."""
    paper = await two_levels(office, case)
    assert paper.path in await office.todo(office.approver)
    assert paper.path not in await office.todo(office.deputy)
    assert await office.refused(office.deputy, f"{paper.path}:approve") == "STEP_NEEDS_ROLE"
    await office.delegate(office.approver, office.deputy, Role.APPROVER)
    assert paper.path not in await office.todo(office.approver)
    assert paper.path in await office.todo(office.deputy)
    assert await office.refused(office.approver, f"{paper.path}:approve") == "DECIDER_ABSENT"
    assert await office.approve(office.deputy, paper) == paper.waits
    [first, _] = await office.steps(paper)
    assert (first["decided_by"], first["decided_for"]) == (office.deputy.subject, office.approver.subject)
    assert paper.path in await office.todo(office.manager)
    assert paper.path not in await office.todo(office.deputy)


@EACH
async def test_of_parallel_decisions_of_a_step_one_wins(office: Office, case: Case) -> None:
    """Of the first step and of the last; the others are told and nothing is decided twice."""
    paper = await two_levels(office, case)
    for role, state in ((Role.APPROVER, paper.waits), (Role.PROJECT_MANAGER, paper.approved)):
        people = [office.site.contractor.as_(role) for _ in range(4)]
        answers = await asyncio.gather(*(office.call(who, "POST", f"{paper.path}:approve") for who in people))
        assert sorted({answer.status_code for answer in answers} - {200}) in (
            [403],
            [409],
            [412],
            [409, 412],
            [403, 412],
        )
        assert [answer.json()["state"] for answer in answers if answer.is_success] == [state]
    decided = [step["decided_by"] for step in await office.steps(paper)]
    assert len(set(decided)) == 2
    assert await office.state(paper) == paper.approved


@EACH
async def test_a_later_matrix_changes_nothing_that_was_opened(office: Office, case: Case) -> None:
    ref = await office.two_levels(case.kind, case.amount)
    paper = await case.make(office)
    await office.matrix(case.kind, (None, (Role.ADMIN,)))
    assert {step["matrix_ref"] for step in await office.steps(paper)} == {ref}
    assert await office.refused(office.admin, f"{paper.path}:approve") == "STEP_NEEDS_ROLE"
    await office.approve(office.approver, paper)
    assert await office.approve(office.manager, paper) == paper.approved


@EACH
async def test_a_rejection_ends_it(office: Office, case: Case) -> None:
    """At any step; why stands with the step."""
    paper = await two_levels(office, case)
    await office.approve(office.approver, paper)
    assert await office.refused(office.deputy, f"{paper.path}:reject", {"reason": "x"}) == "STEP_NEEDS_ROLE"
    answer = await office.good(office.manager, "POST", f"{paper.path}:reject", {"reason": "太贵"})
    assert answer["state"] == paper.rejected
    assert [(step["state"], step["reason"]) for step in await office.steps(paper)] == [
        ("approved", ""),
        ("rejected", "太贵"),
    ]
    assert paper.path not in await office.todo(office.manager)


@pytest.mark.parametrize("case", AGAIN, ids=[case.kind for case in AGAIN])
async def test_submitted_again_it_needs_every_step_again(office: Office, case: Case) -> None:
    """By the matrix of the new day; who decided in the first round may decide in the second."""
    paper = await two_levels(office, case)
    await office.approve(office.approver, paper)
    await office.good(office.manager, "POST", f"{paper.path}:reject", {"reason": "太贵"})
    await office.good(paper.author, "POST", f"{paper.path}:submit")
    assert (await office.stood(paper))[2:] == [(2, "approver", "waiting"), (2, "project_manager", "waiting")]
    await office.approve(office.approver, paper)
    assert await office.approve(office.manager, paper) == paper.approved


@EACH
async def test_steps_and_remarks_are_the_buyers_own(office: Office, case: Case) -> None:
    """The supplier may not ask, another buyer finds nothing, and the document itself repeats no remark."""
    paper = await two_levels(office, case)
    await office.approve(office.approver, paper, "底价四千")
    await office.approve(office.manager, paper)
    seller = office.site.supplier.as_(*Role)
    for path in ("/approval-steps", f"/approval-steps?document_id={paper.id}"):
        assert (await office.call(seller, "GET", path)).status_code == 403
    stranger = organisation(Kind.CONTRACTOR).as_(*Role)
    assert (await office.good(stranger, "GET", f"/approval-steps?document_id={paper.id}"))["items"] == []
    assert await office.refused(stranger, f"{paper.path}:approve") in (
        "ORDER_NOT_FOUND", "ORDER_CHANGE_NOT_FOUND", "AWARD_NOT_FOUND", "AGREEMENT_NOT_FOUND", "PAYMENT_NOT_FOUND",
    )  # fmt: skip
    shown = await office.call(seller, "GET", paper.path)
    assert "底价" not in shown.text


@EACH
async def test_a_matrix_may_let_one_person_decide_twice(office: Office, case: Case) -> None:
    roles = (Role.APPROVER, Role.PROJECT_MANAGER)
    await office.matrix(case.kind, (None, roles), same_person=True)
    paper = await case.make(office)
    both = office.site.contractor.as_(*roles)
    assert await office.approve(both, paper) == paper.waits
    assert paper.path in await office.todo(both)
    assert await office.approve(both, paper) == paper.approved


async def test_a_budget_refused_at_the_last_step_leaves_it_waiting(office: Office, procurement: Harness) -> None:
    """It is not asked for before; the refusal is the budget's own, and the same person may try again."""
    case = CASES[0]
    paper = await two_levels(office, case)
    projects = office.orders.projects
    projects.left[office.site.project_id] = Decimal("1.00")
    await office.approve(office.approver, paper)
    assert paper.id not in projects.commitments
    assert await office.refused(office.manager, f"{paper.path}:approve") == "BUDGET_EXCEEDED"
    assert await office.refused(office.deputy, f"{paper.path}:approve") == "STEP_NEEDS_ROLE"
    assert (await office.stood(paper))[1] == (1, "project_manager", "waiting")
    del projects.left[office.site.project_id]
    assert await office.approve(office.manager, paper) == "approved"
    assert paper.id in projects.commitments


async def test_calling_a_submitted_order_off_ends_its_steps(office: Office) -> None:
    paper = await two_levels(office, CASES[0])
    await office.approve(office.approver, paper)
    await office.good(paper.author, "POST", f"{paper.path}:cancel", {"reason": "不需要"})
    assert await office.stood(paper) == [(1, "approver", "approved"), (1, "project_manager", "withdrawn")]
    assert paper.path not in await office.todo(office.manager)


async def test_who_revised_an_order_does_not_approve_it(office: Office) -> None:
    """The change of another one's draft is writing too."""
    reviser = with_every_role(office.site.contractor.as_(Role.BUYER))
    draft = await office.orders.draft()
    path = f"/orders/{draft}"
    async with office.harness.client(reviser) as client:
        content = {"lines": body(office.site)["lines"]}
        answer = await client.put(papers.API + path, json=content, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    await office.good(office.orders.buyer, "POST", f"{path}:submit")
    assert await office.refused(reviser, f"{path}:approve") == "SELF_APPROVAL"


async def test_who_revised_an_agreement_or_submitted_it_does_not_approve_it(office: Office) -> None:
    """Three people wrote, revised and submitted it: none of them decides."""
    making = Agreements(office.harness, office.site, office.site.contractor)
    draft = await making.draft()
    path = f"/agreements/{draft.id}"
    reviser, submitter = (with_every_role(office.site.contractor.as_(Role.BUYER)) for _ in range(2))
    async with office.harness.work(reviser) as work:
        await revise(work, draft.id, draft.version, making.terms(item(hard_cap=Decimal(1))))
    await office.good(submitter, "POST", f"{path}:submit")
    for who in (replace(reviser, subject=draft.created_by), reviser, submitter):
        assert await office.refused(who, f"{path}:approve") == "SELF_APPROVAL"
    assert (await office.good(office.approver, "POST", f"{path}:approve"))["state"] == "proposed"


async def test_who_prepared_a_payment_does_not_approve_it_whoever_submits(office: Office) -> None:
    ledger = Ledger(office.harness, office.site)
    await ledger.agreed()
    await ledger.with_account()
    [owed] = await ledger.invoice("100.00")
    path = f"/payments/{(await ledger.prepared([(owed.id, '100.00')])).json()['id']}"
    submitter = office.site.contractor.as_(Role.ACCOUNTANT)
    await office.good(submitter, "POST", f"{path}:submit")
    for who in (ledger.accountant, submitter):
        assert await office.refused(with_every_role(who), f"{path}:approve") == "SELF_APPROVAL"


async def test_an_agreement_without_a_cap_needs_the_last_band(office: Office) -> None:
    """Nothing bounds what is called off from it."""
    await office.matrix(DocumentKind.AGREEMENT, (Decimal("9999999.00"), (Role.APPROVER,)), (None, (Role.ADMIN,)))
    making = Agreements(office.harness, office.site, office.site.contractor)
    uncapped = await making.draft()
    await office.good(office.site.contractor.as_(Role.BUYER), "POST", f"/agreements/{uncapped.id}:submit")
    steps = (await office.good(office.reader, "GET", f"/approval-steps?document_id={uncapped.id}"))["items"]
    assert [(step["role"], step["amount"]) for step in steps] == [("admin", None)]


async def test_proposing_a_draft_is_its_submission_and_first_approval(office: Office) -> None:
    """The approver of somebody else's draft; more steps still follow."""
    await office.matrix(DocumentKind.AGREEMENT, (None, (Role.APPROVER, Role.PROJECT_MANAGER)))
    making = Agreements(office.harness, office.site, office.site.contractor)
    draft = await making.draft()
    path = f"/agreements/{draft.id}"
    assert (await office.good(office.approver, "POST", f"{path}:propose"))["state"] == "submitted"
    seller = office.site.supplier.as_(Role.SALES)
    assert (await office.call(seller, "GET", path)).status_code == 404
    assert (await office.call(seller, "POST", f"{path}:sign")).status_code == 404
    assert (await office.good(office.manager, "POST", f"{path}:approve"))["state"] == "proposed"
    assert (await office.good(seller, "POST", f"{path}:sign"))["state"] == "active"


async def test_an_award_is_nobodys_before_its_approval(office: Office, procurement: Harness) -> None:
    """No orders, no facts, no outcome; its quantities are held, and the sourcing cannot end meanwhile."""
    paper = await two_levels(office, CASES[2])
    award = await office.good(office.reader, "GET", paper.path)
    sourcing = award["sourcing_id"]
    assert award["order_ids"] == []
    assert await procurement.events(AWARDED, paper.id, Awarded) == []
    again = {
        "sourcing_id": sourcing,
        "lines": [{"offer_line_id": award["lines"][0]["offer_line_id"], "quantity": "0.000001"}],
    }
    assert await office.refused(paper.author, "/awards", again) == "LINE_EXHAUSTED"
    for verb in ("cancel", "conclude"):
        assert await office.refused(paper.author, f"/sourcing/{sourcing}:{verb}", {"reason": "x"}) == "AWARD_WAITS"
    outcome = await office.call(office.buying.sales(0), "GET", f"/sourcing/{sourcing}/outcome")
    assert outcome.json()["code"] == "NOT_DECIDED"
    await office.approve(office.approver, paper)
    await office.approve(office.manager, paper)
    [order_id] = (await office.good(office.reader, "GET", paper.path))["order_ids"]
    assert len(await procurement.events(AWARDED, paper.id, Awarded)) == 1
    won = await office.good(office.buying.sales(0), "GET", f"/sourcing/{sourcing}/outcome")
    assert won["result"] == "won"
    order = await office.good(office.reader, "GET", f"/orders/{order_id}")
    assert (order["state"], Decimal(order["total"])) == ("draft", Decimal("56400.00"))


async def test_what_a_waiting_award_holds_does_not_wait_to_be_awarded(office: Office) -> None:
    """An opened sourcing leaves the work list while awards hold all of it, and comes back when one is rejected."""
    paper = await two_levels(office, CASES[2])
    link = f"/sourcing/{(await office.good(office.reader, 'GET', paper.path))['sourcing_id']}"

    async def waits() -> bool:
        items = (await office.good(paper.author, "GET", "/worklist/sourcings_to_award"))["items"]
        return papers.API + link in [item["link"] for item in items]

    assert not await waits()
    await office.good(office.approver, "POST", f"{paper.path}:reject", {"reason": "x"})
    assert await waits()


@pytest.mark.parametrize("verb", ["reject", "withdraw"])
async def test_what_a_refused_award_held_can_be_awarded_again(office: Office, verb: str) -> None:
    paper = await two_levels(office, CASES[2])
    award = await office.good(office.reader, "GET", paper.path)
    who = office.approver if verb == "reject" else paper.author
    assert (await office.good(who, "POST", f"{paper.path}:{verb}", {"reason": "x"}))["state"] == f"{verb}ed".replace(
        "withdrawed", "withdrawn"
    )
    lines = [{"offer_line_id": line["offer_line_id"], "quantity": line["quantity"]} for line in award["lines"]]
    again = await office.good(paper.author, "POST", "/awards", {"sourcing_id": award["sourcing_id"], "lines": lines})
    assert again["state"] == "submitted"


async def test_an_award_to_whom_is_excluded_meanwhile_is_not_approved(office: Office) -> None:
    """The last step is refused and waits on; it can be rejected."""
    paper = await two_levels(office, CASES[2])
    sourcing = (await office.good(office.reader, "GET", paper.path))["sourcing_id"]
    await office.approve(office.approver, paper)
    body = {"supplier_id": str(office.buying.suppliers[0].id), "reason": "串标"}
    await office.good(paper.author, "POST", f"/sourcing/{sourcing}:exclude", body)
    assert await office.refused(office.manager, f"{paper.path}:approve") == "INVALID_ARGUMENT"
    await office.good(office.manager, "POST", f"{paper.path}:reject", {"reason": "串标"})


async def test_an_approved_award_covers_its_orders(office: Office, procurement: Harness) -> None:
    """They are released by the lowest band; of an award that nobody approved the whole amount counts."""
    bands = (Decimal("0.01"), (Role.APPROVER,)), (None, (Role.APPROVER, Role.PROJECT_MANAGER, Role.ADMIN))
    await office.matrix(DocumentKind.ORDER, *bands)

    async def roles_of_its_order(paper: Paper) -> list[str]:
        [order_id] = (await office.good(office.reader, "GET", paper.path))["order_ids"]
        await office.good(office.site.contractor.as_(Role.BUYER), "POST", f"/orders/{order_id}:submit")
        query = f"/approval-steps?document_kind=order&document_id={order_id}"
        return sorted(step["role"] for step in (await office.good(office.reader, "GET", query))["items"])

    assert await roles_of_its_order(await papers.award(office)) == ["admin", "approver", "project_manager"]
    procurement.clock.advance(NOON - procurement.clock.now())
    paper = await two_levels(office, CASES[2])
    await office.approve(office.approver, paper)
    await office.approve(office.manager, paper)
    assert await roles_of_its_order(paper) == ["approver"]


async def test_a_change_in_two_halves_needs_the_steps_of_the_whole(office: Office) -> None:
    """What accepted changes of the order have added counts with it; one that costs nothing asks nobody."""
    await office.matrix(DocumentKind.CHANGE, (Decimal("500.00"), (Role.APPROVER,)), (None, (Role.ADMIN,)))
    changes = Changes(office.orders)
    order_id = await changes.order()
    first = await changes.more(order_id, "15")
    await changes.accept(await changes.approve(first))
    second = await changes.more(order_id, "15.0001")
    query = f"/approval-steps?document_id={second.id}"
    [step] = (await office.good(office.reader, "GET", query))["items"]
    assert (step["role"], Decimal(step["amount"])) == ("admin", Decimal("500.01"))


async def test_a_call_off_goes_by_the_matrix_of_orders(office: Office) -> None:
    """The agreement's approval bounded it, each order is decided by its own amount."""
    await office.matrix(DocumentKind.ORDER, (Decimal("3900.00"), (Role.APPROVER,)), (None, (Role.ADMIN,)))
    making = Agreements(office.harness, office.site, organisation(Kind.CONTRACTOR))
    agreement = await making.active()
    for quantity, role in (("1", "approver"), ("1.000003", "admin")):
        called = await making.call_off(agreement, quantity)
        await office.good(office.orders.buyer, "POST", f"/orders/{called.order_id}:submit")
        query = f"/approval-steps?document_id={called.order_id}"
        assert [one["role"] for one in (await office.good(office.reader, "GET", query))["items"]] == [role]
