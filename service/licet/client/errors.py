"""What a call may fail with: one tree, and the one place where a status becomes an error of it.

LicetClientError
├── InvalidRequest          the request cannot be meant; `violations` names the fields at fault
├── NotFound                what the request names is not held there: a release, jurisdiction or rule
├── Refused                 the server understood the call, and does not do it
├── TryLater                the same call may do well later; `retry_after` says when, if the server did
│   ├── Overloaded          the server has too much to do
│   └── Unreachable         nobody answers, the connection was lost, or the server stops
├── DeadlineExceeded        the time was up; whether the server decided is not known
├── Cancelled               the call was cancelled
├── ServerFault             the server failed; its log has the cause under the request id
│   └── NotServed           what listens there has no such method: another version, or no Licet
└── Closed                  the client, or the stream, was closed before

Each has a stable `reason`, the `request_id` under which the server's log has the call, and the `address` that was asked. Its
text is for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

import grpc
from google.protobuf import duration_pb2
from google.protobuf.message import DecodeError, Message
from google.rpc import code_pb2, error_details_pb2, status_pb2

from licet.v1 import licensing_service_pb2

_DETAILS = "grpc-status-details-bin"
_DOMAIN = "licet"
_SHOWN = 5
_M = TypeVar("_M", bound=Message)


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A field at fault: its path in the request, and what was found, what was expected, what to do."""

    field: str
    description: str


class LicetClientError(Exception):
    """The root of all errors of the client."""

    def __init__(self, text: str, *, reason: str, request_id: str = "", address: str = "") -> None:
        self.reason = reason
        self.request_id = request_id
        self.address = address
        super().__init__(text)


class InvalidRequest(LicetClientError):  # noqa: N818  # the name says what is wrong, as in httpx
    """The request cannot be meant. `violations` names the fields at fault; `total` counts those that did not fit, too."""

    def __init__(self, text: str, *, violations: tuple[Violation, ...] = (), total: int = 0, **frame: Any) -> None:
        self.violations = violations
        self.total = max(total, len(self.violations))
        super().__init__(_listed(self.violations, self.total) or text, **frame)


class NotFound(LicetClientError):  # noqa: N818  # as above
    """What the request names is not held there. `name` is the name, where the server repeats it."""

    def __init__(self, text: str, *, name: str = "", **frame: Any) -> None:
        self.name = name
        super().__init__(text, **frame)


class Refused(LicetClientError):  # noqa: N818  # as above
    """The server understood the call, and does not do it: it is too large, not allowed, or not in order."""


class TryLater(LicetClientError):  # noqa: N818  # as above
    """The same call may do well later: in `retry_after` seconds, where the server said so."""

    def __init__(self, text: str, *, retry_after: float | None = None, **frame: Any) -> None:
        self.retry_after = retry_after
        super().__init__(text, **frame)


class Overloaded(TryLater):
    """The server has too much to do. It did nothing of what was asked."""


class Unreachable(TryLater):
    """Nobody answers, the connection was lost, or the server stops."""


class DeadlineExceeded(LicetClientError):  # noqa: N818  # as above
    """The time was up. Whether the server decided is not known: ask again under the same `request_id`."""


class Cancelled(LicetClientError):  # noqa: N818  # as above
    """The call was cancelled, here or there."""


class ServerFault(LicetClientError):  # noqa: N818  # as above
    """The server failed. Its log has the cause under `request_id`."""


class NotServed(ServerFault):
    """What listens there has no such method: a server of another version, or no Licet."""


class Closed(LicetClientError):  # noqa: N818  # as above
    """The client, or the stream, was closed before."""

    def __init__(self, text: str, **frame: Any) -> None:
        super().__init__(text, reason="CLOSED", **frame)


