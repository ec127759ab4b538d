"""Where a log lives: a folder with its key, its last checkpoint, and, unless another database is named, its database."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from licet.ledger.notes import Signer
from licet.ledger.store import Store, StoreError, held, opened
from licet.ledger.verify import Checkpoint, Tree, VerificationError, check_checkpoint

DATABASE, KEY, PUBLIC, LAST, LOCK = "licet.db", "licet.key", "licet.pub", "checkpoint", "lock"
_ADVICE = "put back the newer database, or begin a new log under another origin"


class HomeError(Exception):
    """The log cannot be opened; the text says why, and what to do."""


@dataclass(frozen=True, eq=False)
class Home:
    """An open log: its store, and who signs its checkpoints."""

    folder: Path
    store: Store
    signer: Signer

    def checkpoint(self, tree: Tree) -> str:
        """The signed checkpoint of a tree that was committed."""
        return self.signer.checkpoint(Checkpoint(self.store.log, tree.size, tree.root))

    def keep(self, note: str) -> None:
        """Remembers a checkpoint beside the database, so that a database put back from a backup is found out."""
        _write(self.folder / LAST, note.encode(), 0o644)

    def close(self) -> None:
        """The last checkpoint is kept, and the database let go."""
        with suppress(StoreError, OSError):  # of a disk that is full or gone there is nothing to keep
            tree = self.store.tree
            if tree.size:
                self.keep(self.checkpoint(tree))
        self.store.close()


def open_home(folder: Path, *, origin: str, database: str = "") -> Home:
    """The log `origin` of a folder, made if it is not there. Raises `HomeError`.

    A database that is behind the last checkpoint, or tells another story, is refused: callers were shown what it no longer holds.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held(folder / LOCK):
            signer = _signer(folder, origin)
        store = opened(database or f"sqlite:///{folder / DATABASE}", origin)
    except (OSError, ValueError, StoreError) as error:
        raise HomeError(f"the ledger in {folder} cannot be opened: {error}") from error
    home = Home(folder, store, signer)
    try:
        _check(home)
    except (HomeError, StoreError, OSError) as error:
        store.close()
        raise error if isinstance(error, HomeError) else HomeError(f"the ledger in {folder} cannot be read: {error}") from error
    return home


def _signer(folder: Path, origin: str) -> Signer:
    file = folder / KEY
    if not file.exists():
        _write(file, Signer.new(origin).pem(), 0o600)
    signer = Signer.read(origin, file)
    _write(folder / PUBLIC, f"{signer.key}\n".encode(), 0o644)
    return signer


def _check(home: Home) -> None:
    file = home.folder / LAST
    if not file.exists():
        return
    note = file.read_bytes().decode(errors="replace")
    if note.partition("\n")[0] != home.store.log:
        return  # of the log before this one
    try:
        last = check_checkpoint(note, home.signer.key)
    except VerificationError as error:
        raise HomeError(f"{file} is damaged: {error}") from error
    try:
        found = home.store.tree_at(last.size)
    except ValueError as error:
        raise HomeError(f"the database is behind the checkpoint in {file}: {error}; {_ADVICE}") from error
    if found.root != last.root:
        text = f"at {last.size} entries its root is another"
        raise HomeError(f"the database is not that of the checkpoint in {file}: {text}; {_ADVICE}")


def _write(file: Path, data: bytes, mode: int) -> None:
    """Writes a file whole, or not at all."""
    beside = file.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(file)
