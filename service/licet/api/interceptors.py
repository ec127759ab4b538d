"""The edge: what every call gets, whatever its method: an id, a deadline, a log line, and errors to act on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
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
log = structlog.get_logger("licet.api")


class Edge(grpc.aio.ServerInterceptor):
    """Wraps each of our methods; health and reflection pass through, so that they answer whatever else goes on.

    1. Binds the request id: the caller's `x-request-id` if it is sane, else a new one. It goes back in the trailer.
    2. Lets the call in, or refuses it because there are too many or the server stops.
    3. Reads the message; bytes that are none are the caller's fault.
    4. Sets the deadline: the caller's, else the server's default.
    5. Turns exceptions into statuses. What nobody foresaw is INTERNAL, logged, and told to no one.
    """

    def __init__(self, admission: Admission, default_deadline_seconds: float) -> None:
        self._admission = admission
        self._default = default_deadline_seconds

    async def intercept_service(self, continuation: Callable[..., Awaitable[Any]], details: grpc.HandlerCallDetails) -> Any:
        """The handler of a method, wrapped if it is one of ours."""
        handler = await continuation(details)
        if handler is None or not details.method.startswith(_OURS) or handler.unary_unary is None:
            return handler
        answer = partial(self._unary, handler, details.method)
        return grpc.unary_unary_rpc_method_handler(answer, response_serializer=handler.response_serializer)

    async def _unary(self, handler: Any, method: str, raw: bytes, context: Any) -> Any:
        offered = next((value for key, value in context.invocation_metadata() or () if key == REQUEST_ID), None)
        id_ = request_id(offered)
        with structlog.contextvars.bound_contextvars(request_id=id_), _logged(method, context) as failed:
            try:
                reply = await self._answer(handler, raw, context)
            except LicetError as error:
                failed(error)
                await _abort(context, error, id_)
            except Exception as error:  # noqa: BLE001  # the edge of the RPC: the one place for it
                cause = type(error).__qualname__
                log.error("fault", method=method, exception=cause, frames=frames(error))  # noqa: TRY400  # a text may name a party
                log.debug("fault", text=str(error))
                failed(internal := Internal())
                await _abort(context, internal, id_)
            context.set_trailing_metadata(((REQUEST_ID, id_),))
            return reply

    async def _answer(self, handler: Any, raw: bytes, context: Any) -> Any:
        with self._admission.admit():
            remaining = context.time_remaining()
            seconds = self._default if remaining is None else remaining
            deadline = asyncio.timeout(seconds)
            try:
                async with deadline:
                    return await handler.unary_unary(_parsed(handler, raw), context)
            except TimeoutError:
                if deadline.expired():
                    raise DeadlineExceeded(seconds) from None
                raise


def _parsed(handler: Any, raw: bytes) -> Any:
    try:
        return handler.request_deserializer(raw)
    except DecodeError:
        message = getattr(handler.request_deserializer, "__self__", None)
        raise MalformedRequest(message.DESCRIPTOR.full_name if message is not None else "message") from None


async def _abort(context: Any, error: LicetError, id_: str) -> NoReturn:
    status = rpc_status.to_status(status_of(error, id_))
    await context.abort(status.code, status.details, (*status.trailing_metadata, (REQUEST_ID, id_)))
    raise AssertionError


@contextmanager
def _logged(method: str, context: Any) -> Iterator[Callable[[LicetError], None]]:
    """Logs the call once it ends, however it ends; gives the function to call with its error, if any."""
    started, end = time.perf_counter(), {"code": "OK", "reason": ""}

    def failed(error: LicetError) -> None:
        end.update(code=code_of(error).name, reason=error.reason)

    try:
        yield failed
    except asyncio.CancelledError:
        end["code"] = "DEADLINE_EXCEEDED" if context.time_remaining() == 0 else "CANCELLED"
        raise
    finally:
        log.info("call", method=method, ms=milliseconds(started), **{key: value for key, value in end.items() if value})


def milliseconds(started: float) -> float:
    """Milliseconds since an instant of `time.perf_counter`."""
    return round((time.perf_counter() - started) * 1000, 1)
