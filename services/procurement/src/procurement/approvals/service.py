"""Use cases of approval: matrices and delegations for people, steps for the documents of other aggregates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.identity import Role
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.values import decimal_text
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.approvals import errors, repository, rules, states
from procurement.approvals.models import ApprovalMatrix, ApprovalStep, Delegation, DocumentKind
from procurement.approvals.repository import DelegationFilter, MatrixFilter, StepFilter
from procurement.approvals.rules import Acting, Band, Mandate, Matrix
from procurement.approvals.states import Action, DelegationAction, State
from procurement.prices.events import CURRENCY


@dataclass(frozen=True, slots=True)
class SetMatrix:
    """A matrix of the caller's organisation from a day on."""

    document_kind: DocumentKind
    bands: tuple[Band, ...]
    valid_from: date
    source: str
    same_person: bool = False


@dataclass(frozen=True, slots=True)
class Delegate:
    """The caller lets somebody decide in some of their roles, from the first to the last day."""

    to_subject: str
    roles: tuple[Role, ...]
    valid_from: date
    valid_to: date
    absent: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Revoke:
    """End a delegation."""

    delegation_id: UUID
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be approved: `amount` with tax, None when nothing bounds it; `authors` the subjects who wrote it.

    `covered`: the same money was approved before by steps of another document, so the lowest band releases it.
    """

    kind: DocumentKind
    id: UUID
    number: str
    organisation_id: UUID
    authors: list[str]
    amount: Decimal | None
    currency: str = CURRENCY
    covered: bool = False

    @property
    def in_cny(self) -> Decimal | None:
        """What the matrix is asked with: bands are in CNY, so of another currency no band bounds the amount."""
        return self.amount if self.currency == CURRENCY else None


async def set_matrix(work: Work, command: SetMatrix) -> ApprovalMatrix:
    """Add a matrix; documents that were submitted before keep their steps. MATRIX_IN_THE_PAST, faults per band."""
    work.require(permissions.MATRICES_SET)
    if command.valid_from < work.today:
        raise errors.matrix_in_the_past(work.today)
    faults = rules.band_faults(command.document_kind, command.bands)
    if faults:
        raise errors.bands_wrong(faults)
    session = await work.writing()
    row = ApprovalMatrix(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        organisation_id=work.principal.organisation_id,
        document_kind=command.document_kind,
        bands=[
            {
                "up_to": None if band.up_to is None else decimal_text(band.up_to),
                "roles": [role.value for role in band.roles],
            }
            for band in command.bands
        ],
        valid_from=command.valid_from,
        source=command.source,
        same_person=command.same_person,
        created_by=work.principal.subject,
    )
    session.add(row)
    after = audit.fields(row, "document_kind", "bands", "valid_from", "source", "same_person")
    work.audit("approvals.set-matrix", "approval_matrix", row.id, None, after)
    return row


async def matrix_page(work: Work, wanted: MatrixFilter, request: PageRequest) -> Page[ApprovalMatrix]:
    """All that the organisation has ever set, newest first."""
    work.require(permissions.APPROVALS_READ)
    async with work.reading() as session:
        return await repository.matrix_page(session, work.principal, wanted, request)


async def get_matrix_in_force(work: Work, kind: DocumentKind, on: date | None) -> Matrix:
    """The matrix that counts for the caller's organisation on a day (today when None)."""
    work.require(permissions.APPROVALS_READ)
    return await matrix_in_force(work, work.principal.organisation_id, kind, on or work.today)


async def matrix_in_force(work: Work, organisation_id: UUID, kind: DocumentKind, on: date) -> Matrix:
    """The organisation's matrix on a day, else its own of the kind that this one is `LIKE`, else the platform's."""
    async with work.reading() as session:
        own = rules.applicable(await repository.matrices(session, organisation_id, kind), on)
        if own is None and kind in rules.LIKE:
            own = rules.applicable(await repository.matrices(session, organisation_id, rules.LIKE[kind]), on)
    return own or repository.platform_matrices()[kind]


