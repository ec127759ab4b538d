"""Makes releases of a folder of policies, and puts them into a ledger."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from licet.ledger.home import open_home
from licet.ledger.notes import Signer
from licet.ledger.publishing import activate, publish
from licet.ledger.release_file import ReleaseFile
from licet.ledger.releases import kept
from licet.ledger.store import Store
from licet.policy.folder import read_folder
from licet.policy.release import load_release

AT = "2026-11-22T00:00:00Z"


@dataclass(frozen=True)
class Press:
    """Makes releases of a folder of policies, and a ledger to publish them in, as the command line does."""

    folder: Path
    data: Path
    keys: Path

    def build(self, *, key: str = "", version: str = "") -> ReleaseFile:
        """A release of the folder as it is, signed; its package `zz` has this version."""
        if version:
            policy = self.folder / "zz" / "policy.yaml"
            policy.write_text(re.sub(r"version: .*", f"version: {version}", policy.read_text()))
        files = read_folder(self.folder)
        made = ReleaseFile.of(kept(load_release(files), files))
        if not key:
            return made
        return made.signed(Signer.read(f"testland.example/{key}", self.keys / f"{key}.pem"))

    def publish(self, *, key: str = "", version: str = "") -> str:
        """The digest of such a release, which is published."""
        return self.put(self.build(key=key, version=version))

    def put(self, file: ReleaseFile) -> str:
        """The digest of a release, which is published, whatever it is."""
        with self._store() as store:
            return publish(store, file, by="press", at=AT, id_=str(uuid.uuid4())).digest

    def activate(self, digest: str) -> None:
        """The release is active."""
        with self._store() as store:
            activate(store, digest, reason="as the board decided", by="chair", at=AT, id_=str(uuid.uuid4()))

    @contextmanager
    def _store(self) -> Iterator[Store]:
        home = open_home(self.data, origin="licet.local/decisions")
        yield home.store
        home.close()
