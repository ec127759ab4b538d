"""Who reads what a command shows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from licet.v1 import licensing_service_pb2


class AudienceName(StrEnum):
    """Who reads the answer."""

    AUDITOR = "auditor"
    EXPORTER = "exporter"
    PUBLIC = "public"


AUDIENCES: Mapping[AudienceName, licensing_service_pb2.Audience] = {
    AudienceName.AUDITOR: licensing_service_pb2.AUDIENCE_AUDITOR,
    AudienceName.EXPORTER: licensing_service_pb2.AUDIENCE_EXPORTER,
    AudienceName.PUBLIC: licensing_service_pb2.AUDIENCE_PUBLIC,
}
