"""What the server is told at start: once, from arguments and the environment (`LICET_LISTEN`, `LICET_POLICIES` …)."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from licet.api.engines import EngineName
from licet.api.errors import RefusedToStart
from licet.decision.settings import Settings
from licet.policy.folder import embedded_folder

PREFIX = "LICET_"
_MIB = 1024 * 1024
_MAX_PORT = 65_535
_LISTEN = re.compile(r"(\[(?P<v6>[^\]]+)\]|(?P<v4>[^\[\]:]+)):(?P<port>[0-9]{1,5})")


class LogFormat(StrEnum):
    """How log lines look; AUTO is CONSOLE at a terminal and JSON elsewhere."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    """The mildest level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _address(text: str) -> str:
    """Checks a place to listen at. No names: one may stand for several addresses, of which only some are free."""
    match = _LISTEN.fullmatch(text)
    try:
        if match is None or int(match["port"]) > _MAX_PORT:
            raise ValueError
        ipaddress.IPv6Address(match["v6"]) if match["v6"] else ipaddress.IPv4Address(match["v4"])
    except ValueError:
        raise ValueError("expected an IP address and a port, such as 127.0.0.1:50051 or [::1]:50051") from None
    return text


def _paths(given: Any) -> Any:
    """The files that a variable names, as `PATH` names folders."""
    return [part for part in given.split(os.pathsep) if part] if isinstance(given, str) else given


Seconds = Annotated[float, Field(allow_inf_nan=False)]


def _data_folder() -> Path:
    """Where a user's programs keep what must last."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "licet"


class ServerSettings(BaseSettings):
    """The settings of a server. Frozen; make them with `read_settings`, which names every fault."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    listen: Annotated[str, AfterValidator(_address)] = Field(
        "127.0.0.1:50051", description="IP address and port; port 0 takes a free one"
    )
    policies: Path = Field(default_factory=embedded_folder, description="folder of policies; the embedded ones if unset")
    published: bool = Field(False, description="whether the release that is active in the ledger is served, and no folder")
    data: Path = Field(
        default_factory=_data_folder, description="folder of the ledger: its key, and its database unless one is named"
    )
    database: str = Field(
        "", description="SQLAlchemy URL of the ledger's database, such as postgresql+psycopg://...; a file if unset"
    )
    origin: str = Field(
        "licet.local/decisions", min_length=1, max_length=200, pattern=r"^[!-*,-~]+$", description="name of the log"
    )
    new_origin: str = Field("", max_length=200, pattern=r"^[!-*,-~]*$", description="name under which the log `origin` goes on")
    signing_key: Path | None = Field(
        None, description="file of the Ed25519 key for checkpoints (PEM), shared by all servers of a log; one in `data` if unset"
    )
    private: bool = Field(False, description="whether requests and results are encrypted, each under a key that can be erased")
    require_signed: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths)] = Field(
        (),
        description=f"files of public keys, divided by {os.pathsep!r}: nothing is served that none of them signed; none if unset",
    )
    cache: Path | None = Field(None, description="folder that keeps compiled policies for the next start; none if unset")
    reload_seconds: Seconds = Field(1.0, ge=0, description="how often the policies are looked at for edits; 0 never")
    engine: EngineName = Field(EngineName.COMPILED, description="what finds the rules: compiled or reference")
    check_one_in: int = Field(100, ge=1, description="one decision in so many is walked by the reference too; 1: each")
    log_format: LogFormat = Field(LogFormat.AUTO, description="json, console, or auto")
    log_level: LogLevel = Field(LogLevel.INFO, description="the mildest level that is logged")
    max_message_bytes: int = Field(16 * _MIB, ge=1024, le=1024 * _MIB, description="the largest request that is taken")
    max_concurrent_calls: int = Field(100, ge=1, le=100_000, description="calls under way at a time; more are told to retry")
    default_deadline_seconds: Seconds = Field(30.0, gt=0, description="for calls that bring no deadline of their own")
    max_concurrent_streams: int = Field(100, ge=1, le=100_000, description="streams open at a time; more are told to retry")
    stream_window: int = Field(16, ge=1, le=1_000, description="messages of a stream that may be unanswered before it is read on")
    stream_idle_seconds: Seconds = Field(300.0, gt=0, description="how long a stream may be open without use")
    drain_seconds: Seconds = Field(30.0, ge=0, description="how long calls under way may take to end when the server stops")
    screening_required: bool = Field(True, description="whether PROCEED needs every named party to be screened")
    screening_max_age_days: int = Field(30, ge=0, le=36_500, description="how old, in days, a screening may be")

    @property
    def decision(self) -> Settings:
        """What of this a decision depends on, and records."""
        return Settings(screening_required=self.screening_required, screening_max_age_days=self.screening_max_age_days)


def read_settings(**given: Any) -> ServerSettings:
    """The settings: as given, else from the environment, else the defaults. Raises `RefusedToStart` with all faults."""
    faults = [*_misspelt()]
    try:
        settings = ServerSettings(**given)
    except ValidationError as error:
        faults = [*(_fault(each, given) for each in error.errors()), *faults]
        raise RefusedToStart("BAD_SETTING", faults) from None
    if settings.published and "policies" in settings.model_fields_set:
        faults.append("published and policies exclude each other: a server follows a folder, or what is activated in the ledger")
    if settings.published and settings.cache is not None:
        faults.append("published and cache exclude each other: the ledger keeps what is published compiled; leave out the cache")
    if settings.require_signed and settings.cache is not None:
        faults.append("require_signed and cache exclude each other: what a cache holds nobody signed; leave out one of them")
    if faults:
        raise RefusedToStart("BAD_SETTING", faults)
    return settings


def _fault(error: Any, given: dict[str, Any]) -> str:
    name = ".".join(map(str, error["loc"]))
    shown = name if name in given else f"{PREFIX}{name.upper()}"
    return f"{shown} is {error['input']!r}: {error['msg'].removeprefix('Value error, ')}"


def _misspelt() -> Iterator[str]:
    """Variables that look like a misspelt setting. Others of the prefix may be anything: Kubernetes makes some."""
    known = {f"{PREFIX}{name.upper()}" for name in ServerSettings.model_fields}
    for name in sorted(os.environ):
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.9) if name.startswith(PREFIX) and name not in known else ()
        if close:
            yield f"{name} is no setting; did you mean {close[0]}?"
