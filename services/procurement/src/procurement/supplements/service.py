"""Use cases of supplemental agreements. Each locks the agreement first, as call-offs do; one is open at a time.

Approval stands in commands/approval.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.agreements import errors as agreement_errors
from procurement.agreements import repository as agreement_rows
from procurement.agreements import service as agreements
from procurement.agreements import states as agreement_states
from procurement.agreements.commands.caps import entitled_cap
from procurement.agreements.models import Agreement, AgreementItem, Entitlement
from procurement.agreements.rules import Cap
from procurement.agreements.service import Entitled, Item
from procurement.agreements.states import Kind
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.supplements import errors, repository, rules, states
from procurement.supplements.models import Supplement, SupplementEntitlement, SupplementItem
from procurement.supplements.states import Action, State

FORMULA = (
    *("material_code", "unit", "price_kind", "unit_price", "region", "discount_percent", "discount_amount"),
    *("tax_percent", "tolerance_percent"),
)
"""The columns of an item beside its caps: they never change, because orders were called off at these prices."""


@dataclass(frozen=True, slots=True)
class Heights:
    """The caps of the whole agreement by amount; None where nothing shall be capped."""

    soft: Decimal | None
    hard: Decimal | None


@dataclass(frozen=True, slots=True)
class ItemCaps:
    """The caps that an item shall have."""

    item_id: UUID
    soft: Decimal | None
    hard: Decimal | None


@dataclass(frozen=True, slots=True)
class DraftSupplement:
    """What an agreement shall say beyond or instead of what it says; None and empty leave it as it is.

    Entitlements of an organisation and project that are there already get these caps, the others come on top.
    """

    agreement_id: UUID
    expected_version: int | None
    reason: str
    valid_to: date | None
    heights: Heights | None
    item_caps: tuple[ItemCaps, ...]
    items: tuple[Item, ...]
    entitlements: tuple[Entitled, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a supplement, the version that the caller saw, and why (empty when no reason is needed)."""

    agreement_id: UUID
    supplement_id: UUID
    expected_version: int | None
    reason: str = ""


async def get(work: Work, agreement_id: UUID, supplement_id: UUID) -> Supplement:
    """One supplement: what it says, and what the agreement said before."""
    work.require(permissions.AGREEMENTS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, agreement_id, supplement_id)


async def page(work: Work, agreement_id: UUID, state: State | None, request: PageRequest) -> Page[Supplement]:
    """The history of an agreement, newest supplement first; entitled organisations are shown none."""
    work.require(permissions.AGREEMENTS_READ)
    async with work.reading() as session:
        await agreement_rows.get(session, work.principal, agreement_id)
        return await repository.page(session, work.principal, agreement_id, state, request)


async def draft(work: Work, command: DraftSupplement) -> Supplement:
    """The holder writes a supplement to a signed agreement.

    SUPPLEMENT_OPEN, NOTHING_CHANGES, ITEM_UNKNOWN, VALIDITY_REVERSED, CAP_BELOW_ORDERED, what `agreements.demand_sound`
    raises, and INVALID_STATE for an agreement that is not signed or has ended.
    """
    work.require(permissions.AGREEMENTS_DRAFT)
    session = await work.writing()
    agreement = await _agreement(work, command.agreement_id, agreement_states.Action.SUPPLEMENT)
    check_version(agreement, command.expected_version)
    await agreements.demand_sound(work, agreement.holder_id, agreement.kind, command.items, command.entitlements)
    supplement = _new(work, agreement, command)
    _fill_items(agreement, supplement, command)
    _fill_entitlements(agreement, supplement, command)
    _demand_change(supplement)
    _demand_end(work, agreement, supplement)
    await _demand_room(work, supplement)
    supplement.number = await repository.next_number(session, agreement.id)
    await repository.add(session, supplement)
    work.audit("supplements.draft", "agreement_supplement", supplement.id, None, _audited(supplement))
    return supplement


async def withdraw(work: Work, command: Verb) -> Supplement:
    """The holder takes it back before the supplier has signed."""
    work.require(permissions.AGREEMENTS_DRAFT)
    _, supplement, before = await locked_for(work, command, Action.WITHDRAW)
    await approvals.withdraw(work, DocumentKind.SUPPLEMENT, supplement.id)
    supplement.decided_at = work.now
    return end(work, supplement, Action.WITHDRAW, before, command.reason)


