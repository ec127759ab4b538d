"""Callers that ask one decision after another, and remember what they were told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import grpc

from licet.ledger.inspection import Fault, Signed
from licet.ledger.papers import key_faults
from licet.ledger.snapshot import snapshot
from licet.ledger.verify import Key, Tree, check_checkpoint
from tests.support.records import database_of, decided, found_in
from tests.support.servers import Server


@dataclass
class Told:
    """What callers were told: where each decision stands, and each checkpoint. Every caller asks under request ids of its own."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    """The entry of each decision's id."""
    asked: dict[str, str] = field(default_factory=dict)
    """The id of the decision on each request; empty where no answer came."""
    checkpoints: set[str] = field(default_factory=set)
    refused: list[grpc.StatusCode] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, server: Server, request_id: str) -> bool:
        """Asks once; gives whether there was an answer."""
        with self._lock:
            self.asked.setdefault(request_id, "")
        try:
            decision = decided(server, request_id)
        except grpc.RpcError as error:
            with self._lock:
                self.refused.append(error.code())
            return False
        with self._lock:
            before = self.acknowledged.setdefault(decision.id, decision.proof.index)
            assert before == decision.proof.index, "a decision stands in one place"
            assert self.asked[request_id] in ("", decision.id), "a request has one decision"
            self.asked[request_id] = decision.id
            self.checkpoints.add(decision.proof.checkpoint)
        return True

    def ask_again(self, server: Server) -> None:
        """Asks what had no answer once more, and a few that had one."""
        for request_id, id_ in list(self.asked.items()):
            if not id_ or hash(request_id) % 20 == 0:
                assert self.ask(server, request_id)

    def grows(self, before: int) -> bool:
        """Whether callers are soon told of more decisions than so many."""
        return waited(lambda: len(self.acknowledged) > before)

    def fails(self, before: int) -> bool:
        """Whether callers are soon refused more often than so."""
        return waited(lambda: len(self.refused) > before)

    @property
    def indices(self) -> set[int]:
        """The entries of which somebody was told."""
        return set(self.acknowledged.values())


class Load:
    """So many callers at a server, from entering this until leaving it. A request that fails is asked again."""

    def __init__(self, told: Told, server: Server, name: str, callers: int = 4, *, lasting: bool = False) -> None:
        """`lasting` callers ask again when a call fails; others end, for their server is gone."""
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(told, server, f"{name}-{caller}", lasting)) for caller in range(callers)
        ]

    def _run(self, told: Told, server: Server, name: str, lasting: bool) -> None:
        number = 0
        while not self._stop.is_set():
            if told.ask(server, f"{name}-{number}"):
                number += 1
            elif lasting:
                self._stop.wait(0.01)
            else:
                return

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive()


def wrong(told: Told, data: Path, url: str = "") -> tuple[list[Fault], dict[str, int]]:
    """Every fault of the ledger, checkpoints that callers were shown included, and the decisions told of that are not there."""
    key = Key.parsed((data / "licet.pub").read_text())
    seen = [check_checkpoint(note, key) for note in told.checkpoints]
    with snapshot(database_of(data, url)) as connection:
        found = found_in(connection, key, [Signed(f"checkpoint of {each.size}", Tree(each.size, each.root)) for each in seen])
        rows = connection.exec_driver_sql('SELECT id, "index" FROM entries').all()
    there = {row[0]: row[1] for row in rows}
    lost = {id_: index for id_, index in told.acknowledged.items() if there.get(id_) != index}
    return [*key_faults(data, key), *found], lost


def waited(condition: Callable[[], Any], seconds: float = 60) -> bool:
    """Whether something came true within a time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return True
        pause.wait(0.02)
    return False
