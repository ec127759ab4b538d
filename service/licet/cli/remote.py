"""Asking a server, as if it were this process: what is the request's fault is refused in the same way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from licet import client
from licet.cli.answers import Answer, Answered
from licet.decision.errors import InvalidRequest, Violation
from licet.v1 import licensing_service_pb2


class NotServed(InvalidRequest):
    """The request names a release that the server does not hold."""

    reason = "RELEASE_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Remote:
    """Asks the server of a client. Raises `LicetClientError` for everything that is no fault of the request."""

    client: client.Client

    def answer(self, request: licensing_service_pb2.EvaluateRequest) -> Answered:
        """The server's decision. Raises `InvalidRequest` with the fields at fault."""
        try:
            return Answered(self.client.evaluate(request))
        except client.LicetClientError as error:
            raise _refusal(error) from None

    def answer_all(self, requests: Sequence[licensing_service_pb2.EvaluateRequest]) -> Iterator[tuple[int, Answer]]:
        """Each request's place and answer, as the server gives them."""
        with self.client.evaluate_stream(requests) as stream:
            for answer in stream:
                yield answer.index, _answer(answer)


@contextmanager
def remote(address: str, timeout: float) -> Iterator[Remote]:
    """A server to ask; nothing is left of the connection at the end."""
    with client.Client(address, timeout=timeout, user_agent="licet-cli") as connected:
        yield Remote(connected)


def _answer(answer: client.Answer) -> Answer:
    try:
        return Answered(answer.result())
    except client.LicetClientError as error:
        refusal = _refusal(error)
        if isinstance(refusal, InvalidRequest):
            return refusal
        raise


def _refusal(error: client.LicetClientError) -> InvalidRequest | client.LicetClientError:
    """The refusal that deciding in this process would raise, where the request is at fault; else the error as it is."""
    if isinstance(error, client.InvalidRequest) and error.violations:
        return InvalidRequest([Violation(each.field, each.description) for each in error.violations])
    if isinstance(error, client.NotFound) and error.reason == NotServed.reason:
        return NotServed([Violation("release", str(error))])
    return error
