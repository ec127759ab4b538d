"""Disks and clocks that fail, put under a server with LD_PRELOAD."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

SHIMS = Path(__file__).resolve().parents[1] / "faults" / "shims"
_SECTOR = 512


def compiled(name: str, folder: Path) -> Path:
    """A shim, compiled; the test is skipped where that cannot be."""
    compiler = next((found for word in ("cc", "gcc", "clang") if (found := shutil.which(word))), None)
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler")
    made = folder / f"{name}.so"
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(made), str(SHIMS / f"{name}.c"), "-ldl"]
    subprocess.run(command, check=True, timeout=60)
    return made


def environment(variables: Mapping[str, object]) -> tuple[str, ...]:
    """The words before a command that give it variables."""
    return ("env", *(f"{name}={value}" for name, value in variables.items()))


class Disk:
    """A folder on a disk that can lose its power, and what of it is safe."""

    def __init__(self, shim: Path, folder: Path) -> None:
        self.folder = folder
        self.safe = folder.with_name(f"{folder.name}-safe")
        self.full = folder.with_name(f"{folder.name}-full")
        """While it exists the disk takes nothing more."""
        self._shim = shim

    def under(self, **more: object) -> tuple[str, ...]:
        """The words before the command of a program that uses the disk. What lies there now is safe."""
        shutil.rmtree(self.safe, ignore_errors=True)
        self.safe.mkdir()
        if self.folder.exists():
            files = [file for file in self.folder.iterdir() if file.is_file()]
            for file in files:
                shutil.copy(file, self.safe / str(file.stat().st_ino))
            (self.safe / "names").write_text("".join(f"{file.stat().st_ino} {file.name}\n" for file in files))
        given = {"LD_PRELOAD": self._shim, "SHIM_FOLDER": self.folder, "SHIM_SYNCED": self.safe, "SHIM_FULL": self.full}
        return environment(given | more)

    def cut(self, chance: random.Random | None = None) -> None:
        """The power fails: what was not synced is gone, or, with `chance`, each sector of it as chance wills."""
        after = self.folder.with_name(f"{self.folder.name}-after")
        after.mkdir()
        names = self.safe / "names"
        for line in names.read_text().splitlines() if names.exists() else ():
            inode, _, name = line.partition(" ")
            safe, now = self.safe / inode, self.folder / name
            old = safe.read_bytes() if safe.exists() else b""
            new = now.read_bytes() if now.exists() and str(now.stat().st_ino) == inode else old
            (after / name).write_bytes(old if chance is None else _torn(old, new, chance))
        shutil.rmtree(self.folder)
        after.rename(self.folder)


def _torn(old: bytes, new: bytes, chance: random.Random) -> bytes:
    """Some sectors of the one, some of the other, and a length of either."""
    length = len(chance.choice((old, new)))
    parts = []
    for at in range(0, length, _SECTOR):
        end = min(at + _SECTOR, length)
        part = chance.choice((old, new))[at:end]
        parts.append(part + bytes(end - at - len(part)))
    return b"".join(parts)


def without_privilege() -> tuple[str, ...]:
    """The words before a command that then minds the rights of files, also where root runs it."""
    drop_dac_override = "import ctypes, os, sys; ctypes.CDLL(None).prctl(24, 1, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])"
    return (sys.executable, "-c", drop_dac_override) if os.geteuid() == 0 else ()
