"""`python -m infra.keycloak prepare`: fetch, check, unpack and build the distribution; prints its home."""

from __future__ import annotations

import sys

from infra.keycloak.distribution import ensure_distribution


def _report(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:] != ["prepare"]:
        sys.exit("usage: python -m infra.keycloak prepare")
    _report(str(ensure_distribution(_report)))
