"""Every connector, and where this installation reaches which platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from labour.authorities.rules import Authority, directory
from labour.clients.authorities import Connector, Meaning, Transport
from labour.clients.authority_demo_province import DemoProvinceConnector
from labour.clients.authority_national import NationalConnector

DIALECTS: Mapping[str, Callable[[Transport, Mapping[str, Meaning]], Connector]] = {
    "national": NationalConnector,
    "demo_province": DemoProvinceConnector,
}


class Platforms:
    """The platforms of the directory; `addresses` names where those are that this installation may reach.

    Addresses come from the installation and never from a caller: nobody can point a connection, and with it personal
    data, at a server of his own.
    """

    def __init__(self, addresses: Mapping[str, str], transport: Transport | None = None) -> None:
        unknown = sorted(set(addresses) - set(directory()))
        if unknown:
            raise ValueError(f"addresses of platforms that the directory does not have: {', '.join(unknown)}")
        self._addresses = {code: address.rstrip("/") for code, address in addresses.items()}
        self._transport = transport or Transport()

    def address(self, code: str) -> str | None:
        """Where a platform listens; None when this installation does not reach it."""
        return self._addresses.get(code)

    def connector(self, authority: Authority) -> Connector:
        """How to speak with a platform."""
        return DIALECTS[authority.connector](self._transport, authority.answers)
