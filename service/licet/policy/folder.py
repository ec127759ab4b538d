"""The one module of `policy` that reads files: a folder of policies as bytes by relative name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_SUFFIXES = frozenset((".yaml", ".csv"))


def read_folder(folder: Path) -> Mapping[str, bytes]:
    """Every YAML and CSV file below the folder, by its name relative to it. Raises OSError where a file cannot be read."""
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder of policies")
    files = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(files)}


def embedded_folder() -> Path:
    """The policies that Licet ships: inside the installed package, or beside the sources in a checkout."""
    installed = Path(__file__).resolve().parents[1] / "_policies"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[3] / "policies"
