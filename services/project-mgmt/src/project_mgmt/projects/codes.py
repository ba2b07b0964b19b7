"""Code tables of projects: data with source and valid-from (design rule 13), read once at import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from chassis.http.faults import fault


@dataclass(frozen=True, slots=True)
class Entry:
    """One code with its names; `attributes` holds what else the table says of it."""

    code: str
    zh: str
    en: str
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A table of codes, where it comes from and since when it holds."""

    source: str
    valid_from: date
    entries: Mapping[str, Entry]

    def check(self, code: str) -> str:
        """The code itself; a validation error UNKNOWN_CODE that lists the known ones otherwise."""
        if code in self.entries:
            return code
        raise _unknown(self.entries)


def _unknown(known: Iterable[str]) -> PydanticCustomError:
    listed = ", ".join(known)
    return fault("UNKNOWN_CODE", zh=f"代码未知,可用代码:{listed}", en=f"Unknown code; known are: {listed}")


def _load(name: str) -> CodeTable:
    raw = json.loads(files("project_mgmt.projects").joinpath("data", name).read_text(encoding="utf-8"))
    entries = {
        row["code"]: Entry(
            row["code"],
            row["zh"],
            row["en"],
            {key: value for key, value in row.items() if key not in {"code", "zh", "en"}},
        )
        for row in raw["entries"]
    }
    return CodeTable(raw["source"], date.fromisoformat(raw["valid_from"]), entries)


BUILDING_TYPES = _load("building-types.json")
DISTRICTS = _load("districts.json")
PARTY_ROLES = _load("party-roles.json")
CITIES: Mapping[str, frozenset[str]] = {
    city: frozenset(code for code, entry in DISTRICTS.entries.items() if entry.attributes["city"] == city)
    for city in {str(entry.attributes["city"]) for entry in DISTRICTS.entries.values()}
}
"""City code (GB/T 2260) → the districts of it that the table knows."""


def district_in_city(district: str, city: str) -> bool:
    """Whether the table has the district under that city."""
    return district in CITIES.get(city, frozenset())


def corp_type(role: str) -> str | None:
    """The national corp_type code of a party's role; None where no national code exists (IPMT, authority)."""
    value = PARTY_ROLES.entries[role].attributes["corp_type"]
    return None if value is None else str(value)


def check_city(code: str) -> str:
    """The city's code itself; a validation error UNKNOWN_CODE otherwise."""
    if code in CITIES:
        return code
    raise _unknown(sorted(CITIES))


def _enum(table: CodeTable) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(table.entries)})


BuildingType = Annotated[str, AfterValidator(BUILDING_TYPES.check), _enum(BUILDING_TYPES)]
"""A building type 建筑类型 of the table."""

District = Annotated[str, AfterValidator(DISTRICTS.check), _enum(DISTRICTS)]
"""A district 区 that the plan names."""

PartyRole = Annotated[str, AfterValidator(PARTY_ROLES.check), _enum(PARTY_ROLES)]
"""A role of a party 参建单位类型."""

City = Annotated[
    str,
    AfterValidator(check_city),
    WithJsonSchema({"type": "string", "enum": sorted(CITIES), "examples": ["440300"]}),
]
"""A city, national administrative division code (GB/T 2260)."""
