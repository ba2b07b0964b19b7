"""Payment terms of a buyer: set from a day on, never changed afterwards."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions
from procurement.payables import errors, repository, rules
from procurement.payables.models import PaymentTerms
from procurement.payables.states import BuyerKind, TermsRule
from procurement.suppliers import service as suppliers


@dataclass(frozen=True, slots=True)
class SetTerms:
    """Terms with one supplier, or with all when None; `source` names the contract or the buyer's own document."""

    supplier_id: UUID | None
    rule: TermsRule
    days: int | None
    buyer_kind: BuyerKind
    small_firm: bool
    interest_percent: Decimal | None
    retention_percent: Decimal
    retention_months: int
    valid_from: date
    source: str


async def set_terms(work: Work, command: SetTerms) -> PaymentTerms:
    """Set terms from a day on, today at the earliest; what was raised before keeps what it was raised with.

    InvalidArgument TERMS_IN_THE_PAST, RETENTION_OVER_CAP (the law's cap of the day); AlreadyExists PAYMENT_TERMS_EXIST;
    NotFound SUPPLIER_UNKNOWN without a file about the supplier.
    """
    work.require(permissions.TERMS_SET)
    if command.valid_from < work.today:
        raise errors.terms_in_the_past(work.today)
    cap = rules.in_force(repository.law().retention, command.valid_from)
    if cap is not None and command.retention_percent > cap.value:
        raise errors.retention_over_cap(cap.value, cap.source)
    buyer_id = work.principal.organisation_id
    if command.supplier_id and await suppliers.small_firm(work, buyer_id, command.supplier_id) is None:
        raise errors.supplier_unknown(command.supplier_id)
    terms = PaymentTerms(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        buyer_id=buyer_id,
        **asdict(command),
    )
    await repository.add(await work.writing(), terms)
    work.audit("payables.set-terms", "payment_terms", terms.id, None, audit.fields(terms, *asdict(command)))
    return terms


async def page(work: Work, supplier_id: UUID | None, request: PageRequest) -> Page[PaymentTerms]:
    """All terms that the buyer has ever set, newest first."""
    work.require(permissions.PAYABLES_READ)
    async with work.reading() as session:
        return await repository.page_of_terms(session, work.principal, supplier_id, request)
