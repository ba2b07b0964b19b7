"""REST door of search: only translates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from chassis.errors import NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.search import service
from procurement.search.rules import Kind
from procurement.search.schemas import FoundOut, HitOut, HitsOut

router = APIRouter(prefix="/search", tags=["search"])


class Asked(Filters):
    """What to search."""

    q: Annotated[
        str,
        Field(
            min_length=2,
            max_length=100,
            pattern=r"^[^\x00]*$",
            description="Words parted by blanks; each has to be there, one of them with two characters.",
            examples=["圆钢"],
        ),
    ]


class Wanted(Asked):
    """What to search, where, and how many hits of each kind."""

    kinds: Annotated[tuple[Kind, ...], Field(description="All when none is named.", max_length=len(Kind))] = ()
    limit: Annotated[int, Field(ge=1, le=50)] = 10


@router.get("", operation_id="searchProcurement", response_model=FoundOut, responses=problems())
async def search(wanted: Annotated[Wanted, Query()], edge: EdgeDep) -> Response:
    """Orders by number, note and material, materials by code, name and specification, suppliers by name and USCC.

    The best hits of each kind: the code itself, codes that begin so, the rest. Ranked are the newest 1,000 of a kind
    that may match; a closer query or the filters of the list show older ones.
    """
    return await edge.read(
        lambda work: service.find(work, wanted.q, wanted.kinds, wanted.limit),
        lambda found: FoundOut(kinds=[HitsOut.of(kind, page) for kind, page in found.items()]),
    )


@router.get("/{kind}", operation_id="listSearchHits", response_model=PageOut[HitOut], responses=problems(NotFound))
async def list_hits(
    kind: Annotated[Kind, Path(examples=["materials"])],
    asked: Annotated[Asked, Query()],
    page: PageDep,
    edge: EdgeDep,
) -> Response:
    """All ranked hits of one kind, the best first; empty when the caller may not read it."""
    return await edge.page(lambda work: service.page(work, asked.q, kind, page), HitOut.model_validate)