async def step_page(work: Work, wanted: StepFilter, request: PageRequest) -> Page[ApprovalStep]:
    """Steps of the organisation's documents, newest first; `mine`: what waits for the caller now."""
    work.require(permissions.APPROVALS_READ)
    async with work.reading() as session:
        roles = await deciding_roles(work) if wanted.mine else frozenset[Role]()
        return await repository.step_page(session, work.principal, wanted, roles, request)


async def deciding_roles(work: Work) -> frozenset[Role]:
    """As which roles the caller may decide today: its own and those delegated to it; none while it is away."""
    me = work.principal
    mandates = await _mandates(work, me.organisation_id)
    away = any(one.absent and one.from_subject == me.subject for one in mandates)
    given = frozenset(role for one in mandates if one.to_subject == me.subject for role in one.roles)
    return frozenset() if away else given | me.roles


async def _mandates(work: Work, organisation_id: UUID) -> list[Mandate]:
    async with work.reading() as session:
        standing = await repository.delegations(session, organisation_id, work.today)
    return [mandate for mandate in standing if mandate.counts_on(work.today)]


async def delegate(work: Work, command: Delegate) -> Delegation:
    """Let somebody decide for the caller. Only what is one's own can be given, and not in a circle:
    DELEGATION_LOOP.
    """
    work.require(permissions.APPROVALS_DELEGATE)
    _check_delegation(work, command)
    session = await work.writing()
    organisation_id = work.principal.organisation_id
    await repository.lock_delegations(session, organisation_id)
    row = Delegation(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        organisation_id=organisation_id,
        from_subject=work.principal.subject,
        to_subject=command.to_subject,
        roles=[role.value for role in command.roles],
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        absent=command.absent,
        reason=command.reason,
        state=states.DELEGATION.initial,
    )
    new = Mandate(
        row.id,
        row.from_subject,
        row.to_subject,
        frozenset(command.roles),
        row.valid_from,
        row.valid_to,
        row.absent,
    )
    if rules.closes_loop(await repository.delegations(session, organisation_id, work.today), new):
        raise errors.delegation_loop()
    session.add(row)
    after = audit.fields(row, "from_subject", "to_subject", "roles", "valid_from", "valid_to", "absent", "reason")
    work.audit("approvals.delegate", "delegation", row.id, None, after)
    return row


def _check_delegation(work: Work, command: Delegate) -> None:
    own = work.principal.roles & set(rules.DECIDERS)
    if command.to_subject == work.principal.subject:
        raise errors.delegation_wrong("/to_subject", "SAME_PERSON", "不能委托给本人。", "Not to oneself.")
    if not set(command.roles) <= own:
        raise errors.delegation_wrong(
            "/roles", "ROLE_NOT_YOURS", "只能委托本人拥有的审批角色。", "Only deciding roles of one's own can be given."
        )
    if command.valid_from < work.today:
        raise errors.delegation_wrong("/valid_from", "IN_THE_PAST", "最早从今天起。", "From today at the earliest.")
    if command.valid_to < command.valid_from:
        raise errors.delegation_wrong(
            "/valid_to", "ENDS_BEFORE_START", "结束日不得早于开始日。", "It ends before it begins."
        )


async def revoke(work: Work, command: Revoke) -> Delegation:
    """End a delegation at once; what was decided by it stays. NOT_YOUR_DELEGATION but for an administrator."""
    work.require(permissions.APPROVALS_DELEGATE)
    session = await work.writing()
    row = await repository.get_delegation_for_update(session, work.principal, command.delegation_id)
    if row.from_subject != work.principal.subject and Role.ADMIN not in work.principal.roles:
        raise errors.not_your_delegation()
    check_version(row, command.expected_version)
    before = audit.fields(row, "state")
    row.state = states.DELEGATION.apply(row.state, DelegationAction.REVOKE)
    touch(row, work)
    work.audit("approvals.revoke", "delegation", row.id, before, audit.fields(row, "state"))
    return row


async def delegation_page(work: Work, wanted: DelegationFilter, request: PageRequest) -> Page[Delegation]:
    """The organisation's delegations, newest first."""
    work.require(permissions.APPROVALS_READ)
    async with work.reading() as session:
        return await repository.delegation_page(session, work.principal, wanted, request)


