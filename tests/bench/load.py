"""Load from wrk, which is not the bottleneck; bounded in connections and time, loopback only."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

# One thread and one connection for each sender, which sends its own bodies in their order and waits for each answer.
_SENDERS = """
local threads = {{}}
wrk.method = "POST"
{headers}
function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads - 1)
end
function init(args)
  bodies, sent, good, bad, prefix = {{}}, 0, 0, 0, "{prefix}" .. number .. "-"
  for line in io.lines("{folder}/" .. number) do table.insert(bodies, line) end
end
function request()
  sent = sent + 1
  wrk.headers["Idempotency-Key"] = prefix .. sent
  return wrk.format(nil, nil, nil, bodies[sent] or "too few bodies")
end
function response(status, headers, body)
  if status == 200 and string.find(body, '{expected}', 1, true) then good = good + 1 else bad = bad + 1 end
end
function done(summary, latency, requests)
  local good, bad, sent = 0, 0, {{}}
  for _, thread in ipairs(threads) do
    good, bad = good + thread:get("good"), bad + thread:get("bad")
    table.insert(sent, thread:get("sent"))
  end
  local errors = summary.errors
  io.write(string.format('RESULT {{"requests":%d,"seconds":%f,"bad":%d,"errors":%d,"sent":[%s]}}\\n', good,
    summary.duration / 1e6, bad, errors.connect + errors.read + errors.write + errors.timeout,
    table.concat(sent, ",")))
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
    lines = _lua_headers(headers or {})
    with tempfile.TemporaryDirectory() as folder:
        script = _SCRIPT.format(prefix=Path(folder).name, method=method, body=body, headers=lines)
        result = await _run(Path(folder), script, url, "-t1", f"-c{connections}", f"-d{seconds:.0f}s")
    return Measured(result["requests"] / result["seconds"], result["p50"], result["p99"])


async def senders(
    url: str, *, seconds: float, headers: Mapping[str, str], bodies: Sequence[Sequence[bytes]], expected: str
) -> tuple[float, list[int]]:
    """POST the bodies of each sender one after the other: answers a second, and how many bodies each has used up.

    RuntimeError when an answer is not 200 or does not hold the text `expected`.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, lines in enumerate(bodies):
            (folder / str(number)).write_bytes(b"\n".join(lines) + b"\n")
        script = _SENDERS.format(folder=folder, prefix=folder.name, headers=_lua_headers(headers), expected=expected)
        result = await _run(folder, script, url, f"-t{len(bodies)}", f"-c{len(bodies)}", f"-d{seconds:.0f}s")
    return result["requests"] / result["seconds"], result["sent"]


def _lua_headers(headers: Mapping[str, str]) -> str:
    return "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items())


async def _run(folder: Path, script: str, url: str, *options: str) -> Any:
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("the benchmarks need wrk (see CONTRIBUTING.md)")
    path = folder / "load.lua"
    path.write_text(script)
    process = await asyncio.create_subprocess_exec(
        program, *options, "-s", str(path), url, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    found = re.search(r"RESULT (\{.*\})", out.decode())
    if found is None:
        raise RuntimeError(f"wrk said: {out.decode()}")
    result = json.loads(found[1])
    if result["bad"] or result["errors"]:
        raise RuntimeError(f"{result['bad']} answers were not as expected, {result['errors']} failed: {url}")
    return result
