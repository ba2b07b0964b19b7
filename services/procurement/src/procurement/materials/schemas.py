"""What goes out about materials."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from chassis.http.schemas import FieldFault, Out, RowResult
from chassis.values import Instant
from procurement.materials.models import Material
from procurement.materials.service import ImportReport


class MaterialOut(Out):
    """A material of the catalogue."""

    id: UUID
    version: int
    code: str = Field(examples=["01090001"])
    name_zh: str
    name_en: str
    specification: str
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
            units=[unit.unit for unit in material.units],
            retired=material.retired,
            updated_at=material.updated_at,
        )


class ImportOut(Out):
    """How an import went, row by row."""

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
        rows += [
            RowResult(
                row=one.row,
                status="refused",
                external_id=one.code,
                errors=[
                    FieldFault(
                        pointer=fault.pointer,
                        code=fault.code,
                        detail=fault.zh,
                        details={"zh-CN": fault.zh, "en": fault.en},
                    )
                    for fault in one.violations
                ],
            )
            for one in report.refused
        ]
        rows.sort(key=lambda row: row.row)
        return cls(taken=len(report.taken), refused=len(report.refused), rows=rows)
