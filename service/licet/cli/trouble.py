"""What a user is told of a server in trouble: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from licet import client

_ADVICE: Mapping[type[client.LicetClientError], str] = MappingProxyType(
    {
        client.Unreachable: "is it running, and is the address right? Start one with `licet serve`",
        client.DeadlineExceeded: "give it more time with --timeout, or look at its load",
        client.Overloaded: "it is busy; try again",
        client.NotServed: "something else listens there, or a server of another version",
    }
)


class ServerTrouble(Exception):  # noqa: N818  # it names what is wrong, and not only with one call
    """A server did not start, or does not serve. `reason` is stable."""

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        super().__init__(text)


def told(error: client.LicetClientError) -> str:
    """The error in a line."""
    nobody = isinstance(error, client.Unreachable) and "connect" in str(error)
    text = "there is no answer" if nobody else str(error)
    parts = (f"{error.address}: {text}", _ADVICE.get(type(error), ""), f"request id {error.request_id}" if error.request_id else "")
    return "; ".join(part for part in parts if part)