_KINDS: Mapping[int, type[LicetClientError]] = MappingProxyType(
    {
        code_pb2.INVALID_ARGUMENT: InvalidRequest,
        code_pb2.OUT_OF_RANGE: InvalidRequest,
        code_pb2.NOT_FOUND: NotFound,
        code_pb2.ALREADY_EXISTS: Refused,
        code_pb2.PERMISSION_DENIED: Refused,
        code_pb2.UNAUTHENTICATED: Refused,
        code_pb2.FAILED_PRECONDITION: Refused,
        code_pb2.ABORTED: Refused,
        code_pb2.UNAVAILABLE: Unreachable,
        code_pb2.DEADLINE_EXCEEDED: DeadlineExceeded,
        code_pb2.CANCELLED: Cancelled,
        code_pb2.UNIMPLEMENTED: NotServed,
    }
)
"""The error of a code. RESOURCE_EXHAUSTED depends on what comes with it; a code that is not here is a `ServerFault`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the server told of a failure, in whichever form."""

    code: int
    text: str
    reason: str = ""
    request_id: str = ""
    violations: tuple[Violation, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None


def error_of_call(error: Any, *, request_id: str, address: str) -> LicetClientError:
    """The error of a call that gRPC says has failed, in its synchronous or asynchronous form."""
    code, text = error.code().value[0], error.details() or ""
    status = _rich(error.trailing_metadata() or ())
    if status is None or status.code != code:  # no details, or those of someone in between
        status = status_pb2.Status(code=code, message=text)
    return _error(_told(status), request_id, address)


def error_of_item(error: licensing_service_pb2.BatchItemError, *, request_id: str, address: str) -> LicetClientError:
    """The error of one item of a batch, or message of a stream."""
    told = _Told(
        code=error.code,
        text=error.message,
        reason=error.reason,
        violations=_violations(error.violations),
        metadata=error.metadata,
        retry_after=_seconds(error.retry_delay) if error.HasField("retry_delay") else None,
    )
    return _error(told, request_id, address)


def _error(told: _Told, request_id: str, address: str) -> LicetClientError:
    text = told.text or _name(told.code)
    frame = {"reason": told.reason or _name(told.code), "request_id": told.request_id or request_id, "address": address}
    kind = _kind(told)
    if kind is InvalidRequest:
        return InvalidRequest(text, violations=told.violations, total=_count(told.metadata), **frame)
    if kind is NotFound:
        return NotFound(text, name=told.metadata.get("name", ""), **frame)
    if issubclass(kind, TryLater):
        return kind(text, retry_after=told.retry_after, **frame)
    return kind(text, **frame)


def _kind(told: _Told) -> type[LicetClientError]:
    """The class of the error. An exhausted resource is worth another try only where the server says when."""
    if told.code == code_pb2.RESOURCE_EXHAUSTED:
        return Refused if told.retry_after is None else Overloaded
    return _KINDS.get(told.code, ServerFault)


def _told(status: status_pb2.Status) -> _Told:
    """What a status says with its `google.rpc` details. Reasons of another domain than ours mean nothing here."""
    info = _detail(status, error_details_pb2.ErrorInfo())
    ours = info if info.domain == _DOMAIN else error_details_pb2.ErrorInfo()
    retry = _detail(status, error_details_pb2.RetryInfo())
    return _Told(
        code=status.code,
        text=status.message,
        reason=ours.reason,
        request_id=_detail(status, error_details_pb2.RequestInfo()).request_id,
        violations=_violations(_detail(status, error_details_pb2.BadRequest()).field_violations),
        metadata=ours.metadata,
        retry_after=_seconds(retry.retry_delay) if retry.HasField("retry_delay") else None,
    )


def _rich(metadata: Iterable[tuple[str, Any]]) -> status_pb2.Status | None:
    for key, value in metadata:
        if key == _DETAILS:
            try:
                return status_pb2.Status.FromString(value)
            except DecodeError:
                return None
    return None


def _detail(status: status_pb2.Status, detail: _M) -> _M:
    """The detail of this type, or an empty one."""
    for packed in status.details:
        try:
            if packed.Unpack(detail):
                break
        except DecodeError:
            continue
    return detail


def _seconds(delay: duration_pb2.Duration) -> float:
    return max(0.0, delay.ToTimedelta().total_seconds())


def _violations(found: Iterable[Any]) -> tuple[Violation, ...]:
    return tuple(Violation(each.field, each.description) for each in found)


def _count(metadata: Mapping[str, str]) -> int:
    count = metadata.get("violations", "")
    return int(count) if count.isdecimal() else 0


def _listed(violations: Sequence[Violation], total: int) -> str:
    shown = "; ".join(f"{v.field}: {v.description}" for v in violations[:_SHOWN])
    more = total - min(len(violations), _SHOWN)
    return f"{shown}; and {more} more" if shown and more > 0 else shown


def _name(code: int) -> str:
    return next((known.name for known in grpc.StatusCode if known.value[0] == code), "UNKNOWN")
