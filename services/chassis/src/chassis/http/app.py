"""The HTTP application of a service: its router, flat, inside the layer that every request passes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chassis.http import exceptions
from chassis.http.health import Health
from chassis.http.hot_route import HotRoute, is_hot
from chassis.http.middleware import Drain, RequestLayer
from chassis.http.openapi import document_bytes
from chassis.http.requests import JsonRoute

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Described(Protocol):
    """What of a Service the HTTP application needs."""

    @property
    def title(self) -> str:
        """Of the OpenAPI document."""
        ...

    @property
    def description(self) -> str:
        """Of the OpenAPI document."""
        ...

    @property
    def router(self) -> APIRouter:
        """All REST routes, with their full public paths."""
        ...

    @property
    def extend(self) -> Callable[[FastAPI], None]:
        """Gives mounted routes what the whole service has in common."""
        ...


def create_app(service: Described, *, lifespan: Lifespan | None = None) -> FastAPI:
    """The application; `app.state.health` takes the checks of /readyz, `app.state.drain` is for the stop.

    Besides the service's routes it answers /livez, /readyz and /openapi.json.
    """
    drain = Drain()
    health = Health(drain)
    app = FastAPI(
        title=service.title,
        description=service.description,
        version="1.0.0",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=True,
        lifespan=lifespan,
        # FastAPI's own tracing writes query strings into spans and makes a span of each step; RequestLayer
        # has one.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.drain = drain
    app.state.health = health
    _mount(app, service.router)
    service.extend(app)
    app.router.routes.extend([*health.routes(), Route("/openapi.json", _OpenApi(app), methods=["GET"])])
    exceptions.install(app)
    app.add_middleware(RequestLayer, drain=drain)
    return app


class _OpenApi:
    """Answers the document, which is made at the first request for it."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._document: bytes | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._document is None:
            self._document = document_bytes(self._app)
        await Response(self._document, media_type="application/json")(scope, receive, send)


def _mount(app: FastAPI, router: APIRouter) -> None:
    """Put the routes of nested routers flat into the application, each as a JsonRoute.

    Flat, because FastAPI matches a nested router's paths once per level for each request.
    """
    for context in iter_route_contexts(router.routes):
        app.router.routes.append(_route(app, context))


_CARRIED = frozenset(inspect.signature(JsonRoute.__init__).parameters) - {
    "self",
    "max_body_size",
    "form_limits",
    "dependency_overrides_provider",
}


def _route(app: FastAPI, context: RouteContext) -> BaseRoute:
    if not isinstance(context.original_route, APIRoute):
        return context.original_route
    values = {name: getattr(context, name) for name in _CARRIED}
    kind = HotRoute if is_hot(values["endpoint"]) else JsonRoute
    route = kind(**values, dependency_overrides_provider=app)
    # FastAPI's own limiter answers in plain text and wraps receive and send; ours counts where the body is
    # read.
    limit: int | None = context.max_body_size
    if limit is not None:
        route.body_limit = limit
    return route
