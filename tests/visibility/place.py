"""A place: rows of a service, and who has a part in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.harness import Organisation


@dataclass(frozen=True)
class Place:
    """`ids` of rows by the names under which operations take them; `members` have a part in all or some of them.

    `beside` are organisations that are near (parties of the same project, rivals), but have no part in them.
    `only`: the operations that this place is about; none means all that take one of the ids. `offered`: names of ids
    that anybody who is signed in reads in a published offer. `given` are public ids that go with them. `without` are
    operations that name such ids in something new of the caller's own, and learn nothing of them.
    """

    name: str
    ids: dict[str, str]
    members: list[Organisation]
    beside: list[Organisation] = field(default_factory=list)
    only: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    given: dict[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
