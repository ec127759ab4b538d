"""What a call may fail with, and how a caller sees it: one table from reasons to gRPC status, and `google.rpc` details.

LicetError
├── InvalidRequest          the request cannot be meant (`licet.decision.errors`)
├── CallError
│   ├── MalformedRequest    the bytes are no such message
│   ├── Unknown             what is named is not held here
│   │   ├── ReleaseUnknown
│   │   ├── JurisdictionUnknown
│   │   ├── RuleUnknown
│   │   └── DecisionUnknown
│   ├── ReleaseUnusable     the release is kept, and cannot be decided by
│   ├── ReleaseUnsigned     nobody whom this server trusts has signed the release
│   ├── FollowsFolder       this server serves a folder of policies, and takes no activations
│   ├── VersionTaken        a package was published under its version with other content
│   ├── RequestIdTaken      the request id stands for another request
│   ├── LedgerUnavailable   the decision could not be recorded, hence is not answered; retry
│   ├── LedgerDamaged       what was recorded is not what is there
│   ├── Overloaded          too much is under way; retry
│   ├── Draining            the server stops; retry elsewhere
│   ├── DeadlineExceeded    there was no time left to answer
│   ├── StreamIdle          a stream was open for too long without use
│   └── Internal            a fault of ours; the log has it under the request id
└── RefusedToStart          never seen by a caller: the server did not start

Reasons are stable, and texts are for people. A caller never sees the text of an unexpected exception.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from licet.decision.errors import InvalidRequest, LicetError, Violation
from licet.v1 import licensing_service_pb2

DOMAIN = "licet"
REQUEST_ID = "x-request-id"
"""The metadata key under which a request id comes in and goes out."""
_MAX_MESSAGE = 300
_MAX_VIOLATION = 300
_MAX_ITEM_VIOLATIONS = 100
"""Of one item of a batch or stream. They travel in the reply, which has more room than metadata."""
_MAX_VIOLATIONS = 3_500
"""In bytes. Details travel in the trailing metadata, in Base64; a client takes 8 KiB of it unless told otherwise."""


class CallError(LicetError):
    """A call that cannot be answered. `metadata` goes into `ErrorInfo`."""

    metadata: Mapping[str, str] = MappingProxyType({})


class MalformedRequest(CallError):  # noqa: N818  # the name says what is wrong
    """The bytes of the request are no message of the type that the method takes."""

    reason = "MALFORMED_REQUEST"

    def __init__(self, message_type: str) -> None:
        self.violations = (Violation("request", f"the bytes are no {message_type}"),)
        super().__init__(f"the bytes are no {message_type}")


class Unknown(CallError):  # noqa: N818  # the name says what is wrong
    """What the request names is not held here."""

    reason = "UNKNOWN"

    def __init__(self, name: str, text: str) -> None:
        self.metadata = {"name": name[:_MAX_VIOLATION]}
        super().__init__(text)


class ReleaseUnknown(Unknown):
    """The release that the request names is neither active nor kept."""

    reason = "RELEASE_UNKNOWN"

    def __init__(self, digest: str) -> None:
        super().__init__(digest, f"the release {digest[:80]} is not kept here; leave it empty, or name one that ListReleases shows")


class JurisdictionUnknown(Unknown):
    """No package of the release has this jurisdiction."""

    reason = "JURISDICTION_UNKNOWN"

    def __init__(self, jurisdiction: str, served: Iterable[str]) -> None:
        super().__init__(jurisdiction, f"{jurisdiction[:80]} is not served; this release serves {', '.join(served)}")


class RuleUnknown(Unknown):
    """The release has no such rule."""

    reason = "RULE_UNKNOWN"

    def __init__(self, id_: str, ids: Sequence[str]) -> None:
        close = difflib.get_close_matches(id_[:80], ids, n=1, cutoff=0.75)
        hint = f"; did you mean {close[0]}?" if close else ""
        super().__init__(id_, f"this release has no rule {id_[:80] or '(no id)'}{hint}")


class DecisionUnknown(Unknown):
    """The ledger holds no such decision."""

    reason = "DECISION_UNKNOWN"

    def __init__(self, id_: str) -> None:
        super().__init__(id_, f"no decision {id_[:80] or '(no id)'} is recorded here")


class ReleaseUnusable(CallError):  # noqa: N818  # the name says what is wrong
    """The release is kept, and this server cannot decide by it: it is damaged, or in a language that it does not speak."""

    reason = "RELEASE_UNUSABLE"

    def __init__(self, digest: str, why: str) -> None:
        self.metadata = {"name": digest[:_MAX_VIOLATION]}
        super().__init__(f"the release {digest[:80]} is kept here, and cannot be used: {why}")


class ReleaseUnsigned(CallError):  # noqa: N818  # the name says what is wrong
    """No key that this server requires has signed the release."""

    reason = "RELEASE_UNSIGNED"

    def __init__(self, digest: str, why: str) -> None:
        self.metadata = {"name": digest[:_MAX_VIOLATION]}
        super().__init__(f"the release {digest[:80]} is refused, since this server requires a signature: {why}")


class FollowsFolder(CallError):  # noqa: N818  # the name says what is wrong
    """What is activated changes nothing in this server."""

    reason = "FOLLOWS_FOLDER"

    def __init__(self) -> None:
        text = "this server follows a folder of policies; started with --published it serves the release that is activated"
        super().__init__(text)


class VersionTaken(CallError):  # noqa: N818  # the name says what is wrong
    """A package was published before with other content under the same version."""

    reason = "VERSION_TAKEN"


class RequestIdTaken(CallError):  # noqa: N818  # the name says what is wrong
    """The request id stands for another request, which was decided."""

    reason = "REQUEST_ID_TAKEN"

    def __init__(self, request_id: str, decision: str) -> None:
        self.metadata = {"request_id": request_id, "decision": decision}
        text = f"the request id {request_id} stands for another request, decided as {decision}; an id is good for one request"
        super().__init__(text)


class LedgerUnavailable(CallError):  # noqa: N818  # the name says what is wrong
    """The ledger cannot be written or read now. What is not recorded is not answered."""

    reason = "LEDGER_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("the decision cannot be recorded now, and nothing is answered unrecorded; retry")


class LedgerDamaged(CallError):  # noqa: N818  # the name says what is wrong
    """What the call needs of the ledger is not what was recorded. A retry is no use; `licet audit verify` says how far it goes."""

    reason = "LEDGER_DAMAGED"

    def __init__(self, what: str) -> None:
        super().__init__(f"the record is damaged, and is not shown: {what}")


class Overloaded(CallError):  # noqa: N818  # the name says what is wrong
    """As much is under way as the server takes at a time."""

    reason = "OVERLOADED"

    def __init__(self, most: int) -> None:
        self.metadata = {"limit": str(most)}
        super().__init__(f"{most} calls are under way, as many as this server takes; retry")


class Draining(CallError):  # noqa: N818  # the name says what is wrong
    """The server finishes what it has and takes nothing new."""

    reason = "DRAINING"

    def __init__(self) -> None:
        super().__init__("the server is stopping; retry")


class DeadlineExceeded(CallError):  # noqa: N818  # the name says what is wrong
    """There was no time left to answer."""

    reason = "DEADLINE_EXCEEDED"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"there was no answer within {seconds:.3g} seconds")


class StreamIdle(CallError):  # noqa: N818  # the name says what is wrong
    """Nothing was asked, answered or under way in a stream for too long."""

    reason = "STREAM_IDLE"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"nothing was asked or taken within {seconds:.3g} seconds; open a stream when there is something to ask")


class Internal(CallError):  # noqa: N818  # the name says what is wrong
    """A fault of ours. Says nothing but that; the log has the rest under the request id."""

    reason = "INTERNAL"

    def __init__(self) -> None:
        super().__init__("the server failed; its log has the cause under the request id")


class RefusedToStart(LicetError):  # noqa: N818  # the name says what is wrong
    """The server did not start. `faults` names everything that stands in the way, one line each.

    `reason` is one of BAD_SETTING, POLICIES_UNREADABLE, POLICY_FAULTS, RELEASE_UNSIGNED, NO_RELEASE,
    CANNOT_LISTEN, LEDGER_UNREADABLE.
    """

    def __init__(self, reason: str, faults: Iterable[str]) -> None:
        self.reason = reason
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


STATUSES: Mapping[str, grpc.StatusCode] = MappingProxyType(
    {
        InvalidRequest.reason: grpc.StatusCode.INVALID_ARGUMENT,
        MalformedRequest.reason: grpc.StatusCode.INVALID_ARGUMENT,
        Unknown.reason: grpc.StatusCode.NOT_FOUND,
        ReleaseUnknown.reason: grpc.StatusCode.NOT_FOUND,
        JurisdictionUnknown.reason: grpc.StatusCode.NOT_FOUND,
        RuleUnknown.reason: grpc.StatusCode.NOT_FOUND,
        DecisionUnknown.reason: grpc.StatusCode.NOT_FOUND,
        ReleaseUnusable.reason: grpc.StatusCode.FAILED_PRECONDITION,
        ReleaseUnsigned.reason: grpc.StatusCode.FAILED_PRECONDITION,
        FollowsFolder.reason: grpc.StatusCode.FAILED_PRECONDITION,
        VersionTaken.reason: grpc.StatusCode.ALREADY_EXISTS,
        RequestIdTaken.reason: grpc.StatusCode.ALREADY_EXISTS,
        LedgerUnavailable.reason: grpc.StatusCode.UNAVAILABLE,
        LedgerDamaged.reason: grpc.StatusCode.DATA_LOSS,
        Overloaded.reason: grpc.StatusCode.RESOURCE_EXHAUSTED,
        Draining.reason: grpc.StatusCode.UNAVAILABLE,
        DeadlineExceeded.reason: grpc.StatusCode.DEADLINE_EXCEEDED,
        StreamIdle.reason: grpc.StatusCode.DEADLINE_EXCEEDED,
        Internal.reason: grpc.StatusCode.INTERNAL,
    }
)
"""The one place where a reason gets its gRPC status; a reason that is not here is INTERNAL."""
RETRY_AFTER: Mapping[str, int] = MappingProxyType({Overloaded.reason: 1, Draining.reason: 1, LedgerUnavailable.reason: 2})
"""Seconds after which a call that failed for a reason is worth another try."""


def code_of(error: LicetError) -> grpc.StatusCode:
    """The status code of an error."""
    return STATUSES.get(error.reason, grpc.StatusCode.INTERNAL)


def status_of(error: LicetError, request_id: str) -> status_pb2.Status:
    """What the caller gets: code, message, and details, small enough to travel."""
    status = status_pb2.Status(code=code_of(error).value[0], message=_cut(str(error), _MAX_MESSAGE))
    for detail in _details(error, request_id):
        status.details.add().Pack(detail)
    return status


def item_error(error: LicetError) -> licensing_service_pb2.BatchItemError:
    """The same as `status_of` says, for one item of a batch or stream."""
    found = licensing_service_pb2.BatchItemError(
        code=code_of(error).name, reason=error.reason, message=_cut(str(error), _MAX_MESSAGE), metadata=_metadata(error)
    )
    for violation in _violations(error)[:_MAX_ITEM_VIOLATIONS]:
        found.violations.append(_shown(violation))
    if error.reason in RETRY_AFTER:
        found.retry_delay.FromSeconds(RETRY_AFTER[error.reason])
    return found


def _violations(error: LicetError) -> tuple[Violation, ...]:
    found: tuple[Violation, ...] = getattr(error, "violations", ())
    return found


def _metadata(error: LicetError) -> dict[str, str]:
    """What `ErrorInfo` says beside the reason; `violations` counts them all, however many are shown."""
    violations = _violations(error)
    counted = {"violations": str(len(violations))} if violations else {}
    return counted | dict(error.metadata if isinstance(error, CallError) else {})


def _details(error: LicetError, request_id: str) -> Iterator[Message]:
    if violations := _violations(error):
        yield _bad_request(violations)
    yield error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=_metadata(error))
    yield error_details_pb2.RequestInfo(request_id=request_id)
    if error.reason in RETRY_AFTER:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromSeconds(RETRY_AFTER[error.reason])
        yield retry


def _bad_request(violations: Sequence[Violation]) -> error_details_pb2.BadRequest:
    """As many violations as the metadata holds; the rest is counted in `ErrorInfo`."""
    bad, size = error_details_pb2.BadRequest(), 0
    for violation in violations:
        shown = _shown(violation)
        size += shown.ByteSize() + 4
        if size > _MAX_VIOLATIONS:
            break
        bad.field_violations.append(shown)
    return bad


def _shown(violation: Violation) -> error_details_pb2.BadRequest.FieldViolation:
    return error_details_pb2.BadRequest.FieldViolation(
        field=_cut(violation.field, _MAX_VIOLATION), description=_cut(violation.description, _MAX_VIOLATION)
    )


def _cut(text: str, most: int) -> str:
    """The text, cut to so many bytes."""
    data = text.encode()
    return text if len(data) <= most else data[: most - 3].decode(errors="ignore") + "…"
