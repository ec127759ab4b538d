"""A container's health check, `python -m licet.client.health ADDRESS`: exit code 0 where a server decides, else 1."""

from __future__ import annotations

import sys

from licet.client.errors import LicetClientError
from licet.client.retry import NO_RETRY
from licet.client.synchronous import Client

_SECONDS = 2.0


def main(address: str) -> int:
    """The exit code."""
    with Client(address, timeout=_SECONDS, retry=NO_RETRY) as client:
        try:
            return 0 if client.healthy() else 1
        except LicetClientError as error:
            sys.stderr.write(f"{error}\n")
            return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
