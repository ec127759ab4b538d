"""The server: starts whole or not at all, and stops without losing a call."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from functools import partial

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from licet.api.cache import Cache
from licet.api.capacity import Admission, Workers
from licet.api.decisions import Decisions
from licet.api.engines import ENGINES, Trust
from licet.api.errors import RefusedToStart
from licet.api.interceptors import Edge
from licet.api.ledger import Ledger, open_ledger
from licet.api.licensing import Licensing, Parts
from licet.api.logs import configure_logging
from licet.api.policies import Policies
from licet.api.publishing import Follower, Publishing
from licet.api.releases import OPEN, Guard, Releases, load
from licet.api.reload import SERVICE as RELOAD
from licet.api.reload import Reloader, look
from licet.api.settings import ServerSettings
from licet.api.shelf import Shelf, load_active
from licet.policy.folder import Signature
from licet.v1 import (
    decision_service_pb2,
    decision_service_pb2_grpc,
    licensing_service_pb2,
    licensing_service_pb2_grpc,
    policy_service_pb2,
    policy_service_pb2_grpc,
)

SERVICES = (
    licensing_service_pb2.DESCRIPTOR.services_by_name["LicensingService"].full_name,
    decision_service_pb2.DESCRIPTOR.services_by_name["DecisionService"].full_name,
    policy_service_pb2.DESCRIPTOR.services_by_name["PolicyService"].full_name,
)
AGREEMENT = "licet.v1.EngineAgreement"
"""The name under which health says whether the engine and the reference have found the same so far."""
_FLUSH_SECONDS = 1.0
"""How long last replies may take to leave, once every call has ended; streams of health and reflection end with it."""
log = structlog.get_logger("licet.api")


async def serve(settings: ServerSettings) -> None:
    """Serves until SIGTERM or SIGINT, then finishes what is under way; a second signal ends that too.

    Raises `RefusedToStart`.
    """
    configure_logging(settings.log_format, settings.log_level)
    signals: asyncio.Queue[int] = asyncio.Queue()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signals.put_nowait, number)
    running = await Running.start(settings)
    log.info("stopping", signal=signal.Signals(await signals.get()).name)
    stopping = asyncio.create_task(running.stop(settings.drain_seconds))
    again = asyncio.create_task(signals.get())
    await asyncio.wait((stopping, again), return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        await running.stop(0)
    again.cancel()
    await stopping
    log.info("stopped")


class Running:
    """A server that listens at `address`. It owns the ledger from then on."""

    def __init__(self, settings: ServerSettings, releases: Releases, ledger: Ledger, guard: Guard = OPEN) -> None:
        self.releases = releases
        self._ledger = ledger
        self._calls = Admission(settings.max_concurrent_calls)
        self._streams = Admission(settings.max_concurrent_streams)
        self._workers = Workers(settings.max_concurrent_calls)
        self._health = health.aio.HealthServicer()
        self._following: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._server = grpc.aio.server(
            interceptors=[
                Edge(calls=self._calls, streams=self._streams, default_deadline_seconds=settings.default_deadline_seconds)
            ],
            options=[
                # Without it a second server would bind the same port, and nobody would notice.
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", settings.max_message_bytes),
                ("grpc.max_send_message_length", -1),
            ],
        )
        trust = Trust(settings.check_one_in, self._distrust)
        self._shelf = shelf = Shelf(releases, ledger, ENGINES[settings.engine], guard)
        self._publishing = Publishing(ledger, shelf, guard)
        licensing = Licensing(Parts(shelf, trust, ledger, self._workers, self._streams), settings)
        policies = Policies(releases, shelf, self._publishing, self._workers)
        licensing_service_pb2_grpc.add_LicensingServiceServicer_to_server(licensing, self._server)
        self._decisions = Decisions(ledger, self._workers)
        decision_service_pb2_grpc.add_DecisionServiceServicer_to_server(self._decisions, self._server)
        policy_service_pb2_grpc.add_PolicyServiceServicer_to_server(policies, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection((*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME), self._server)
        self.address = self._bind(settings.listen)

    @classmethod
    async def start(cls, settings: ServerSettings) -> Running:
        """A server that listens and is healthy. Raises `RefusedToStart`, and then nothing is left behind.

        1. Loads the policies, from the cache where it has them, and checks who signed them, if that is required.
        2. Opens the ledger, and loads what is active in it, if that is to be served.
        3. Takes the port.
        4. Begins to serve, and says so.
        5. Compares what came from the cache with the policies, and follows them, or what is activated, unless told not to.
        """
        engine = ENGINES[settings.engine]
        cache = await asyncio.to_thread(Cache, settings.cache) if settings.cache is not None else None
        guard = await asyncio.to_thread(Guard.of, settings.require_signed)
        known = None if settings.published else await asyncio.to_thread(look, settings.policies)
        followed = None if settings.published else await asyncio.to_thread(load, settings.policies, engine, cache, guard)
        ledger = await asyncio.to_thread(open_ledger, settings)
        try:
            active = partial(load_active, ledger.records.home.store, engine, guard)
            loaded = await asyncio.to_thread(active) if followed is None else followed
            running = cls(settings, Releases(loaded), ledger, guard)
        except RefusedToStart:
            ledger.close()
            raise
        await running.begin()
        log.info(
            "serving",
            address=running.address,
            release=loaded.release.digest,
            packages=[f"{p.jurisdiction} {p.policy.version}" for p in loaded.release.packages.values()],
            engine=loaded.matcher.name,
            from_cache=bool(loaded.form),
            ledger=ledger.records.home.store.origin,
        )
        if settings.published:
            await running._follow_ledger(settings.reload_seconds)
        elif settings.reload_seconds or cache is not None:
            await running._follow(settings, known, cache, guard)
        return running

    async def begin(self) -> None:
        """It serves, and says that it is healthy."""
        await self._server.start()
        for service in (*SERVICES, AGREEMENT):
            await self._health.set(service, health_pb2.HealthCheckResponse.SERVING)

    def _distrust(self) -> None:
        """Health says that the engines disagree; for any thread."""
        told = self._health.set(AGREEMENT, health_pb2.HealthCheckResponse.NOT_SERVING)
        asyncio.run_coroutine_threadsafe(told, self._loop)

    async def _follow(self, settings: ServerSettings, known: Signature | None, cache: Cache | None, guard: Guard) -> None:
        if settings.reload_seconds:
            await self._announce(True)
        reloader = Reloader(
            folder=settings.policies,
            engine=ENGINES[settings.engine],
            releases=self.releases,
            known=known,
            announce=self._announce,
            cache=cache,
            guard=guard,
        )
        self._following = asyncio.create_task(reloader.run(settings.reload_seconds))

    async def _follow_ledger(self, seconds: float) -> None:
        await self._announce(True)
        follower = Follower(ledger=self._ledger, releases=self.releases, shelf=self._shelf, announce=self._announce)
        self._publishing.follower = follower
        if seconds:
            self._following = asyncio.create_task(follower.run(seconds))

    async def _announce(self, sound: bool) -> None:
        """Health says whether what is to be served is what is served."""
        status = health_pb2.HealthCheckResponse.SERVING if sound else health_pb2.HealthCheckResponse.NOT_SERVING
        await self._health.set(RELOAD, status)

    def _bind(self, listen: str) -> str:
        try:
            port = self._server.add_insecure_port(listen)
        except RuntimeError:
            port = 0
        if not port:
            text = f"cannot listen at {listen}: the port is taken, or the address is not of this machine"
            raise RefusedToStart("CANNOT_LISTEN", [text])
        return f"{listen.rpartition(':')[0]}:{port}"

    async def stop(self, drain_seconds: float) -> None:
        """The server has stopped. Safe to call again, with less patience.

        1. Health says NOT_SERVING, edits are no longer followed, and new calls are told to go elsewhere.
        2. Calls under way end, or are cancelled when the time is up; streams read no further, and end when all is answered.
        3. The port is free, and all that was answered is in the ledger, which is closed.
        """
        await self._health.enter_graceful_shutdown()
        await self._follow_no_more()
        self._calls.close()
        self._streams.close()
        try:
            async with asyncio.timeout(drain_seconds):
                await self._calls.idle()
                await self._streams.idle()
            await self._server.stop(_FLUSH_SECONDS)
        except TimeoutError:
            await self._server.stop(None)
        self._workers.close()
        await asyncio.to_thread(self._decisions.close)
        await asyncio.to_thread(self._ledger.close)

    async def _follow_no_more(self) -> None:
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following
