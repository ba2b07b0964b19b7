"""What waits for both sides of an inquiry and an auction, and what it must not tell."""

from __future__ import annotations

from datetime import timedelta

from chassis.identity import Kind, Role
from procurement.worklist.rules import Kind as Waiting
from tests.harness import organisation
from tests.procurement.auctions import bidding
from tests.procurement.buying import Buying
from tests.procurement.worklist.conftest import Desks, answered, lists_of_others


async def _waits(buying: Buying, kind: Waiting, number: int | None) -> list[str]:
    """Links of a kind for a supplier with every role, or for the buyer (None)."""
    side = buying.site.contractor if number is None else buying.suppliers[number]
    items = await Desks(buying.harness, buying.site).items(side.as_(*Role), kind)
    return [item["link"].removeprefix("/procurement/v1") for item in items]


async def test_an_answer_brings_a_quote_back_to_its_supplier_alone(buying: Buying) -> None:
    """Whoever has quoted is asked to look again until it quotes anew; whether it has, nobody else is told."""
    sourcing = await buying.published()
    link = f"/sourcing/{sourcing['id']}"
    await buying.quote(0, sourcing, "4000", None)
    assert await _waits(buying, Waiting.QUOTES_TO_REVIEW, 0) == []
    await answered(buying, sourcing)
    before = await lists_of_others(buying)
    assert [await _waits(buying, Waiting.QUOTES_TO_REVIEW, one) for one in (0, 1, None)] == [[link], [], []]
    assert [await _waits(buying, Waiting.INQUIRIES_TO_QUOTE, one) for one in (0, 1, None)] == [[], [link], []]
    await buying.quote(0, sourcing, "3900", None)
    assert await _waits(buying, Waiting.QUOTES_TO_REVIEW, 0) == []
    assert await lists_of_others(buying) == before
    await answered(buying, sourcing)
    buying.harness.clock.advance(timedelta(hours=1))
    assert await _waits(buying, Waiting.QUOTES_TO_REVIEW, 0) == []


async def test_a_question_waits_for_the_buyer_and_names_nobody(buying: Buying) -> None:
    sourcing = await buying.published()
    path = f"/sourcing/{sourcing['id']}/questions"
    question = await buying.post(buying.sales(0), path, {"text": "12 m?"})
    [item] = await Desks(buying.harness, buying.site).items(buying.buyer, Waiting.QUESTIONS_TO_ANSWER)
    assert (item["id"], item["due_at"]) == (question["id"], sourcing["deadline"])
    assert str(buying.suppliers[0].id) not in str(item)
    assert [await _waits(buying, Waiting.QUESTIONS_TO_ANSWER, one) for one in (0, 1)] == [[], []]
    await buying.post(buying.buyer, f"{path}/{question['id']}:answer", {"answer": "Yes."})
    assert await _waits(buying, Waiting.QUESTIONS_TO_ANSWER, None) == []


async def test_an_auction_waits_for_its_guests_whoever_leads(buying: Buying) -> None:
    """From its announcement to its end, a bid changes no list; who is excluded finds nothing."""
    soon = (buying.harness.clock.now() + timedelta(minutes=30)).isoformat()
    sourcing, auction = await bidding.running(buying, starts_at=soon)
    link = f"/auctions/{auction['id']}"
    who = {"supplier_id": str(buying.suppliers[2].id), "reason": "licence expired"}
    await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:exclude", who)

    async def both() -> list[list[list[str]]]:
        kinds = (Waiting.AUCTIONS_BEGINNING, Waiting.AUCTIONS_TO_BID)
        return [[await _waits(buying, kind, number) for number in (0, 1, 2, None)] for kind in kinds]

    nobody: list[list[str]] = [[], [], [], []]
    guests: list[list[str]] = [[link], [link], [], []]
    assert await both() == [guests, nobody]
    buying.harness.clock.advance(timedelta(minutes=30))
    assert await both() == [nobody, guests]
    before = await lists_of_others(buying)
    assert (await bidding.bid(buying, 0, auction, bidding.START)).status_code == 201
    assert await lists_of_others(buying) == before
    assert await both() == [nobody, guests]
    buying.harness.clock.advance(timedelta(minutes=30))
    assert await both() == [nobody, nobody]


async def test_a_deadline_that_has_come_waits_for_the_buyer(buying: Buying) -> None:
    """Until its job has opened it, quoted for or not: that looks the same; then it waits for an award."""
    quoted, silent = await buying.published(), await buying.published()
    await buying.quote(0, quoted, "4000", None)
    assert await _waits(buying, Waiting.SOURCINGS_TO_OPEN, None) == []
    buying.harness.clock.advance(timedelta(hours=1))
    links = [f"/sourcing/{one['id']}" for one in (quoted, silent)]
    assert sorted(await _waits(buying, Waiting.SOURCINGS_TO_OPEN, None)) == sorted(links)
    assert await _waits(buying, Waiting.SOURCINGS_TO_OPEN, 0) == []
    for one in (quoted, silent):
        await buying.run_the_job(one)
    assert await _waits(buying, Waiting.SOURCINGS_TO_OPEN, None) == []
    assert await _waits(buying, Waiting.SOURCINGS_TO_AWARD, None) == links[:1]


async def test_an_auction_that_was_extended_has_not_ended(buying: Buying) -> None:
    """Its first deadline has come, its end has not."""
    _, auction = await bidding.running(buying)
    buying.harness.clock.advance(timedelta(minutes=58))
    await bidding.bid(buying, 0, auction, bidding.START)
    buying.harness.clock.advance(timedelta(minutes=2))
    assert await _waits(buying, Waiting.SOURCINGS_TO_OPEN, None) == []
    assert await _waits(buying, Waiting.AUCTIONS_TO_BID, 1) == [f"/auctions/{auction['id']}"]
    buying.harness.clock.advance(timedelta(minutes=5))
    assert len(await _waits(buying, Waiting.SOURCINGS_TO_OPEN, None)) == 1


async def test_a_draft_waits_for_no_guest_and_nothing_for_a_stranger(buying: Buying) -> None:
    await buying.draft()
    sourcing, _ = await bidding.running(buying)
    await buying.post(buying.sales(0), f"/sourcing/{sourcing['id']}/questions", {"text": "?"})
    assert await _waits(buying, Waiting.INQUIRIES_TO_QUOTE, 0) == []
    desks = Desks(buying.harness, buying.site)
    for kind in (Kind.SUPPLIER, Kind.CONTRACTOR):
        assert set((await desks.counts(organisation(kind).as_(*Role))).values()) == {0}
