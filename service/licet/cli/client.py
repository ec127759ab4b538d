"""A thin client: one call, and errors that say what to do. The rich details of a status become exceptions of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from licet.decision.errors import InvalidRequest, Violation
from licet.v1 import decision_pb2, licensing_service_pb2, licensing_service_pb2_grpc

SERVICE = "licet.v1.LicensingService"
_ADVICE = {
    grpc.StatusCode.UNAVAILABLE: "is it running, and is the address right? Start one with `licet serve`",
    grpc.StatusCode.DEADLINE_EXCEEDED: "give it more time with --timeout, or look at its load",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "it is busy, or the request is too large; try again",
    grpc.StatusCode.UNIMPLEMENTED: "something else listens there, or a server of another version",
}


class ServerTrouble(Exception):  # noqa: N818  # it names what is wrong, and not only with this call
    """The server cannot be reached, or failed. `reason` is stable; `advice` says what to do."""

    def __init__(self, address: str, reason: str, text: str, *, advice: str = "", request_id: str = "") -> None:
        self.address = address
        self.reason = reason
        self.advice = advice
        self.request_id = request_id
        super().__init__(text)

    def __str__(self) -> str:
        parts = (f"{self.address}: {self.args[0]}", self.advice, f"request id {self.request_id}" if self.request_id else "")
        return "; ".join(part for part in parts if part)


class NotServed(InvalidRequest):
    """The request names a release that the server does not hold."""

    reason = "RELEASE_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Client:
    """Asks the server at an address."""

    address: str
    timeout: float = 30.0

    def evaluate(self, request: licensing_service_pb2.EvaluateRequest) -> decision_pb2.Decision:
        """The server's decision. Raises `InvalidRequest` with every field at fault, `ServerTrouble` for everything else."""
        with self._channel() as channel:
            stub = licensing_service_pb2_grpc.LicensingServiceStub(channel)
            response: licensing_service_pb2.EvaluateResponse = stub.Evaluate(request, timeout=self.timeout)
            return response.decision

    def healthy(self) -> bool:
        """Whether the server says that it serves. Raises `ServerTrouble` where it says nothing."""
        with self._channel() as channel:
            request = health_pb2.HealthCheckRequest(service=SERVICE)
            reply = health_pb2_grpc.HealthStub(channel).Check(request, timeout=self.timeout)
            return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)

    @contextmanager
    def _channel(self) -> Iterator[grpc.Channel]:
        try:
            # A decision may be longer than the 4 MiB that a client takes by default.
            with grpc.insecure_channel(self.address, options=[("grpc.max_receive_message_length", -1)]) as channel:
                yield channel
        except grpc.RpcError as error:
            raise _readable(self.address, error) from None


def _readable(address: str, error: Any) -> InvalidRequest | ServerTrouble:
    details = tuple(_details(error))
    info = next((d for d in details if isinstance(d, error_details_pb2.ErrorInfo)), error_details_pb2.ErrorInfo())
    violations = [
        Violation(v.field, v.description)
        for d in details
        if isinstance(d, error_details_pb2.BadRequest)
        for v in d.field_violations
    ]
    if violations:
        return InvalidRequest(violations)
    if info.reason == NotServed.reason:
        return NotServed([Violation("release", error.details())])
    request_id = next((d.request_id for d in details if isinstance(d, error_details_pb2.RequestInfo)), "")
    reason = info.reason or error.code().name
    return ServerTrouble(address, reason, _text(error), advice=_ADVICE.get(error.code(), ""), request_id=request_id)


def _text(error: Any) -> str:
    if error.code() is grpc.StatusCode.UNAVAILABLE and "connect" in error.details():
        return "there is no answer"
    return str(error.details() or error.code().name)


def _details(error: Any) -> Iterator[Message]:
    """The `google.rpc` details that the status carries, as far as they are known here."""
    try:
        status = rpc_status.from_call(error)
    except ValueError:
        return
    for packed in status.details if status is not None else ():
        for kind in (error_details_pb2.BadRequest, error_details_pb2.ErrorInfo, error_details_pb2.RequestInfo):
            detail = kind()
            if packed.Unpack(detail):
                yield detail
