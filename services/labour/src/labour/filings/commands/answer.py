"""What an answer does: to the request, to each filing in it, to the pace of the connection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.work import Work, touch
from labour.authorities import repository as connections
from labour.authorities import states as connection_states
from labour.authorities.rules import Authority
from labour.clients.authorities import Answer, Item, ItemAnswer, Verdict
from labour.filings import repository, rules, states
from labour.filings.commands.collect import wake
from labour.filings.models import Filing, FilingQueue, FilingReceipt, FilingRequest
from labour.filings.states import Action, RequestAction, RequestState

ACTIONS = {Verdict.ACCEPTED: Action.ACCEPT, Verdict.REFUSED: Action.REFUSE, Verdict.PENDING: Action.DEFER}


@dataclass(frozen=True, slots=True)
class Told:
    """What a platform has told about a request, and whether that was asked for as a receipt."""

    authority: Authority
    request: FilingRequest
    items: tuple[Item, ...]
    answer: Answer
    sent: bytes | None
    asked: bool

    @property
    def leaves_open(self) -> bool:
        """Whether what became of the request is still not known."""
        if self.answer.verdict is Verdict.UNKNOWN:
            return True
        return self.asked and self.answer.verdict in rules.STILL_OPEN

    def about(self, filing: Filing) -> ItemAnswer:
        """What was told about one filing, without what is personal in it."""
        whole = ItemAnswer(self.answer.verdict, self.answer.code, self.answer.text)
        one = self.answer.items.get(filing.object_key, whole)
        return replace(one, text=rules.kept(one.text, [item.values for item in self.items]))


async def apply(work: Work, connection_id: UUID, told: Told) -> None:
    """Write down what was told, unless somebody else was faster, and have the queue go on."""
    session = await work.writing()
    queue = await repository.queue(session, connection_id, work.now)
    request = await repository.request_by_id(session, told.request.id)
    if (request.state, request.asked) != (told.request.state, told.request.asked):
        return
    filings = await repository.of_request(session, request.id, lock=True)
    request.asked += told.asked
    request.serial = told.answer.serial or request.serial
    request.sent = told.sent or request.sent
    _pace(work, queue, told)
    if told.answer.verdict is Verdict.PENDING:
        _defer(work, request, filings)
    elif told.leaves_open or _may_still_come(work, request, told):
        _lose(work, request, told)
    else:
        request.state = states.REQUEST.apply(request.state, RequestAction.ANSWER)
        _settle(work, filings, told)
    if request.state is RequestState.ANSWERED or not told.asked:
        session.add_all(_receipt(request, filing, told.about(filing), work.now) for filing in filings)
    if told.answer.verdict is Verdict.BARRED:
        await _bar(work, connection_id, told.answer.code)
    else:
        await wake(work, queue, work.now)


def _pace(work: Work, queue: FilingQueue, told: Told) -> None:
    limits, verdict = told.authority.limits, told.answer.verdict
    wait = rules.pace(limits.requests_per_minute)
    if verdict is Verdict.AWAY:
        wait = rules.pause(queue.failures)
    if verdict is Verdict.LIMITED:
        wait = limits.limited
    queue.failures = queue.failures + 1 if verdict is Verdict.AWAY else 0
    queue.not_before = work.now + wait


def _may_still_come(work: Work, request: FilingRequest, told: Told) -> bool:
    """A platform that takes things in later does not show them at once: absent means absent after a while."""
    if told.answer.verdict is not Verdict.ABSENT or request.begun_at is None:
        return False
    return work.now < request.begun_at + told.authority.limits.settled


def _defer(work: Work, request: FilingRequest, filings: list[Filing]) -> None:
    request.state = states.REQUEST.apply(request.state, RequestAction.DEFER)
    request.due_at = work.now + rules.pause(request.asked)
    for filing in filings:
        filing.state = states.FILING.apply(filing.state, Action.DEFER)
        touch(filing, work)


def _lose(work: Work, request: FilingRequest, told: Told) -> None:
    request.state = states.REQUEST.apply(request.state, RequestAction.LOSE)
    wait = told.authority.limits.limited if told.answer.verdict is Verdict.LIMITED else rules.pause(request.asked)
    request.due_at = work.now + wait


def _settle(work: Work, filings: list[Filing], told: Told) -> None:
    apart = told.answer.verdict is Verdict.REFUSED and len(filings) > 1 and not told.answer.items
    for filing in filings:
        one = told.about(filing)
        filing.answer_code, filing.answer_text, filing.answered_at = one.code, one.text, work.now
        filing.mend_by = ""
        filing.number = one.number or filing.number
        action = Action.PUT_BACK if apart else ACTIONS.get(one.verdict, Action.PUT_BACK)
        filing.state = states.FILING.apply(filing.state, action)
        filing.attempts += 1
        filing.alone = apart  # which of them is the bad one shows when each goes by itself
        if action is Action.REFUSE:
            filing.mend_by = told.authority.meaning(one.code).mend_by
        touch(filing, work)


def _receipt(request: FilingRequest, filing: Filing, one: ItemAnswer, at: datetime) -> FilingReceipt:
    return FilingReceipt(
        id=new_id(),
        filing_id=filing.id,
        request_id=request.id,
        at=at,
        request_code=request.serial or str(request.id),
        verdict=one.verdict,
        code=one.code,
        text=one.text,
    )


async def _bar(work: Work, connection_id: UUID, code: str) -> None:
    connection = await connections.by_id(await work.writing(), connection_id, lock=True)
    action = connection_states.Action.BAR
    if action not in connection_states.CONNECTION.allowed(connection.state):
        return
    before = audit.fields(connection, "state")
    connection.state = connection_states.CONNECTION.apply(connection.state, action)
    connection.fault_code, connection.barred_at = code, work.now
    touch(connection, work)
    after = audit.fields(connection, "state", "fault_code")
    work.audit("authorities.bar", "connection", connection.id, before, after)