async def decline(work: Work, command: Verb) -> Supplement:
    """The supplier does not sign and says why; the agreement stays as it is."""
    work.require(permissions.AGREEMENTS_SIGN)
    _, supplement, before = await locked_for(work, command, Action.DECLINE, by_supplier=True)
    supplement.decided_at = work.now
    return end(work, supplement, Action.DECLINE, before, command.reason)


async def sign(work: Work, command: Verb) -> Supplement:
    """The supplier signs, and the agreement reads so from now on.

    CAP_BELOW_ORDERED for what was ordered meanwhile, VALIDITY_REVERSED when the new end is past.
    """
    work.require(permissions.AGREEMENTS_SIGN)
    agreement, supplement, before = await locked_for(work, command, Action.SIGN, by_supplier=True)
    agreement_states.AGREEMENT.apply(agreement.state, agreement_states.Action.SUPPLEMENT)
    _demand_end(work, agreement, supplement)
    await _demand_room(work, supplement)
    stood, was_valid_to = agreements.audited(agreement), agreement.valid_to
    _apply(agreement, supplement)
    await agreements.supplemented(work, agreement, stood, was_valid_to)
    supplement.decided_at = work.now
    return end(work, supplement, Action.SIGN, before, "")


def _apply(agreement: Agreement, supplement: Supplement) -> None:
    agreement.valid_to = supplement.valid_to
    agreement.soft_cap, agreement.hard_cap = supplement.soft_cap, supplement.hard_cap
    items = {item.id: item for item in agreement.items}
    for wanted in supplement.items:
        if wanted.is_new:
            values = {name: getattr(wanted, name) for name in FORMULA}
            item = AgreementItem(id=wanted.item_id, agreement_id=agreement.id, position=wanted.position, **values)
            agreement.items.append(item)
        else:
            item = items[wanted.item_id]
        item.soft_cap, item.hard_cap = wanted.soft_cap, wanted.hard_cap
    entitled = {(one.organisation_id, one.project_id): one for one in agreement.entitlements if not one.whole_group}
    for one in supplement.entitlements:
        row = entitled.get((one.organisation_id, one.project_id))
        if row is None:
            row = Entitlement(
                id=new_id(),
                agreement_id=agreement.id,
                position=one.position,
                organisation_id=one.organisation_id,
                project_id=one.project_id,
            )
            agreement.entitlements.append(row)
        row.soft_cap, row.hard_cap = one.soft_cap, one.hard_cap


def _new(work: Work, agreement: Agreement, command: DraftSupplement) -> Supplement:
    stands = Heights(agreement.soft_cap, agreement.hard_cap)
    wanted = command.heights or stands
    return Supplement(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        agreement_id=agreement.id,
        number=0,
        state=states.SUPPLEMENT.initial,
        reason=command.reason,
        valid_to=command.valid_to or agreement.valid_to,
        before_valid_to=agreement.valid_to,
        soft_cap=wanted.soft,
        hard_cap=wanted.hard,
        before_soft_cap=stands.soft,
        before_hard_cap=stands.hard,
        drafted_by=work.principal.subject,
        items=[],
        entitlements=[],
    )


def _fill_items(agreement: Agreement, supplement: Supplement, command: DraftSupplement) -> None:
    known = {item.id: item for item in agreement.items}
    for index, caps in enumerate(command.item_caps):
        item = known.pop(caps.item_id, None)
        if item is None:
            raise errors.unknown_item(index)
        if agreement.kind is Kind.CONTRACT and caps.hard is None:
            raise agreement_errors.contract_without_cap(index, "item_caps")
        supplement.items.append(
            SupplementItem(
                supplement_id=supplement.id,
                position=item.position,
                item_id=item.id,
                is_new=False,
                soft_cap=caps.soft,
                hard_cap=caps.hard,
                before_soft_cap=item.soft_cap,
                before_hard_cap=item.hard_cap,
                **{name: getattr(item, name) for name in FORMULA},
            )
        )
    last = max(item.position for item in agreement.items)
    for position, added in enumerate(command.items, start=last + 1):
        values = agreements.columns(added)
        supplement.items.append(
            SupplementItem(supplement_id=supplement.id, position=position, item_id=new_id(), is_new=True, **values)
        )


def _fill_entitlements(agreement: Agreement, supplement: Supplement, command: DraftSupplement) -> None:
    known = {(one.organisation_id, one.project_id): one for one in agreement.entitlements if not one.whole_group}
    last = max(one.position for one in agreement.entitlements)
    for one in command.entitlements:
        row = known.get((one.organisation_id, one.project_id))
        last += row is None
        supplement.entitlements.append(
            SupplementEntitlement(
                supplement_id=supplement.id,
                position=last if row is None else row.position,
                organisation_id=one.organisation_id,
                project_id=one.project_id,
                is_new=row is None,
                soft_cap=one.soft_cap,
                hard_cap=one.hard_cap,
                before_soft_cap=None if row is None else row.soft_cap,
                before_hard_cap=None if row is None else row.hard_cap,
            )
        )


