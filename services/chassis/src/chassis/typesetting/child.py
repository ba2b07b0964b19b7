"""One paper in a process of its own: its template is the argument, its JSON comes in, its PDF goes out."""

from __future__ import annotations

import sys
from pathlib import Path

from chassis.typesetting import printed

if __name__ == "__main__":
    sys.stdout.buffer.write(printed(Path(sys.argv[1]), sys.stdin.buffer.read()))
