"""REST door of search: only translates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.http.edge import EdgeDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters
from procurement.search import service
from procurement.search.rules import Kind
from procurement.search.schemas import FoundOut, HitsOut

router = APIRouter(prefix="/search", tags=["search"])


class Wanted(Filters):
    """What to search, where, and how many hits of each kind."""

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
    kinds: Annotated[tuple[Kind, ...], Field(description="All when none is named.", max_length=len(Kind))] = ()
    limit: Annotated[int, Field(ge=1, le=50)] = 10


@router.get("", operation_id="searchProcurement", response_model=FoundOut, responses=problems())
async def search(wanted: Annotated[Wanted, Query()], edge: EdgeDep) -> Response:
    """Orders by number, note and material, materials by code, name and specification, suppliers by name and USCC.

    The best hits of each kind, ranked; there are no pages: a closer query or the filters of the list show the rest.
    """
    return await edge.read(
        lambda work: service.find(work, wanted.q, wanted.kinds, wanted.limit),
        lambda found: FoundOut(kinds=[HitsOut.model_validate(one) for one in found]),
    )
