"""Load from wrk, which is not the bottleneck; bounded in connections and time, loopback only."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = """
local count = 0
local prefix = "{prefix}"
wrk.method = "{method}"
wrk.body = [[{body}]]
{headers}
function setup(thread)
  thread:set("id", tostring(math.random(1, 1000000000)))
end
function request()
  count = count + 1
  wrk.headers["Idempotency-Key"] = prefix .. id .. "-" .. count
  return wrk.format()
end
function done(summary, latency, requests)
  io.write(string.format('RESULT {{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"bad":%d,"errors":%d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests per second and latency in milliseconds."""

    rate: float
    p50: float
    p99: float


async def wrk(
    url: str,
    *,
    seconds: float,
    connections: int = 16,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str = "",
) -> Measured:
    """Run wrk; RuntimeError when it is not installed or any answer was not 2xx."""
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("the benchmarks need wrk (see CONTRIBUTING.md)")
    lines = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in (headers or {}).items())
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "load.lua"
        script.write_text(_SCRIPT.format(prefix=Path(folder).name, method=method, body=body, headers=lines))
        process = await asyncio.create_subprocess_exec(
            program,
            "-t1",
            f"-c{connections}",
            f"-d{seconds:.0f}s",
            "-s",
            str(script),
            url,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
    found = re.search(r"RESULT (\{.*\})", out.decode())
    if found is None:
        raise RuntimeError(f"wrk said: {out.decode()}")
    result = json.loads(found[1])
    if result["bad"] or result["errors"]:
        raise RuntimeError(f"{result['bad']} answers were not 2xx, {result['errors']} failed: {url}")
    return Measured(result["requests"] / result["seconds"], result["p50"], result["p99"])
