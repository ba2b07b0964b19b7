"""`python -m infra.authority [--port N] [--keep FOLDER]`: the simulator as a process.

Its first line says where it listens. Without a folder it forgets everything when it ends, which is what tests want.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from infra.authority import APPS
from infra.authority.server import serve


async def _run(port: int, keep: Path | None) -> None:
    listening, forever = await serve(port, keep, json.loads(os.environ.get(APPS, "{}")))
    sys.stdout.write(json.dumps({"port": listening}) + "\n")
    sys.stdout.flush()
    await forever.wait()


def main(arguments: list[str]) -> None:
    """Listen on loopback until the process ends."""
    parser = argparse.ArgumentParser(prog="python -m infra.authority", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--keep", type=Path, help="a folder in which it keeps what was filed for its next start")
    options = parser.parse_args(arguments)
    asyncio.run(_run(options.port, options.keep))


if __name__ == "__main__":
    main(sys.argv[1:])
