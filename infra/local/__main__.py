"""`python -m infra.local run | up | down | migrate | status | hold NAME | release NAME`."""

from __future__ import annotations

import sys

from infra.local.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
