"""`python -m infra.authority [--port N]`: the simulator as a process; its first line says where it listens."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from infra.authority.server import serve


async def _run(port: int) -> None:
    listening, forever = await serve(port)
    sys.stdout.write(json.dumps({"port": listening}) + "\n")
    sys.stdout.flush()
    await forever.wait()


def main(arguments: list[str]) -> None:
    """Listen on loopback until the process ends."""
    parser = argparse.ArgumentParser(prog="python -m infra.authority", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    asyncio.run(_run(parser.parse_args(arguments).port))


if __name__ == "__main__":
    main(sys.argv[1:])
