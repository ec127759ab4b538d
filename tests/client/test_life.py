from __future__ import annotations

import asyncio
import datetime
import ipaddress
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from google.rpc import code_pb2

from licet.client import AsyncClient, Client, Closed, Retry, Unreachable
from tests.client.conftest import status, until
from tests.support.servers import PATIENCE

if TYPE_CHECKING:
    from tests.client.conftest import Driven, Scripted
    from tests.support.servers import Server

Connect = Callable[..., "Driven"]
Serve = Callable[..., "Scripted"]
Shipment = Callable[..., Any]


def test_a_closed_client_says_so(client: Driven, shipment: Shipment) -> None:
    """After `close`, which may come twice, every method raises `Closed`."""
    assert client.evaluate(shipment()).id
    client.close()
    client.close()
    for call in (
        lambda: client.evaluate(shipment()),
        lambda: client.batch([shipment()]),
        lambda: client.stream([shipment()]),
        client.rules,
        client.healthy,
    ):
        with pytest.raises(Closed) as caught:
            call()
        assert "CLOSED" == caught.value.reason


def test_a_with_statement_closes(server: Server, shipment: Shipment) -> None:
    """Leaving the statement closes either client."""
    with Client(server.address) as client:
        assert client.evaluate(shipment()).id
    with pytest.raises(Closed):
        client.healthy()

    async def scene() -> None:
        async with AsyncClient(server.address) as client:
            assert (await client.evaluate(shipment())).id
        with pytest.raises(Closed):
            await client.healthy()

    asyncio.run(scene())


def test_closing_ends_what_is_under_way(server: Server, large: Any) -> None:
    """A call in another thread, and a stream, end with `Closed` when the client is closed."""
    client = Client(server.address, request_id=iter(["closed-call", "closed-stream"]).__next__)
    found: list[Exception] = []

    def ask() -> None:
        try:
            client.evaluate(large, timeout=PATIENCE)
        except Closed as error:
            found.append(error)

    caller = threading.Thread(target=ask)
    caller.start()
    stream = client.evaluate_stream([large])
    while not stream.progress.asked:
        pass
    client.close()
    caller.join(PATIENCE)
    assert 1 == len(found)
    with pytest.raises(Closed):
        next(stream)


def test_closing_ends_what_tasks_have_under_way(server: Server, large: Any) -> None:
    """A call of another task, and a stream, end with `Closed` when the client is closed; the tasks are not cancelled."""

    async def scene() -> None:
        client = AsyncClient(server.address)
        stream = client.evaluate_stream([large])
        calls = [asyncio.create_task(client.evaluate(large)), asyncio.create_task(anext(stream))]
        await until(lambda: stream.progress.asked > 0)
        await client.close()
        for call in calls:
            with pytest.raises(Closed):
                await asyncio.wait_for(call, PATIENCE)

    asyncio.run(scene())


def test_closing_ends_the_wait_for_another_attempt(scripted: Serve, shipment: Shipment) -> None:
    """A call that waits to be made again ends at once when its client is closed, and is not made again."""
    served = scripted(status(code_pb2.UNAVAILABLE, "gone"))
    slow = Retry(first=PATIENCE, longest=PATIENCE)
    client = Client(served.address, retry=slow, timeout=10 * PATIENCE)

    def close() -> None:
        while not served.calls:
            pass
        client.close()

    closer = threading.Thread(target=close)
    closer.start()
    with pytest.raises(Closed):
        client.evaluate(shipment(), request_id="so-1")
    closer.join(PATIENCE)

    async def scene() -> None:
        served.script.failures.append(status(code_pb2.UNAVAILABLE, "gone"))
        client = AsyncClient(served.address, retry=slow, timeout=10 * PATIENCE)
        call = asyncio.create_task(client.evaluate(shipment(), request_id="so-1"))
        await until(lambda: served.calls == 2)
        await asyncio.sleep(0.1)
        await client.close()
        with pytest.raises(Closed):
            await asyncio.wait_for(call, PATIENCE)

    asyncio.run(scene())
    assert 2 == served.calls


def test_the_server_hears_who_calls(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """User agent, metadata and an id a call reach the server."""
    served = scripted()
    client = connect(
        served.address, user_agent="erp/4.2", metadata={"authorization": "Bearer x"}, request_id=iter(["one", "two"]).__next__
    )
    client.evaluate(shipment())
    client.release()
    first, second = served.script.seen
    assert first["user-agent"].startswith("erp/4.2 licet-python/")
    assert "Bearer x" == first["authorization"]
    assert ["one", "two"] == [first["x-request-id"], second["x-request-id"]]


def test_ids_of_calls_differ(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """Each call has an id of its own, without being asked for one."""
    served = scripted()
    client = connect(served.address)
    for _ in range(3):
        client.evaluate(shipment())
    assert 3 == len({seen["x-request-id"] for seen in served.script.seen})


def test_a_connection_can_be_encrypted(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """With credentials the client speaks TLS to a server that it trusts, and to no other."""
    key, certificate = _certificate()
    served = scripted(credentials=grpc.ssl_server_credentials([(key, certificate)]))
    assert connect(served.address, credentials=grpc.ssl_channel_credentials(certificate)).evaluate(shipment()) is not None
    with pytest.raises(Unreachable):
        connect(served.address, credentials=grpc.ssl_channel_credentials(_certificate()[1])).evaluate(shipment())
    with pytest.raises(Unreachable):
        connect(served.address).evaluate(shipment())


def _certificate() -> tuple[bytes, bytes]:
    """A key and a certificate for localhost, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    today = datetime.datetime.now(datetime.UTC)  # TLS reads the real time
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, plain, serialization.NoEncryption()), certificate.public_bytes(pem)


def test_the_two_clients_have_the_same_methods() -> None:
    """What one client offers, the other offers too, under the same name with the same parameters."""
    import inspect

    def offered(kind: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(member).parameters)
            for name, member in inspect.getmembers(kind, callable)
            if not name.startswith("_")
        }

    assert offered(Client) == offered(AsyncClient)
