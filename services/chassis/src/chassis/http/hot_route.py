"""Routes of the few hot endpoints (design rule 12): what FastAPI works out for each request is known beforehand.

Solving the dependencies and the query model of a list costs as much as its SELECT (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Final, TypeVar
from uuid import UUID

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from chassis.http.edge import authenticated
from chassis.http.requests import BODY_LIMIT, BoundedRequest, JsonRoute, require_json

Arguments = dict[str, Any]
Endpoint = Callable[..., Awaitable[Response]]
E = TypeVar("E", bound=Endpoint)

MOST_QUERIES: Final = 1024
LONGEST_QUERY: Final = 256
_MARK: Final = "zhulian_hot"


def hot(endpoint: E) -> E:
    """Mark an endpoint whose route is to be a `HotRoute`; stands below the router's decorator."""
    setattr(endpoint, _MARK, True)
    return endpoint


def is_hot(endpoint: Callable[..., Any]) -> bool:
    """Whether `hot` has marked it."""
    return getattr(endpoint, _MARK, False)


class HotRoute(JsonRoute):
    """A good request goes straight to the endpoint: body through its model, token, a query string that was good before.

    Every other request takes FastAPI's way, which judges it and says what is wrong. So both ways accept the same, and
    there is one wording of refusals. An endpoint may take the signed-in edge, ids from its path, and one body or what
    comes from the query.
    """

    def __init__(self, path: str, endpoint: Endpoint, **options: Any) -> None:
        self._endpoint = endpoint
        self._queries: dict[bytes, Arguments] = {}
        super().__init__(path, self._noting(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The short way, with FastAPI's behind it."""
        careful = super().get_route_handler()
        self._edge, self._body, self._asks = _parameters(self)
        self._ids = _ids(self)

        async def handle(request: Request) -> Response:
            request.scope[BODY_LIMIT] = self.body_limit
            bounded = BoundedRequest(request.scope, request.receive)
            arguments = await self._arguments(bounded)
            return await (careful(bounded) if arguments is None else self._endpoint(**arguments))

        return handle

    async def _arguments(self, request: BoundedRequest) -> Arguments | None:
        """What the endpoint takes; None when FastAPI has to judge the request."""
        known = self._queries.get(request.scope["query_string"]) if self._asks else {}
        if known is None:
            return None
        arguments = dict(known)
        for name in self._ids:
            found = _canonical(request.path_params[name])
            if found is None:
                return None
            arguments[name] = found
        if self._body is None:
            arguments[self._edge] = await authenticated(request)
            return arguments
        name, model = self._body
        if not await request.body():
            return None
        require_json(request)
        document = await request.json()
        arguments[self._edge] = await authenticated(request)
        try:
            arguments[name] = model.model_validate(document)
        except ValidationError:
            return None
        return arguments

    def _noting(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint as FastAPI calls it: notes what a good query string means."""

        @wraps(endpoint)
        async def noting(**arguments: Any) -> Response:
            query: bytes = arguments[self._edge].request.scope["query_string"]
            if self._asks and len(query) <= LONGEST_QUERY:
                if len(self._queries) >= MOST_QUERIES:
                    self._queries.clear()  # callers walk through pages: most strings never come again
                others = {self._edge, *self._ids}
                self._queries[query] = {name: value for name, value in arguments.items() if name not in others}
            return await endpoint(**arguments)

        return noting


def _parameters(route: APIRoute) -> tuple[str, tuple[str, type[BaseModel]] | None, bool]:
    """The edge's name, the body's name and model, and whether anything comes from the query."""
    whole = route.dependant
    asked = [part for part in whole.dependencies if part.call is not authenticated]
    edges = [part.name for part in whole.dependencies if part.call is authenticated and part.name]
    bodies = [(field.name, field.field_info.annotation) for field in whole.body_params]
    fixed = all(map(_is_of_query, [whole, *asked])) and not any(part.path_params for part in asked)
    if len(edges) != 1 or len(bodies) > 1 or not fixed:
        raise TypeError(f"{route.name} takes more than a hot route can give")
    asks = bool(whole.query_params or asked)
    for name, model in bodies:
        if asks or not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(f"{route.name} takes a body that is no model, or a query beside it")
        return edges[0], (name, model), asks
    return edges[0], None, asks


def _ids(route: APIRoute) -> tuple[str, ...]:
    """The names of the ids in the path."""
    if any(field.field_info.annotation is not UUID for field in route.dependant.path_params):
        raise TypeError(f"{route.name} takes more of its path than ids")
    return tuple(field.name for field in route.dependant.path_params)


def _canonical(text: str) -> UUID | None:
    """An id as everybody writes it; another spelling is FastAPI's to judge."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def _is_of_query(part: Dependant) -> bool:
    """Whether what this part gives beside ids of the path depends on the query alone, so that it may be kept."""
    others = (part.header_params, part.cookie_params, part.request_param_name)
    return not any(others) and part.response_param_name is None and part.background_tasks_param_name is None
