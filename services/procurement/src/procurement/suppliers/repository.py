"""The only SQL of suppliers. A buyer's queries start from `visible_to`, a supplier's from `shown_to`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from procurement.suppliers import errors
from procurement.suppliers.models import Invitation, Licence, LicenceKind, SupplierFile, SupplierPolicy
from procurement.suppliers.rules import Policy
from procurement.suppliers.states import State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """A buyer sees its own files and nobody else's."""
    return col(SupplierFile.buyer_id) == principal.organisation_id


def shown_to(principal: Principal) -> ColumnElement[bool]:
    """A supplier sees that there is a file about it; what of it, its schema says."""
    return col(SupplierFile.supplier_id) == principal.organisation_id


@dataclass(frozen=True, slots=True)
class FileFilter:
    """Which files a list shows; None means all.

    `material`: a code of GB/T 50851 or the beginning of one. `text`: a part of a name, or the beginning of a USCC.
    `expiring_before`: some licence ends before this day and none of its kind goes on. `shared_account`: another file of
    the buyer names the same bank account; `same_account_as`: that of this file.
    """

    state: State | None = None
    supplier_id: UUID | None = None
    material: str | None = None
    text: str | None = None
    expiring_before: date | None = None
    shared_account: bool | None = None
    same_account_as: UUID | None = None


async def get(session: AsyncSession, principal: Principal, file_id: UUID, *, lock: bool = False) -> SupplierFile:
    """The buyer's file, locked as it is now if asked so; NotFound SUPPLIER_FILE_NOT_FOUND."""
    return await _one(session, select(SupplierFile).where(visible_to(principal)), file_id, lock=lock)


async def locked(session: AsyncSession, file_id: UUID) -> SupplierFile:
    """A file of any buyer, locked: for an invitation's holder and for jobs."""
    return await _one(session, select(SupplierFile), file_id, lock=True)


async def standing(session: AsyncSession, principal: Principal, file_id: UUID) -> SupplierFile:
    """The file about the calling supplier; NotFound SUPPLIER_FILE_NOT_FOUND."""
    return await _one(session, select(SupplierFile).where(shown_to(principal)), file_id, lock=False)


