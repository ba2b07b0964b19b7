"""`python -m infra.nats subscriptions [SERVICE…] | users | configure`.

`subscriptions` prints who reads what as JSON. `users` prints, as JSON, what each service's user may do, for the
configuration of a NATS server that somebody else runs. `configure` makes streams and durable consumers on the server
of ZHULIAN_EXTERNAL_NATS_URL.
"""

from __future__ import annotations

import asyncio
import json
import sys

from infra.contracts.paths import EVERYONE
from infra.nats.permissions import permissions
from infra.nats.streams import configure
from infra.nats.subscriptions import load_subscriptions


def _configure() -> None:
    from infra.local.settings import StackSettings

    settings = StackSettings()
    if settings.external_nats_url is None or settings.external_nats_password is None:
        sys.exit("set ZHULIAN_EXTERNAL_NATS_URL, …_USER and …_PASSWORD; `make up` configures the stack's own server")
    password = settings.external_nats_password.get_secret_value()
    asyncio.run(configure(settings.external_nats_url, settings.external_nats_user, password, load_subscriptions()))


def main(arguments: list[str]) -> None:
    """Do what was asked."""
    match arguments:
        case ["subscriptions", *names]:
            content: object = [[each.durable, each.stream, each.subject] for each in load_subscriptions(names)]
        case ["users"]:
            known = load_subscriptions()
            content = {service.name: permissions(service.name, known) for service in EVERYONE}
        case ["configure"]:
            _configure()
            return
        case _:
            sys.exit("usage: python -m infra.nats subscriptions [SERVICE…] | users | configure")
    sys.stdout.write(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
