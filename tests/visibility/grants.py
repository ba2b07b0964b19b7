"""The words in which the tables of who may do what are written."""

from __future__ import annotations

from chassis.identity import Kind, Role

Who = frozenset[tuple[Kind, Role]]

EVERY_KIND = " ".join(Kind)
EVERY_ROLE = " ".join(Role)


def may(kinds: str, roles: str) -> Who:
    """Members with any of the roles in an organisation of any of the kinds; words parted by blanks."""
    return frozenset((Kind(kind), Role(role)) for kind in kinds.split() for role in roles.split())


SIGNED_IN = may(EVERY_KIND, EVERY_ROLE)

BY_LINK: Who = frozenset()
"""Nobody by a token: whoever holds a one-time link."""


def by_link(who: Who) -> bool:
    """Whether a route is opened by a link, so that a token says nothing there."""
    return who == BY_LINK