async def open_steps(work: Work, document: Document) -> list[ApprovalStep]:
    """For other aggregates, when a document is submitted (again): the steps that its amount needs today.

    The matrix is read once, here: a later one changes nothing for this document.
    """
    session = await work.writing()
    matrix = await matrix_in_force(work, document.organisation_id, document.kind, work.today)
    roles = rules.required_steps(Decimal(0) if document.covered else document.in_cny, matrix)
    if not roles:
        return []
    before = await repository.steps(session, document.kind, document.id)
    steps = [
        ApprovalStep(
            id=new_id(),
            created_at=work.now,
            updated_at=work.now,
            organisation_id=document.organisation_id,
            document_kind=document.kind,
            document_id=document.id,
            document_number=document.number,
            authors=document.authors,
            amount=document.in_cny,
            round=before[0].round + 1 if before else 1,
            position=position,
            role=role,
            matrix_ref=matrix.ref,
            same_person=matrix.same_person,
            state=states.STEP.initial,
        )
        for position, role in enumerate(roles, start=1)
    ]
    session.add_all(steps)
    return steps


async def steps_of(work: Work, kind: DocumentKind, document_id: UUID) -> list[ApprovalStep]:
    """For other aggregates: the steps of a document that the caller has been shown to see, in sequence."""
    async with work.reading() as session:
        return await repository.steps(session, kind, document_id)


async def covers(work: Work, kind: DocumentKind, document_id: UUID) -> bool:
    """For other aggregates: whether people have approved this document, so that what follows from it is `covered`."""
    steps = await steps_of(work, kind, document_id)
    return bool(steps) and all(step.state == State.APPROVED for step in steps)


async def foresee(work: Work, kind: DocumentKind, document_id: UUID) -> bool:
    """For other aggregates that ask another service before they write: whether the caller's approval is the last one.

    Refuses what `decide` refuses; when a version of the document was read before, `decide` under its lock agrees.
    """
    steps = await steps_of(work, kind, document_id)
    step, _ = await _acting(work, steps, document_id)
    return step.position == steps[-1].position


async def decide(work: Work, kind: DocumentKind, document_id: UUID, action: Action, reason: str) -> bool:
    """For other aggregates, with the document locked: approve or reject the step that waits.

    Answers whether approval is finished: the last step was approved, or this one rejected (then the later ones are
    withdrawn). FailedPrecondition NO_STEP_WAITS; PermissionDenied as in `rules.may_decide`.
    """
    session = await work.writing()
    steps = await repository.steps(session, kind, document_id, lock=True)
    step, acting = await _acting(work, steps, document_id)
    before = audit.fields(step, "state")
    step.state = states.STEP.apply(step.state, action)
    step.decided_by, step.decided_for, step.delegation_id = acting.by, acting.for_subject, acting.delegation_id
    step.decided_at, step.reason = work.now, reason
    touch(step, work)
    after = audit.fields(step, "state", "role", "decided_by", "decided_for", "delegation_id", "reason")
    work.audit(f"approvals.{action}", "approval_step", step.id, before, after)
    if action is Action.REJECT:
        _withdraw(work, steps)
    return rules.next_step(steps) is None


async def _acting(work: Work, steps: list[ApprovalStep], document_id: UUID) -> tuple[ApprovalStep, Acting]:
    step = next((one for one in steps if one is rules.next_step(steps)), None)
    me = work.principal
    if step is None or step.organisation_id != me.organisation_id:
        raise errors.nothing_waits(document_id)
    mandates = await _mandates(work, step.organisation_id)
    return step, rules.may_decide(me.subject, me.roles, steps, mandates, work.today)


async def withdraw(work: Work, kind: DocumentKind, document_id: UUID) -> None:
    """For other aggregates, when a submitted document is called off: its waiting steps are nobody's work any more."""
    session = await work.writing()
    _withdraw(work, await repository.steps(session, kind, document_id, lock=True))


def _withdraw(work: Work, steps: list[ApprovalStep]) -> None:
    for step in steps:
        if Action.WITHDRAW in states.STEP.allowed(step.state):
            before = audit.fields(step, "state")
            step.state = states.STEP.apply(step.state, Action.WITHDRAW)
            touch(step, work)
            work.audit("approvals.withdraw", "approval_step", step.id, before, audit.fields(step, "state"))
