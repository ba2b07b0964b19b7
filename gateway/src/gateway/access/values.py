"""Values that several of access's forms have: addresses, names of people, roles, and where Keycloak stands."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from chassis.http.faults import fault
from chassis.identity import Role
from chassis.values import Text

# Keycloak's user profile refuses these in names (its validator person-name-prohibited-characters).
_NOT_IN_NAMES = frozenset('<>&"$%!#?§;*~/\\|^={}()[]\n\t\x85\u2028\u2029')


def _person(value: str) -> str:
    if _NOT_IN_NAMES & set(value):
        raise fault("NAME_CHARACTER", zh="姓名含有不允许的字符", en="the name has a character that is not allowed")
    return value


PersonName = Annotated[Text, AfterValidator(_person), Field(max_length=100, examples=["张伟"])]
"""The name of a person in one piece."""

Email = Annotated[
    str,
    Field(
        max_length=128,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        examples=["zhang.wei@example.com"],
    ),
    AfterValidator(str.lower),
]
"""An e-mail address in lower case; the user name with which its owner signs in."""

Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{4,23}$", examples=["0755-26543210"])]

Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role), examples=[["buyer", "viewer"]])]


class Provisioning(StrEnum):
    """Whether Keycloak holds what stands here: `none` is needed yet, `pending`, or `done`."""

    NONE = "none"
    PENDING = "pending"
    DONE = "done"


def provisioning(version: int, synced_version: int) -> Provisioning:
    """Where Keycloak stands for a row that it must follow."""
    return Provisioning.DONE if synced_version == version else Provisioning.PENDING