def capped_by(supplement: Supplement) -> list[Supplement | SupplementItem | SupplementEntitlement]:
    """All that has caps as they were and as they shall be."""
    return [supplement, *supplement.items, *supplement.entitlements]


def adds_rows(supplement: Supplement) -> bool:
    """Whether items come on top, or others who may call off."""
    return any(one.is_new for one in supplement.items) or any(one.is_new for one in supplement.entitlements)


def _demand_change(supplement: Supplement) -> None:
    capped = any(
        (row.soft_cap, row.hard_cap) != (row.before_soft_cap, row.before_hard_cap) for row in capped_by(supplement)
    )
    if not adds_rows(supplement) and not capped and supplement.valid_to == supplement.before_valid_to:
        raise errors.nothing_changes()


def _demand_end(work: Work, agreement: Agreement, supplement: Supplement) -> None:
    earliest = max(agreement.valid_from, work.today)
    if supplement.valid_to < earliest:
        raise errors.ends_too_early(supplement.valid_to, earliest)


async def _demand_room(work: Work, supplement: Supplement) -> None:
    ordered = await agreement_rows.ordered(await work.writing(), supplement.agreement_id)
    rules.demand_room(_lowered(supplement), ordered)


def _lowered(supplement: Supplement) -> list[Cap]:
    """The hard caps that are new or lower than before: one that is raised is never in the way."""
    caps = [(supplement.before_hard_cap, Cap("agreement", supplement.soft_cap, supplement.hard_cap))]
    for item in supplement.items:
        scope = f"item:{item.position}"
        caps.append((item.before_hard_cap, Cap(scope, item.soft_cap, item.hard_cap, item_id=item.item_id)))
    caps += [(one.before_hard_cap, entitled_cap(one)) for one in supplement.entitlements]
    return [cap for before, cap in caps if cap.hard is not None and (before is None or cap.hard < before)]


async def _agreement(
    work: Work, agreement_id: UUID, action: agreement_states.Action | Action, *, by_supplier: bool = False
) -> Agreement:
    agreement = await agreement_rows.get_for_update(await work.writing(), work.principal, agreement_id)
    if (agreement.supplier_id if by_supplier else agreement.holder_id) != work.principal.organisation_id:
        raise agreement_errors.not_yours(action)
    if isinstance(action, agreement_states.Action):
        agreement_states.AGREEMENT.apply(agreement.state, action)
    return agreement


async def locked_for(
    work: Work, command: Verb, action: Action, *, by_supplier: bool = False
) -> tuple[Agreement, Supplement, audit.Fields]:
    """Lock the agreement for an action of one side on its supplement; with the supplement's audited fields before.

    Who may not see the supplement learns nothing of it, though the agreement be shown to it: it is looked for first.
    """
    session = await work.writing()
    await agreement_rows.get_for_update(session, work.principal, command.agreement_id)
    supplement = await repository.get(session, work.principal, command.agreement_id, command.supplement_id)
    agreement = await _agreement(work, command.agreement_id, action, by_supplier=by_supplier)
    check_version(supplement, command.expected_version)
    states.SUPPLEMENT.apply(supplement.state, action)
    return agreement, supplement, _audited(supplement)


def end(work: Work, supplement: Supplement, action: Action, before: audit.Fields, answer: str) -> Supplement:
    """Do the action on the supplement, its agreement locked, and audit it."""
    supplement.state = states.SUPPLEMENT.apply(supplement.state, action)
    supplement.answer = answer
    touch(supplement, work)
    work.audit(f"supplements.{action}", "agreement_supplement", supplement.id, before, _audited(supplement))
    return supplement


def _audited(supplement: Supplement) -> audit.Fields:
    names = ("number", "state", "reason", "answer", "valid_to", "soft_cap", "hard_cap", "adds")
    return audit.fields(supplement, *names) | {
        "items": [audit.fields(item, "position", "is_new", "soft_cap", "hard_cap") for item in supplement.items],
        "entitlements": [
            audit.fields(one, "organisation_id", "project_id", "soft_cap", "hard_cap")
            for one in supplement.entitlements
        ],
    }
