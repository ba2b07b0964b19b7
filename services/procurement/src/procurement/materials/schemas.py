"""What goes out about materials."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from chassis.http.schemas import FieldFault, Out, RowResult
from chassis.tabular.checking import RefusedRow
from chassis.values import Instant
from procurement.materials.models import Branch, CostType, Material
from procurement.materials.service import ImportReport


class MaterialOut(Out):
    """A material of the catalogue."""

    id: UUID
    version: int
    code: str = Field(examples=["01090001"])
    name_zh: str
    name_en: str
    specification: str
    cost_type: CostType
    units: list[str]
    retired: bool
    updated_at: Instant

    @classmethod
    def of(cls, material: Material) -> MaterialOut:
        """From the row."""
        return cls(
            id=material.id,
            version=material.version,
            code=material.code,
            name_zh=material.name_zh,
            name_en=material.name_en,
            specification=material.specification,
            cost_type=material.cost_type,
            units=[unit.unit for unit in material.units],
            retired=material.retired,
            updated_at=material.updated_at,
        )


class BranchOut(Out):
    """A class of the catalogue; `parent` is the major class of a sub class, empty for a major one."""

    code: str = Field(examples=["0109"])
    parent: str = Field(examples=["01"])
    name_zh: str = Field(examples=["圆钢"])
    name_en: str

    @classmethod
    def of(cls, branch: Branch) -> BranchOut:
        """From the row."""
        parent = branch.code[:2] if len(branch.code) > 2 else ""
        return cls(code=branch.code, parent=parent, name_zh=branch.name_zh, name_en=branch.name_en)


class ImportOut(Out):
    """How an import went, row by row; after a dry run how it would go."""

    dry_run: bool
    taken: int
    refused: int
    rows: list[RowResult]

    @classmethod
    def of(cls, report: ImportReport) -> ImportOut:
        """In the order of the file."""
        rows = [
            RowResult.model_validate({"row": one.row, "status": one.status, "external_id": one.code})
            for one in report.taken
        ]
        rows += [refused(one) for one in report.refused]
        rows.sort(key=lambda row: row.row)
        return cls(dry_run=report.dry_run, taken=len(report.taken), refused=len(report.refused), rows=rows)


def refused(one: RefusedRow) -> RowResult:
    """A row that was not taken: its number, its columns, its reasons."""
    faults = [
        FieldFault(pointer=fault.pointer, code=fault.code, detail=fault.zh, details={"zh-CN": fault.zh, "en": fault.en})
        for fault in one.violations
    ]
    return RowResult(row=one.row, status="refused", external_id=one.code, errors=faults)
