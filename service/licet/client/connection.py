"""What both clients know of their connection: where to, how long, as whom, and how a failure reads."""

from __future__ import annotations

import math
import platform
import random
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import grpc

import licet
from licet.client.errors import Closed, LicetClientError, ServerFault, error_of_call, error_of_item
from licet.client.retry import Attempts, Retry
from licet.v1 import licensing_service_pb2

REQUEST_ID = "x-request-id"
"""The metadata key of the id under which the server logs a call."""
TIMEOUT = 30.0
_EACH_IN_TURN = '{"loadBalancingConfig": [{"round_robin": {}}]}'
"""Where a name stands for several servers, calls go to each in turn, and past one that is gone."""


def new_request_id() -> str:
    """A new id, such as no other call has."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Settings of a client. Frozen; both clients take the fields as keywords."""

    address: str
    credentials: grpc.ChannelCredentials | None = None
    """TLS, as from `grpc.ssl_channel_credentials()`; without it nothing is encrypted."""
    timeout: float = TIMEOUT
    """Seconds that a call may take, with all its retries, unless it says otherwise."""
    retry: Retry = field(default_factory=Retry)
    user_agent: str = ""
    """Who calls, such as `erp/4.2`; it stands before the client's own name."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Sent with every call, such as an `authorization`."""
    request_id: Callable[[], str] = new_request_id
    """Makes the id under which the server logs a call; the same for all attempts at it."""

    def __post_init__(self) -> None:
        if not self.address:
            raise ValueError("the address is empty; expected one such as 127.0.0.1:50051 or dns:///licet.example.com:443")
        _seconds(self.timeout)

    def options(self) -> Sequence[tuple[str, Any]]:
        """Options of the channel."""
        ours = f"licet-python/{licet.__version__} python/{platform.python_version()}"
        return (
            ("grpc.primary_user_agent", f"{self.user_agent} {ours}".strip()),
            ("grpc.max_receive_message_length", -1),  # a decision may be longer than the 4 MiB that a client takes by default
            ("grpc.max_send_message_length", -1),
            ("grpc.service_config", _EACH_IN_TURN),
            ("grpc.initial_reconnect_backoff_ms", 200),  # as long as our own first wait
            ("grpc.max_reconnect_backoff_ms", 5_000),
            ("grpc.keepalive_time_ms", 330_000),  # notices a lost peer without a deadline; servers take a ping in five minutes
        )

    def channel(self, kind: Any) -> Any:
        """A channel of `grpc` or of `grpc.aio`."""
        if self.credentials is None:
            return kind.insecure_channel(self.address, options=self.options())
        return kind.secure_channel(self.address, self.credentials, options=self.options())

    def begin(self, *, repeatable: bool, timeout: float | None) -> Begun:
        """A call that is about to be made. Raises ValueError for a timeout that is none."""
        seconds = _seconds(self.timeout if timeout is None else timeout)
        return self._begun(repeatable=repeatable, seconds=seconds)

    def begin_stream(self, timeout: float | None) -> Begun:
        """A stream that is about to be opened; without a timeout it may last. It is opened once."""
        return self._begun(repeatable=False, seconds=math.inf if timeout is None else _seconds(timeout))

    def _begun(self, *, repeatable: bool, seconds: float) -> Begun:
        attempts = Attempts(
            retry=self.retry,
            repeatable=repeatable,
            until=time.monotonic() + seconds,
            now=time.monotonic,
            chance=random.random,
        )
        return Begun(self, self.request_id(), attempts)

    def closed(self, what: str = "client", request_id: str = "") -> Closed:
        """The error of using what was closed."""
        return Closed(f"the {what} is closed", request_id=request_id, address=self.address)


class Connected(ABC):
    """What both clients take and have."""

    def __init__(
        self,
        address: str,
        *,
        credentials: grpc.ChannelCredentials | None = None,
        timeout: float = TIMEOUT,
        retry: Retry | None = None,
        user_agent: str = "",
        metadata: Mapping[str, str] = MappingProxyType({}),
        request_id: Callable[[], str] = new_request_id,
    ) -> None:
        """Connects at the first call; see `Connection` for what the settings mean. Raises ValueError for one that means nothing."""
        self._connection = Connection(
            address=address,
            credentials=credentials,
            timeout=timeout,
            retry=retry or Retry(),
            user_agent=user_agent,
            metadata=MappingProxyType(dict(metadata)),
            request_id=request_id,
        )
        self._open()

    @abstractmethod
    def _open(self) -> None:
        """Makes the channel; called once."""

    @property
    def address(self) -> str:
        """The address that is asked."""
        return self._connection.address


@dataclass(frozen=True, slots=True)
class Begun:
    """A call under way, with all attempts at it."""

    connection: Connection
    request_id: str
    attempts: Attempts

    def options(self) -> dict[str, Any]:
        """What the next attempt gets beside its request."""
        metadata = ((REQUEST_ID, self.request_id), *self.connection.metadata.items())
        remaining = self.attempts.remaining()
        return {"timeout": None if remaining == math.inf else remaining, "metadata": metadata}

    def failure(self, error: grpc.RpcError) -> LicetClientError:
        """The error that an attempt failed with."""
        return error_of_call(error, request_id=self.request_id, address=self.connection.address)

    def item_error(self, error: licensing_service_pb2.BatchItemError) -> LicetClientError:
        """The error of one item of a batch, or message of a stream."""
        return error_of_item(error, request_id=self.request_id, address=self.connection.address)

    def fault(self, text: str) -> ServerFault:
        """The error of a server that does not keep to the API."""
        return ServerFault(text, reason="UNEXPECTED_REPLY", request_id=self.request_id, address=self.connection.address)

    def closed(self, what: str) -> Closed:
        """The error of a call that ended because something was closed."""
        return self.connection.closed(what, self.request_id)

    def wait_after(self, error: grpc.RpcError) -> float:
        """Seconds to wait before the next attempt. Raises `LicetClientError` where there is none."""
        return self.attempts.wait_after(self.failure(error))


def _seconds(timeout: float) -> float:
    if not 0 < timeout < math.inf:
        raise ValueError(f"the timeout is {timeout}; expected a number of seconds above 0")
    return timeout
