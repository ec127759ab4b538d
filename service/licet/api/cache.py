"""The cache of lowered releases: a folder of files, each named by what it was made from and by what made it.

A file is a hint, never the truth: what it says is served at once, and compared with the sources compiled afresh while it serves
(`Reloader.settle`). A file that is torn, foreign or of another form counts as none.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import structlog

import licet
from licet.api.errors import RefusedToStart
from licet.policy.release import LANGUAGE, Release
from licet.policy.stored import FORM, StoredError, digest_of, dumps, loads

_KEPT = 8
"""How many releases are kept: those used last."""
_SUFFIX = ".licet"
_PART = ".part"
_TORN_SECONDS = 3600.0
"""A file half written that is older than this was left behind by a process that died."""
_LARGEST = 64 * 1024 * 1024
"""A file of more bytes counts as torn."""
_LOWERS = ("language", "policy", "v1")
"""The parts of this software that say how sources are lowered: their bytes are in the key."""
_LIBRARIES = ("cel-expr-python", "protobuf", "PyYAML", "rfc8785")
log = structlog.get_logger("licet.api")


@cache
def _maker() -> str:
    """The digest of what lowers: code, libraries, language, form. Raises `RefusedToStart` where the code cannot be read."""
    root = Path(licet.__file__).parent
    paths = [path for part in _LOWERS for path in (root / part).rglob("*.py")]
    if not paths:
        raise RefusedToStart("BAD_SETTING", ["the cache cannot be used: the sources of this software are not installed with it"])
    versions = "\n".join((LANGUAGE, FORM, sys.version, *map(metadata.version, _LIBRARIES)))
    return _digest({"": versions.encode(), **{path.relative_to(root).as_posix(): path.read_bytes() for path in paths}})


def _key(files: Mapping[str, bytes]) -> str:
    """What names the stored form of policy files: these, less their scenarios, which no release holds, and what lowers them."""
    read = {f"file {name}": content for name, content in files.items() if not name.endswith(".cases.yaml")}
    return _digest({"made by": _maker().encode(), **read})


def _digest(named: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents, each with its length, so that nothing can move from one to the next."""
    found = hashlib.sha256()
    for name, content in sorted(named.items()):
        for part in (name.encode(), content):
            found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """A release from the cache, and the digest of the stored form it was read from."""

    release: Release
    form: str


class Cache:
    """A folder of stored releases. Nothing that goes wrong with a file keeps a release from being served."""

    def __init__(self, folder: Path) -> None:
        """The folder is there, and nobody else may write to it. Raises `RefusedToStart`."""
        self._folder = folder
        _own(folder)
        _maker()

    def find(self, files: Mapping[str, bytes]) -> Found | None:
        """The release that was stored for these policy files by this software, if it is there and whole."""
        key = _key(files)
        path = self._path(key)
        try:
            body = _body(path, key)
            found = Found(loads(body), digest_of(body))
        except FileNotFoundError:
            return None
        except Exception as error:  # noqa: BLE001  # whatever is wrong with a file, the sources are there
            log.warning("cache_ignored", file=path.name, why=f"{type(error).__name__}: {error}")
            return None
        with suppress(OSError):
            os.utime(path)
        return found

    def keep(self, files: Mapping[str, bytes], release: Release) -> None:
        """The release is stored for these policy files, whole or not at all; where it cannot be, the log says so."""
        key = _key(files)
        path = self._path(key)
        try:
            body = dumps(release)
            _write(path, _head(key, body) + body)
            self._tidy()
        except Exception as error:  # noqa: BLE001  # nobody is kept from serving by a cache
            log.warning("cache_not_written", file=path.name, why=f"{type(error).__name__}: {error}")
        else:
            log.info("cache_written", file=path.name, size=len(body))

    def forget(self, files: Mapping[str, bytes]) -> None:
        """Nothing is stored for these policy files; where that cannot be, the log says so."""
        path = self._path(_key(files))
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("cache_not_written", file=path.name, why=f"{type(error).__name__}: {error}")

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"

    def _tidy(self) -> None:
        """Only the files used last are left, and nothing half written by a process that died."""
        used = sorted(self._folder.glob(f"*{_SUFFIX}"), key=_used, reverse=True)
        torn = [path for path in self._folder.glob(f"*{_PART}") if _used(path) < time.time() - _TORN_SECONDS]
        for path in (*used[_KEPT:], *torn):
            path.unlink(missing_ok=True)


def _used(path: Path) -> float:
    """When a file was used last; long ago, if another process has just removed it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _own(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        raise RefusedToStart("BAD_SETTING", [f"the cache cannot be used: {error}"]) from error
    if found.st_uid != os.geteuid():
        why = "belongs to another user"
    elif found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        why = "can be written by other users"
    else:
        return
    text = f"the cache {folder} {why}, whose files would be served; make it yours alone (chmod 700), or name another"
    raise RefusedToStart("BAD_SETTING", [text])


def _head(key: str, body: bytes) -> bytes:
    return f"licet cache {key} {hashlib.sha256(body).hexdigest()}\n".encode()


def _body(path: Path, key: str) -> bytes:
    """What a file holds under its key. Raises OSError, and `StoredError` where it is torn or another's."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123  # follows no link
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise StoredError("it is no file of ours")
        head, body = file.readline(256), file.read(_LARGEST)
    if head != _head(key, body):
        raise StoredError("it is torn, or was not stored under this name")
    return body


def _write(path: Path, content: bytes) -> None:
    """The file has this content, or what it had. Not synced: what a loss of power tears is found when it is read."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=_PART)
    part = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  # a descriptor
            file.write(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
