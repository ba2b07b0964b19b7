"""Where a path leads: to a service, to the gateway itself, or nowhere; and which routes need no token.

Everything that is open to the world stands in `PUBLIC`, and what a worker opens with a one-time link (its service
checks the header Zhulian-Link) below `BY_LINK`; whatever is not there needs a token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.edge import errors

MAX_TARGET = 8 * 1024
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})

AREAS = ("projects", "labour", "procurement", "equipment")
"""First path segments that belong to services; their addresses are in ZHULIAN_UPSTREAMS."""
OWN_AREA = "access"

PUBLIC = frozenset(
    {
        ("GET", "/docs"),
        ("GET", "/docs/docs.css"),
        ("GET", "/docs/docs.js"),
        ("GET", "/docs/swagger-ui.css"),
        ("GET", "/docs/swagger-ui-bundle.js"),
        ("GET", "/openapi.json"),
        ("GET", "/livez"),
        ("GET", "/readyz"),
        ("POST", "/access/v1/organisations"),  # registration: who registers has no account yet
    }
)

BY_LINK = "/labour/v1/my/"

# One plain reading only: what another parser could take for a separator or a dot segment is not let through.
# %25 would be read as another escape by whoever decodes twice.
_PLAIN = r"[A-Za-z0-9._~:@!$&'()*+,=-]"
_ESCAPE = r"%(?!2[eEfF5]|5[cC]|[01][0-9A-Fa-f]|7[fF])[0-9A-Fa-f]{2}"
_SEGMENT = rf"(?!\.{{1,2}}(?:/|$))(?:{_PLAIN}|{_ESCAPE})+"
_NORMAL = re.compile(rf"(?:/{_SEGMENT})+")


@dataclass(frozen=True, slots=True)
class Route:
    """`area` names the service (`access`: served here); `public`: no token is asked for."""

    area: str
    public: bool


def route(method: str, raw_path: bytes, query: bytes) -> Route:
    """Where this request goes; raises 405, 400 PATH_NOT_NORMAL, 414 or 404 ROUTE_NOT_FOUND."""
    if method not in METHODS:
        raise errors.method_not_allowed(method)
    if len(raw_path) + len(query) > MAX_TARGET:
        raise errors.target_too_long(MAX_TARGET)
    path = raw_path.decode("latin-1")
    if _NORMAL.fullmatch(path) is None:
        raise errors.path_not_normal()
    public = path.startswith(BY_LINK) or ("GET" if method == "HEAD" else method, path) in PUBLIC
    area, _, rest = path[1:].partition("/")
    if area == OWN_AREA or area in AREAS:
        if not (rest == "v1" or rest.startswith("v1/")):
            raise errors.no_such_route()
        return Route(area, public)
    if public:
        return Route("edge", public)
    raise errors.no_such_route()