async def _one(session: AsyncSession, statement: Select[SupplierFile], file_id: UUID, *, lock: bool) -> SupplierFile:
    statement = statement.where(col(SupplierFile.id) == file_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: SupplierFile | None = await session.scalar(statement)
    if found is None:
        raise errors.file_not_found(file_id)
    return found


async def page(
    session: AsyncSession, principal: Principal, wanted: FileFilter, request: PageRequest
) -> Page[SupplierFile]:
    """The buyer's files, newest first."""
    statement = select(SupplierFile).where(visible_to(principal), *_conditions(wanted))
    return await paginate(session, statement, keys=(SupplierFile.id,), request=request, descending=True)


async def page_of_standings(
    session: AsyncSession, principal: Principal, buyer_id: UUID | None, request: PageRequest
) -> Page[SupplierFile]:
    """The files about the calling supplier, newest first."""
    statement = select(SupplierFile).where(shown_to(principal))
    if buyer_id is not None:
        statement = statement.where(col(SupplierFile.buyer_id) == buyer_id)
    return await paginate(session, statement, keys=(SupplierFile.id,), request=request, descending=True)


def _conditions(wanted: FileFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(col(SupplierFile.state) == wanted.state)
    if wanted.supplier_id is not None:
        found.append(col(SupplierFile.supplier_id) == wanted.supplier_id)
    if wanted.material is not None:
        found.append(_delivers(wanted.material))
    if wanted.text is not None:
        names = (col(SupplierFile.name_zh), col(SupplierFile.name_en))
        found.append(
            or_(
                col(SupplierFile.uscc).startswith(wanted.text.upper(), autoescape=True),
                *(name.icontains(wanted.text, autoescape=True) for name in names),
            )
        )
    if wanted.expiring_before is not None:
        found.append(_ends_before(wanted.expiring_before))
    other = aliased(SupplierFile)
    same = exists().where(
        col(other.buyer_id) == col(SupplierFile.buyer_id),
        col(other.id) != col(SupplierFile.id),
        col(other.account_index) == col(SupplierFile.account_index),
    )
    if wanted.shared_account is not None:
        found.append(same if wanted.shared_account else ~same)
    if wanted.same_account_as is not None:
        found.append(same.where(col(other.id) == wanted.same_account_as))
    return found


def _delivers(code: str) -> ColumnElement[bool]:
    """One of the file's prefixes covers the code, or lies below it."""
    prefix = func.unnest(col(SupplierFile.kinds)).column_valued("prefix")
    return exists(select(prefix).where(or_(func.starts_with(code, prefix), func.starts_with(prefix, code))))


def lapses_before(day: date) -> ColumnElement[bool]:
    """Licences that end before the day while none of their kind in the file lasts until it."""
    lasting = aliased(Licence)
    goes_on = exists().where(
        col(lasting.supplier_file_id) == col(Licence.supplier_file_id),
        col(lasting.kind) == col(Licence.kind),
        or_(col(lasting.valid_until).is_(None), col(lasting.valid_until) >= day),
    )
    return (col(Licence.valid_until) < day) & ~goes_on


def _ends_before(day: date) -> ColumnElement[bool]:
    """Some kind of licence has none that lasts until the day."""
    return exists().where(col(Licence.supplier_file_id) == col(SupplierFile.id), lapses_before(day))


async def add(session: AsyncSession, row: SupplierFile | SupplierPolicy) -> None:
    """Write a new file or policy; AlreadyExists SUPPLIER_FILE_EXISTS, SUPPLIER_POLICY_EXISTS."""
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        constraint = constraint_of(error)
        if isinstance(row, SupplierFile) and constraint == "supplier_files_uscc_taken":
            raise errors.uscc_taken(row.uscc) from None
        if isinstance(row, SupplierPolicy) and constraint == "supplier_policies_day_taken":
            raise errors.policy_day_taken(row.valid_from) from None
        raise


async def file_about(session: AsyncSession, buyer_id: UUID, supplier_id: UUID) -> SupplierFile | None:
    """The file that a buyer keeps about a supplier's organisation."""
    found: SupplierFile | None = await session.scalar(
        select(SupplierFile).where(col(SupplierFile.buyer_id) == buyer_id, col(SupplierFile.supplier_id) == supplier_id)
    )
    return found


async def files_about(session: AsyncSession, buyer_id: UUID, supplier_ids: Collection[UUID]) -> list[SupplierFile]:
    """The files that a buyer keeps about these suppliers' organisations, in the order of the suppliers' ids."""
    statement = select(SupplierFile).where(
        col(SupplierFile.buyer_id) == buyer_id, col(SupplierFile.supplier_id).in_(supplier_ids)
    )
    return list(await session.scalars(statement.order_by(col(SupplierFile.supplier_id))))


async def licences_of(session: AsyncSession, *file_ids: UUID) -> list[Licence]:
    """All licences of some files."""
    return list(await session.scalars(select(Licence).where(col(Licence.supplier_file_id).in_(file_ids))))


async def licence_of(session: AsyncSession, file_id: UUID, kind: LicenceKind, number: str) -> Licence | None:
    """A file's licence by kind and number."""
    found: Licence | None = await session.scalar(
        select(Licence).where(
            col(Licence.supplier_file_id) == file_id, col(Licence.kind) == kind, col(Licence.number) == number
        )
    )
    return found


async def licence(session: AsyncSession, licence_id: UUID) -> Licence:
    """For a job: a licence as it is now (none is ever deleted); it changes only while its file is locked."""
    statement = select(Licence).where(col(Licence.id) == licence_id)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


async def page_of_licences(
    session: AsyncSession, principal: Principal, file_id: UUID, request: PageRequest
) -> Page[Licence]:
    """The licences of a file, for its buyer and for the supplier that it is about, newest first."""
    statement = select(Licence).join(SupplierFile, col(SupplierFile.id) == col(Licence.supplier_file_id))
    statement = statement.where(or_(visible_to(principal), shown_to(principal)), col(SupplierFile.id) == file_id)
    return await paginate(session, statement, keys=(Licence.id,), request=request, descending=True)


async def replace_invitations(session: AsyncSession, file_id: UUID, now: datetime) -> None:
    """Make an open invitation of a file worthless. The file must be locked."""
    await session.execute(
        update(Invitation)
        .where(
            col(Invitation.supplier_file_id) == file_id,
            col(Invitation.redeemed_at).is_(None),
            col(Invitation.replaced_at).is_(None),
        )
        .values(replaced_at=now, updated_at=now, version=Invitation.version + 1)
    )


async def invitation(session: AsyncSession, token_hash: bytes) -> Invitation:
    """The invitation with this token as it is now; NotFound INVITATION_NOT_FOUND also when it was replaced."""
    statement: Select[Any] = select(Invitation).where(col(Invitation.token_hash) == token_hash)
    found: Invitation | None = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None or found.replaced_at is not None:
        raise errors.invitation_not_found()
    return found


async def policy_on(session: AsyncSession, buyer_id: UUID, day: date) -> Policy:
    """The buyer's policy that counts on a day, or the one that counts while it has set none."""
    row = await session.scalar(
        select(SupplierPolicy)
        .where(col(SupplierPolicy.buyer_id) == buyer_id, col(SupplierPolicy.valid_from) <= day)
        .order_by(col(SupplierPolicy.valid_from).desc())
        .limit(1)
    )
    return Policy() if row is None else Policy(row.file_required, row.warning_days)


async def page_of_policies(session: AsyncSession, principal: Principal, request: PageRequest) -> Page[SupplierPolicy]:
    """The buyer's policies, the latest first."""
    statement = select(SupplierPolicy).where(col(SupplierPolicy.buyer_id) == principal.organisation_id)
    keys = (SupplierPolicy.valid_from, SupplierPolicy.id)
    return await paginate(session, statement, keys=keys, request=request, descending=True)
