"""Where a log lives: a folder with its key, its last checkpoint, and, unless another database is named, its database."""

from __future__ import annotations

import datetime
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from licet.ledger.blobs import stored
from licet.ledger.envelope import Envelope, Kind
from licet.ledger.notes import Signer
from licet.ledger.store import Draft, Renaming, Store, StoreError, held, opened
from licet.ledger.verify import Checkpoint, Tree, VerificationError, check_checkpoint

_KEEP_SECONDS = 1.0
DATABASE, KEY, PUBLIC, LAST, LOCK = "licet.db", "licet.key", "licet.pub", "checkpoint", "lock"
_ADVICE = "put back the newer database, or let the log go on under a new name: --new-origin NAME"


class HomeError(Exception):
    """The log cannot be opened; the text says why, and what to do."""


class Home:
    """An open log: its store, and who signs its checkpoints."""

    def __init__(self, folder: Path, store: Store, signer: Signer) -> None:
        """Use `open_home`."""
        self.folder: Final = folder
        self.store: Final = store
        self.signer: Final = signer
        self._keeping = threading.Lock()
        self._kept = 0
        self._kept_at = -_KEEP_SECONDS

    def checkpoint(self, tree: Tree) -> str:
        """The signed checkpoint of a tree that was committed. What was signed is kept, not more than a second late."""
        note = self.signer.checkpoint(Checkpoint(self.store.origin, tree.size, tree.root))
        if time.monotonic() - self._kept_at >= _KEEP_SECONDS:
            self._keep(note, tree.size)
        return note

    def _keep(self, note: str, size: int) -> None:
        """Remembers a checkpoint beside the database, so that a database put back from a backup is found out."""
        with self._keeping:
            if size <= self._kept:
                return
            with suppress(OSError):  # what a disk that is full or gone does not keep is no less true
                _write(self.folder / LAST, note.encode(), 0o644)
                self._kept, self._kept_at = size, time.monotonic()

    def close(self) -> None:
        """The last checkpoint is kept, and the database let go."""
        with suppress(StoreError):
            tree = self.store.tree
            self._keep(self.signer.checkpoint(Checkpoint(self.store.origin, tree.size, tree.root)), tree.size)
        self.store.close()


def open_home(folder: Path, *, origin: str, database: str = "", signing_key: Path | None = None, new_origin: str = "") -> Home:
    """The log `origin` of a folder, made if it is not there. Raises `HomeError`.

    Checkpoints are signed with `signing_key`, which all servers of one log share; else with a key of the folder's own, made if it
    is not there. A database that is behind the last checkpoint, or tells another story, is refused: callers were shown what it no
    longer holds. With `new_origin` the log goes on from what it holds, under that name, and an entry says so.
    """
    url, name = database or f"sqlite:///{folder / DATABASE}", new_origin or origin
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held(folder / LOCK):
            signer = _signer(folder, signing_key, name)
        renaming = Renaming(origin, _renamed(folder, origin, name)) if name != origin else None
        store = opened(url, name, str(signer.key), renaming)
    except (OSError, ValueError, StoreError) as error:
        raise HomeError(f"the ledger in {folder} cannot be opened: {error}") from error
    home = Home(folder, store, signer)
    try:
        _check(home)
    except (HomeError, StoreError, OSError) as error:
        store.close()
        raise error if isinstance(error, HomeError) else HomeError(f"the ledger in {folder} cannot be read: {error}") from error
    return home


def _signer(folder: Path, signing_key: Path | None, name: str) -> Signer:
    file = signing_key or folder / KEY
    if signing_key is None and not file.exists():
        _write(file, Signer.new(name).pem(), 0o600)
    try:
        signer = Signer.read(name, file)
    except (ValueError, TypeError) as error:  # TypeError: a password is wanted
        raise ValueError(f"{file} holds no Ed25519 key in PEM form without password: {error}") from error
    _write(folder / PUBLIC, f"{signer.key}\n".encode(), 0o644)
    return signer


def _renamed(folder: Path, before: str, name: str) -> Draft:
    """That the log goes on under another name, with the last checkpoint of the one before: what that counts beyond, is lost."""
    file = folder / LAST
    note = (stored(file.read_bytes()),) if file.exists() else ()
    now = datetime.datetime.now(datetime.UTC)
    return Draft(
        Envelope(
            kind=Kind.ORIGIN,
            id=name,
            about=before,
            request=note[0].digest if note else "",
            result="",
            release="",
            engine="",
            language="",
            settings="",
            as_of="",
            decided_at=now.isoformat().replace("+00:00", "Z"),
            caller="",
            outcome="",
            disposition="",
        ),
        note,
    )


def _check(home: Home) -> None:
    file = home.folder / LAST
    if not file.exists():
        return
    note = file.read_bytes().decode(errors="replace")
    if note.partition("\n")[0] != home.store.origin:
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
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name too has to survive a loss of power
    finally:
        os.close(folder)
