"""Which paths lead somewhere; pure."""

from __future__ import annotations

import pytest

from chassis.errors import ServiceError
from gateway.edge import routes


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("/projects/v1/projects", "projects"),
        ("/labour/v1/workers/0199c0de-0000-7000-8000-000000000001:unmask", "labour"),
        ("/procurement/v1/materials/%E9%92%A2%E7%AD%8B", "procurement"),
        ("/equipment/v1", "equipment"),
        ("/access/v1/organisations", "access"),
        ("/openapi.json", "edge"),
        ("/docs/docs.js", "edge"),
    ],
)
def test_a_known_prefix_leads_to_its_area(path: str, area: str) -> None:
    assert routes.route("GET", path.encode(), b"").area == area


@pytest.mark.parametrize(
    "path",
    [
        "/projects/v1//projects",
        "//projects/v1/projects",
        "/projects/v1/../../labour/v1/workers",
        "/projects/v1/./projects",
        "/projects/v1/..",
        "/projects/v1/%2e%2e/x",
        "/projects/v1/%2E%2e/x",
        "/projects/v1/a%2fb",
        "/projects/v1/a%2Fb",
        "/projects/v1/a%5cb",
        "/projects/v1/a\\b",
        "/projects/v1/a%00b",
        "/projects/v1/a%0d%0aX-Evil:1",
        "/projects/v1/%252e%252e/x",
        "/projects/v1/a;b",
        "/projects/v1/a%",
        "/projects/v1/a%zz",
        "/projects/v1/a b",
        "/projects/v1/\u00e9",
        "/projects/v1/",
        "projects/v1/x",
        "*",
        "",
    ],
)
def test_a_path_with_two_readings_is_refused(path: str) -> None:
    with pytest.raises(ServiceError) as refused:
        routes.route("GET", path.encode("latin-1"), b"")
    assert (refused.value.http_status, refused.value.reason) == (400, "PATH_NOT_NORMAL")


@pytest.mark.parametrize(
    "path", ["/", "/admin", "/projects", "/projects/v2/x", "/projectsx/v1/x", "/Projects/v1/x", "/metrics"]
)
def test_an_unknown_prefix_is_404(path: str) -> None:
    with pytest.raises(ServiceError) as refused:
        routes.route("GET", path.encode(), b"")
    # "/" is one empty segment, so it is not normal; both end outside.
    assert refused.value.http_status == (400 if path == "/" else 404)


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"])
def test_a_method_that_no_route_has_is_405(method: str) -> None:
    with pytest.raises(ServiceError) as refused:
        routes.route(method, b"/projects/v1/projects", b"")
    assert refused.value.http_status == 405


def test_what_is_public_stands_in_one_table() -> None:
    assert routes.route("POST", b"/access/v1/organisations", b"").public
    assert routes.route("HEAD", b"/docs", b"").public
    assert not routes.route("GET", b"/access/v1/organisations", b"").public
    assert not routes.route("POST", b"/access/v1/organisations/x", b"").public


BESIDE = [
    "/labour/v1/my",
    "/labour/v1/mine/record",
    "/labour/v1/My/record",
    "/labour/v1/%6dy/record",
    "/labour/v1/workers",
    "/labour/v1/links",
    "/labour/v1/contracts/my/x",
    "/projects/v1/my/record",
    "/access/v1/my/record",
]


@pytest.mark.parametrize("method", sorted(routes.METHODS))
def test_what_a_link_opens_needs_no_token_and_nothing_beside_it(method: str) -> None:
    """The prefix is exact: another spelling of it needs a token."""
    assert routes.route(method, b"/labour/v1/my/link:check", b"").public
    assert routes.route(method, b"/labour/v1/my/contracts/0199c0de/document", b"").public
    assert [path for path in BESIDE if routes.route(method, path.encode(), b"").public] == []


@pytest.mark.parametrize("path", ["/labour/v1/my/../workers", "/labour/v1/my/%2e%2e/workers", "/labour/v1/my%2fx"])
def test_the_prefix_is_no_way_to_the_rest(path: str) -> None:
    with pytest.raises(ServiceError) as refused:
        routes.route("GET", path.encode(), b"")
    assert refused.value.reason == "PATH_NOT_NORMAL"


def test_a_long_target_is_414() -> None:
    with pytest.raises(ServiceError) as refused:
        routes.route("GET", b"/projects/v1/x", b"q=" + b"a" * routes.MAX_TARGET)
    assert refused.value.http_status == 414
