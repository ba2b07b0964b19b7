"""Papers that the demo takes: a folder for each play."""

from __future__ import annotations

from infra.demo.stage import Stage
from infra.places import LOCAL

PAPERS = LOCAL / "papers"


def keep(stage: Stage, name: str, content: bytes) -> str:
    """Put a paper into the play's folder; answers where it is."""
    file = PAPERS / stage.props["code"] / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return str(file)
