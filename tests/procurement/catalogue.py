"""Materials that a test makes for itself."""

from __future__ import annotations

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.materials import service as materials
from procurement.units import service as units
from tests.harness import Harness, organisation

OPERATOR = organisation(Kind.OPERATOR).as_(Role.ADMIN)
MATERIALS = "code,name_zh,name_en,specification,units,retired\n"
CONVERSIONS = "material_code,from_unit,to_unit,numerator,denominator,source,valid_from\n"


def fresh_code() -> str:
    """Eight digits that no other test uses."""
    return f"9{new_id().int % 10**7:07d}"


async def bar(harness: Harness, *units_of: str) -> str:
    """A φ8 bar, in t, kg and m unless other units are named; 1 m weighs 0.395 kg."""
    code = fresh_code()
    row = f"{code},圆钢,round bar,HPB300 φ8,{'|'.join(units_of or ('t', 'kg', 'm'))},no\n"
    async with harness.work(OPERATOR) as work:
        report = await materials.import_catalogue(work, (MATERIALS + row).encode())
    assert [one.status for one in report.taken] == ["created"]
    factor = f"{code},m,kg,395,1000,sample,2018-09-01\n"
    async with harness.work(OPERATOR) as work:
        await units.import_conversions(work, (CONVERSIONS + factor).encode())
    return code
