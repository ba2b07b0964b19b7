"""Puts the parts of the process together: what lives as long as it, and the edge around the application."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.types import ASGIApp

from chassis.http.openapi import document_bytes
from chassis.runtime import Runtime
from gateway.access.secrets import Cipher
from gateway.clients.keycloak import Keycloak
from gateway.clients.usage import Usage
from gateway.edge import health
from gateway.edge.app import EdgeApp, Parts
from gateway.edge.health import Neighbours, Probe
from gateway.edge.limits import RateLimiter
from gateway.edge.openapi import Document, Fetch, MergedOpenApi, fetch
from gateway.edge.proxy import Proxy
from gateway.edge.routes import OWN_AREA
from gateway.settings import GatewaySettings


def connect(runtime: Runtime) -> Mapping[str, Any]:
    """The clients, once the event loop runs; what stands in `channels` is closed with the process."""
    settings: GatewaySettings = runtime.settings
    keycloak = Keycloak(
        settings.keycloak_url,
        settings.keycloak_realm,
        settings.keycloak_admin_client_id,
        settings.keycloak_admin_client_secret.get_secret_value(),
    )
    cipher = Cipher({name: key.get_secret_value() for name, key in settings.encryption_keys.items()})
    usage = Usage(runtime.works, runtime.clock)
    usage.start()
    proxy = Proxy(settings.upstreams, connect=settings.connect_timeout, total=settings.total_timeout)
    return {
        "keycloak": keycloak,
        "cipher": cipher,
        "usage": usage,
        "proxy": proxy,
        "channels": [proxy, usage, keycloak],
    }


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
            limiter=RateLimiter(settings.rate_limit_requests, settings.rate_limit_window),
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
