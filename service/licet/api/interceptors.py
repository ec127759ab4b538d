"""The edge: what every call gets, whatever its method: an id, a deadline, a log line, and errors to act on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import grpc
import structlog
from google.protobuf.message import DecodeError
from grpc_status import rpc_status

from licet.api.capacity import Admission
from licet.api.errors import REQUEST_ID, DeadlineExceeded, Internal, MalformedRequest, code_of, status_of
from licet.api.ids import request_id
from licet.api.logs import frames
from licet.decision.errors import LicetError

_OURS = "/licet."
_STATUS_SECONDS = 1.0
"""How long a status may take to leave. Behind replies that the caller does not take it would wait as long as the caller does."""
log = structlog.get_logger("licet.api")


class Edge(grpc.aio.ServerInterceptor):
    """Wraps each of our methods; health and reflection pass through, so that they answer whatever else goes on.

    1. Binds the request id: the caller's `x-request-id` if it is sane, else a new one. It goes back in the trailer.
    2. Lets the call in, or refuses it because there are too many or the server stops. Streams are counted apart from calls.
    3. Reads the message, or each message of a stream; bytes that are none are the caller's fault.
    4. Sets the deadline: the caller's, else the server's default; a stream without one has none.
    5. Turns exceptions into statuses. What nobody foresaw is INTERNAL, logged, and told to no one.
    """

    def __init__(self, *, calls: Admission, streams: Admission, default_deadline_seconds: float) -> None:
        self._calls = calls
        self._streams = streams
        self._default = default_deadline_seconds

    async def intercept_service(self, continuation: Callable[..., Awaitable[Any]], details: grpc.HandlerCallDetails) -> Any:
        """The handler of a method, wrapped if it is one of ours."""
        handler = await continuation(details)
        if handler is None or not details.method.startswith(_OURS):
            return handler
        if handler.unary_unary is not None:
            answer = partial(self._unary, handler, details.method)
            return grpc.unary_unary_rpc_method_handler(answer, response_serializer=handler.response_serializer)
        if handler.unary_stream is not None:
            answer = partial(self._replies, handler, details.method)
            return grpc.unary_stream_rpc_method_handler(answer, response_serializer=handler.response_serializer)
        if handler.stream_stream is not None:
            answer = partial(self._stream, handler, details.method)
            return grpc.stream_stream_rpc_method_handler(answer, response_serializer=handler.response_serializer)
        raise NotImplementedError(details.method)

    async def _unary(self, handler: Any, method: str, raw: bytes, context: Any) -> Any:
        async with _guarded(method, context):
            with self._calls.admit():
                async with within(_seconds(context, self._default)):
                    return await handler.unary_unary(_parsed(handler, raw), context)

    async def _replies(self, handler: Any, method: str, raw: bytes, context: Any) -> None:
        async with _guarded(method, context):
            with self._streams.admit():
                async with within(_seconds(context, None)):
                    await handler.unary_stream(_parsed(handler, raw), context)

    async def _stream(self, handler: Any, method: str, _: Any, context: Any) -> None:
        async with _guarded(method, context):
            with self._streams.admit():
                async with within(_seconds(context, None)):
                    await handler.stream_stream(Incoming(handler, context), context)


@dataclass(frozen=True, slots=True)
class Incoming:
    """The messages of a stream."""

    handler: Any
    context: Any

    async def read(self) -> Any:
        """The next message; None once the caller has sent all. Raises `MalformedRequest`."""
        raw = await self.context.read()
        return None if raw is grpc.aio.EOF else _parsed(self.handler, raw)


@asynccontextmanager
async def _guarded(method: str, context: Any) -> AsyncIterator[None]:
    """Binds the request id, logs the call, and ends it with a status if it fails."""
    offered = next((value for key, value in context.invocation_metadata() or () if key == REQUEST_ID), None)
    id_ = request_id(offered)
    with structlog.contextvars.bound_contextvars(request_id=id_), _logged(method, context) as failed:
        try:
            yield
        except grpc.aio.BaseError as error:  # the transport has lost the caller
            raise asyncio.CancelledError from error
        except Exception as error:  # noqa: BLE001  # the edge of the RPC: the one place for it
            seen = seen_by_caller(error, method)
            failed(seen)
            await _abort(context, seen, id_)
        context.set_trailing_metadata(((REQUEST_ID, id_),))


def _seconds(context: Any, default: float | None) -> float | None:
    """How long the caller waits; the default where the caller does not say."""
    remaining: float | None = context.time_remaining()
    return default if remaining is None else remaining


@asynccontextmanager
async def within(seconds: float | None) -> AsyncIterator[None]:
    """Raises `DeadlineExceeded` once the time is up; None is without end."""
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            yield
    except TimeoutError:
        if seconds is not None and deadline.expired():
            raise DeadlineExceeded(seconds) from None
        raise


def seen_by_caller(error: Exception, method: str) -> LicetError:
    """The error as its caller may see it. What nobody foresaw is in the log after this, and `Internal` to the caller."""
    if isinstance(error, LicetError):
        return error
    cause = type(error).__qualname__
    log.error("fault", method=method, exception=cause, frames=frames(error))
    log.debug("fault", text=str(error))
    return Internal()


def _parsed(handler: Any, raw: bytes) -> Any:
    try:
        return handler.request_deserializer(raw)
    except DecodeError:
        message = getattr(handler.request_deserializer, "__self__", None)
        raise MalformedRequest(message.DESCRIPTOR.full_name if message is not None else "message") from None


async def _abort(context: Any, error: LicetError, id_: str) -> NoReturn:
    """The transport has the status; whether the caller takes it is not waited for."""
    status = rpc_status.to_status(status_of(error, id_))
    with suppress(TimeoutError):
        async with asyncio.timeout(_STATUS_SECONDS):
            await context.abort(status.code, status.details, (*status.trailing_metadata, (REQUEST_ID, id_)))
    raise asyncio.CancelledError


@contextmanager
def _logged(method: str, context: Any) -> Iterator[Callable[[LicetError], None]]:
    """Logs the call once it ends, however it ends; gives the function to call with its error, if any."""
    started, end = time.perf_counter(), {"code": "OK", "reason": ""}

    def failed(error: LicetError) -> None:
        end.update(code=code_of(error).name, reason=error.reason)

    try:
        yield failed
    except asyncio.CancelledError:
        if end["code"] == "OK":
            end["code"] = "DEADLINE_EXCEEDED" if context.time_remaining() == 0 else "CANCELLED"
        raise
    finally:
        log.info("call", method=method, ms=milliseconds(started), **{key: value for key, value in end.items() if value})


def milliseconds(started: float) -> float:
    """Milliseconds since an instant of `time.perf_counter`."""
    return round((time.perf_counter() - started) * 1000, 1)
