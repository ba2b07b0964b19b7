"""Run a program on a leash: it ends when whoever started it ends, however that happened.

Called as `python -I -S infra/leash.py PARENT USER SIGNAL PROGRAM [ARGUMENT…]`. Without it a killed supervisor
or test run would leave PostgreSQL, NATS and Keycloak behind, holding ports and memory. The kernel keeps the
promise on Linux; elsewhere the program runs all the same, only without it. USER is `-` for "as I am";
PostgreSQL refuses to run as root.

A script of its own, because a `preexec_fn` is not safe in a process that has threads (grpc has many).
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def become(user: str) -> None:
    """Drop root for `user`, with its groups and home folder."""
    import pwd

    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ["HOME"] = entry.pw_dir


def main() -> None:
    """Take on the leash, then turn into the program."""
    parent, user, signal_number, *command = sys.argv[1:]
    if user != "-":
        become(user)  # first, because a change of user takes the leash off
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != int(parent):
            sys.exit("whoever started this program has already ended")
    os.execvp(command[0], command)  # noqa: S606 - becoming the program is the point


main()
