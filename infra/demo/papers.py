"""Papers that the demo takes: a folder for each play."""

from __future__ import annotations

from infra.demo.stage import Stage
from infra.demo.texts import Text
from infra.places import LOCAL

PAPERS = LOCAL / "papers"


async def taken(stage: Stage, who: str, what: Text, path: str, name: str) -> str:
    """Take a paper as PDF in the play's language; answers where it is."""
    return keep(stage, name, await stage.download(who, what, path))


def keep(stage: Stage, name: str, content: bytes) -> str:
    """Put a paper into the play's folder; answers where it is."""
    file = PAPERS / stage.props["code"] / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return str(file)
