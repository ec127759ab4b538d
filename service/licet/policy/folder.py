"""The one module of `policy` that reads files: a folder of policies as bytes by relative name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NewType

Signature = NewType("Signature", tuple[tuple[str, int, int, int, int], ...])
_SUFFIXES = frozenset((".yaml", ".csv"))
SIGNED = "release.sig"
"""The file of a folder that holds the statement on its release, signed. It is no part of the release."""


def read_folder(folder: Path) -> Mapping[str, bytes]:
    """Every YAML and CSV file below the folder, by its name relative to it. Raises OSError where a file cannot be read."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(_files(folder))}


def read_statement(folder: Path) -> str:
    """The signed statement that lies in a folder; empty if there is none. Raises OSError."""
    file = folder / SIGNED
    return file.read_bytes().decode(errors="replace") if file.exists() else ""


def signature(folder: Path) -> Signature:
    """What changes when a policy file or the statement does: names, sizes, inodes, times. Reads no file. Raises OSError."""
    stated = (path for path in (folder / SIGNED,) if path.is_file())
    found = ((str(path), path.stat()) for path in (*_files(folder), *stated))
    return Signature(tuple(sorted((name, s.st_size, s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for name, s in found)))


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder of policies")
    return (path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())


def embedded_folder() -> Path:
    """The policies that Licet ships: inside the installed package, or beside the sources in a checkout."""
    installed = Path(__file__).resolve().parents[1] / "_policies"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[3] / "policies"
