"""Puts the edge around the gateway's own application."""

from __future__ import annotations

from functools import partial

import orjson
from fastapi import FastAPI
from starlette.types import ASGIApp

from chassis.http.openapi import document_bytes
from chassis.runtime import Runtime
from gateway.clients.usage import Usage
from gateway.edge import health
from gateway.edge.app import EdgeApp, Parts
from gateway.edge.health import Neighbours, Probe
from gateway.edge.limits import RateLimiter
from gateway.edge.openapi import Document, Fetch, MergedOpenApi, fetch
from gateway.edge.proxy import Proxy
from gateway.edge.routes import OWN_AREA
from gateway.settings import GatewaySettings


def wrap(app: FastAPI, runtime: Runtime) -> ASGIApp:
    """The edge around the gateway's own application."""
    settings: GatewaySettings = runtime.settings
    proxy: Proxy = runtime.clients["proxy"]
    usage: Usage = runtime.clients["usage"]
    return EdgeApp(
        app,
        Parts(
            verifier=runtime.verifier,
            proxy=proxy,
            limiter=RateLimiter(settings.rate_limit_requests, settings.rate_limit_window, runtime.clock),
            openapi=MergedOpenApi(_documents(app, proxy, settings)),
            neighbours=Neighbours(_probes(proxy, settings)),
            report=app.state.health.report,
            drain=app.state.drain,
            body_limit=settings.body_limit,
            seen=usage.seen,
        ),
    )


def _documents(app: FastAPI, proxy: Proxy, settings: GatewaySettings) -> dict[str, Fetch]:
    async def upstream(base: str) -> Document:
        return await fetch(proxy.session, base)

    async def own() -> Document:
        document: Document = orjson.loads(document_bytes(app))
        return document

    return {area: partial(upstream, base) for area, base in settings.upstreams.items()} | {OWN_AREA: own}


def _probes(proxy: Proxy, settings: GatewaySettings) -> dict[str, Probe]:
    async def probe(url: str) -> None:
        await health.probe_http(proxy.session, url)

    probes: dict[str, Probe] = {
        area: partial(probe, f"{base.rstrip('/')}/readyz") for area, base in settings.upstreams.items()
    }
    realm = f"{settings.keycloak_url.rstrip('/')}/realms/{settings.keycloak_realm}"
    return probes | {"keycloak": partial(probe, realm)}
