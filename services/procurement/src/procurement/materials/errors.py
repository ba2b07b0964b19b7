"""What the catalogue refuses for; for files that are none see `chassis.tabular.errors`."""

from __future__ import annotations

from chassis.errors import NotFound


def material_not_found(code: str) -> NotFound:
    """No material has this code."""
    return NotFound(
        "MATERIAL_NOT_FOUND", zh=f"材料目录中没有编码 {code}。", en=f"The catalogue has no material {code}."
    )
