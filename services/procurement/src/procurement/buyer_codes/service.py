"""Use cases of own codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from chassis.pages import Page, PageRequest
from chassis.tabular.checking import labelled
from chassis.tabular.reading import MOST_LISTED
from chassis.work import Work
from procurement import permissions
from procurement.buyer_codes import repository, rules
from procurement.buyer_codes.models import BuyerCode
from procurement.buyer_codes.repository import BuyerCodeFilter
from procurement.buyer_codes.rules import OwnCode
from procurement.materials.service import ImportReport, Taken


async def upsert(work: Work, rows: Sequence[OwnCode]) -> ImportReport:
    """Map own codes to the catalogue's: new ones are made, others changed; bad rows come back with their reasons."""
    work.require(permissions.BUYER_CODES_KEEP)
    async with work.reading() as session:
        catalogue = await repository.known_materials(session, {row.material_code for row in rows})
    good, refused = rules.judged(rows, catalogue)
    organisation_id = work.principal.organisation_id
    written = await repository.upsert(await work.driver(), organisation_id, good, work.now) if good else {}
    taken = []
    for row in good:
        status = "unchanged"
        if row.own_code in written:
            code_id, before = written[row.own_code]
            status = "created" if before is None else "updated"
            work.audit(
                f"buyer-codes.{status}",
                "buyer-code",
                code_id,
                before,
                {"own_code": row.own_code, "material_code": row.material_code, "name": row.name},
            )
        taken.append(Taken(row.row, row.own_code, status))
    return ImportReport(tuple(taken), tuple(refused))


async def page(work: Work, wanted: BuyerCodeFilter, request: PageRequest) -> Page[BuyerCode]:
    """The caller's own codes; with `own_code` the one that it is looking for."""
    work.require(permissions.BUYER_CODES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def choices(work: Work) -> list[str]:
    """For workbooks of other aggregates: the caller's own codes as a drop-down, as far as one goes."""
    work.require(permissions.BUYER_CODES_READ)
    async with work.reading() as session:
        return [labelled(*one) for one in await repository.labels(session, work.principal, MOST_LISTED)]


async def meanings(work: Work, codes: Collection[str]) -> Mapping[str, frozenset[str]]:
    """For workbooks of other aggregates: what each code may mean, the caller's own and the catalogue's, by code."""
    work.require(permissions.BUYER_CODES_READ)
    async with work.reading() as session:
        own = await repository.meanings(session, work.principal, codes)
        catalogue = await repository.known_materials(session, codes)
    return {
        code: frozenset({own[code]} if code in own else ()) | ({code} if code in catalogue else frozenset())
        for code in codes
    }
