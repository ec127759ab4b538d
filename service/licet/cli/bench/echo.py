"""A bare gRPC server on loopback: it answers what it is asked with bytes that were recorded, and computes nothing.

It reads the recorded pairs as one line of JSON, prints its port, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc

from licet.v1 import licensing_service_pb2

SERVICE = licensing_service_pb2.DESCRIPTOR.services_by_name["LicensingService"].full_name
Pair = tuple[bytes, bytes]
OPTIONS = (("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))


def written(pairs: Iterable[Pair]) -> bytes:
    """Recorded pairs of request and reply as the line that the server reads."""
    return json.dumps([[base64.b64encode(each).decode() for each in pair] for pair in pairs]).encode() + b"\n"


def _read(line: bytes) -> dict[bytes, bytes]:
    return {base64.b64decode(request): base64.b64decode(reply) for request, reply in json.loads(line)}


async def _serve(replies: dict[bytes, bytes]) -> None:
    async def unary(request: bytes, _context: Any) -> bytes:
        return replies[request]

    async def stream(requests: AsyncIterator[bytes], _context: Any) -> AsyncIterator[bytes]:
        async for request in requests:
            yield replies[request]

    server = grpc.aio.server(options=OPTIONS)
    methods: dict[str, Any] = {
        "Evaluate": grpc.unary_unary_rpc_method_handler(unary),
        "EvaluateBatch": grpc.unary_unary_rpc_method_handler(unary),
        "EvaluateStream": grpc.stream_stream_rpc_method_handler(stream),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)
    await server.stop(None)


if __name__ == "__main__":
    asyncio.run(_serve(_read(sys.stdin.buffer.readline())))
