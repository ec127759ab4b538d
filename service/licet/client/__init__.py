"""The Python client: typed methods over the API, errors with the fields at fault, and retries where they do no harm.

`Client` blocks, `AsyncClient` is for asyncio, and both make the calls of `calls` over a `connection`. `retry` decides whether a
call is made again, and `errors` shows what it may fail with. It knows the messages of `licet.v1`, and nothing else of Licet.
"""

from licet.client.answers import Answer, Progress
from licet.client.asynchronous import AsyncClient
from licet.client.asynchronous_stream import AsyncDecisionStream
from licet.client.calls import Asked, Options, Subject
from licet.client.errors import (
    Cancelled,
    Closed,
    DeadlineExceeded,
    InvalidRequest,
    LicetClientError,
    NotFound,
    NotServed,
    Overloaded,
    Refused,
    ServerFault,
    TryLater,
    Unreachable,
    Violation,
)
from licet.client.retry import NO_RETRY, Retry
from licet.client.synchronous import Client
from licet.client.synchronous_stream import DecisionStream

__all__ = [
    "NO_RETRY",
    "Answer",
    "Asked",
    "AsyncClient",
    "AsyncDecisionStream",
    "Cancelled",
    "Client",
    "Closed",
    "DeadlineExceeded",
    "DecisionStream",
    "InvalidRequest",
    "LicetClientError",
    "NotFound",
    "NotServed",
    "Options",
    "Overloaded",
    "Progress",
    "Refused",
    "Retry",
    "ServerFault",
    "Subject",
    "TryLater",
    "Unreachable",
    "Violation",
]
