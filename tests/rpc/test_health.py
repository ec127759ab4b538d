from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

if TYPE_CHECKING:
    from tests.support.servers import Server

SERVICES = ("licet.v1.LicensingService", "licet.v1.PolicyService")


@pytest.mark.parametrize("service", ["", *SERVICES])
def test_a_server_that_serves_is_healthy(server: Server, service: str) -> None:
    """Health is SERVING, for the server and for each of its services."""
    reply = health_pb2_grpc.HealthStub(server.channel()).Check(health_pb2.HealthCheckRequest(service=service), timeout=60)
    assert health_pb2.HealthCheckResponse.SERVING == reply.status


def test_health_of_an_unknown_service_is_not_found(server: Server) -> None:
    """Health of a service that is not there is NOT_FOUND, as the protocol has it."""
    with pytest.raises(grpc.RpcError) as caught:
        health_pb2_grpc.HealthStub(server.channel()).Check(health_pb2.HealthCheckRequest(service="licet.v1.No"), timeout=60)
    assert grpc.StatusCode.NOT_FOUND == caught.value.code()


def test_reflection_describes_every_service(server: Server) -> None:
    """A client without our proto files learns services, methods and fields from the server."""
    database = ProtoReflectionDescriptorDatabase(server.channel())
    assert {*SERVICES, "grpc.health.v1.Health"} <= set(database.get_services())
    described = {m.name for m in database.FindFileContainingSymbol("licet.v1.Transaction").message_type}
    assert "Item" in described
