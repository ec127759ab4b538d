"""Carries out a Containerfile without a container engine: each instruction in a folder that stands for the root of the image.

Every stage begins with an empty folder at the same place, so that what a stage was not given is not there. The tools of the base
image are those of this machine; its package manager is left alone.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_OF_THE_BASE = ("/usr", "/bin")
_NOT_HERE = "apt-get"


@dataclass
class Image:
    """What the instructions have made so far."""

    context: Path
    folder: Path
    """Of our own: `root` is the stage at hand, and beside it lie the earlier ones by name."""
    pip: Mapping[str, str] = field(default_factory=dict)
    """What pip is told beside."""
    env: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    user: str = ""
    volumes: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    _stage: str = ""
    _workdir: str = "/"

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def place(self, path: str) -> Path:
        """Where a path of the image lies here."""
        return self.root / Path(self._workdir, path).as_posix().lstrip("/")

    @property
    def _steps(self) -> Mapping[str, Callable[[str], None]]:
        return {
            "FROM": self._from,
            "WORKDIR": self._enter,
            "COPY": self._copy,
            "RUN": self._run,
            "ENV": self._env,
            "USER": self._user,
            "VOLUME": self.volumes.append,
            "EXPOSE": self._expose,
            "HEALTHCHECK": self._healthcheck,
            "CMD": self._cmd,
        }

    def build(self, text: str) -> None:
        """Carries out all instructions. Raises ValueError for one that is not known, and for a command that fails."""
        for line in instructions(text):
            word, _, rest = line.partition(" ")
            if word == "RUN" and rest.startswith(_NOT_HERE):
                self.skipped.append(line)
                continue
            step = self._steps.get(word)
            if step is None:
                raise ValueError(f"{word} is no instruction that is known here")
            step(rest)
            self.done.append(line)

    def _from(self, rest: str) -> None:
        if self.root.exists():
            self.root.rename(self.folder / self._stage)
        self.root.mkdir(parents=True)
        _, _, self._stage = rest.partition(" AS ")
        self.env = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(self.root)}
        self._workdir = "/"

    def _enter(self, rest: str) -> None:
        self._workdir = rest
        self.place(".").mkdir(parents=True)

    def _copy(self, rest: str) -> None:
        words = shlex.split(rest)
        options = dict(word.removeprefix("--").split("=") for word in words if word.startswith("--"))
        *sources, target = [word for word in words if not word.startswith("--")]
        origin = self.folder / options["from"] if "from" in options else self.context
        for source in sources:
            from_, to = origin / source.lstrip("/"), self.place(target)
            if from_.is_dir():
                shutil.copytree(
                    from_, to, symlinks=True, ignore=shutil.ignore_patterns("__pycache__") if "from" not in options else None
                )
            else:
                to.mkdir(parents=True, exist_ok=True)
                shutil.copy(from_, to)

    def _run(self, rest: str) -> None:
        words = [str(self.place(word)) if _is_ours(word) else word for word in shlex.split(rest)]
        done = subprocess.run(words, cwd=self.place("."), env={**self.env, **self.pip}, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ValueError(f"{rest}: {done.stdout}{done.stderr}")

    def _env(self, rest: str) -> None:
        name, _, value = rest.partition("=")
        self.env[name] = ":".join(str(self.place(part)) if _is_ours(part) else part for part in value.split(":"))

    def _user(self, rest: str) -> None:
        self.user = rest

    def _expose(self, rest: str) -> None:
        if not rest.isdigit():
            raise ValueError(f"EXPOSE {rest}: expected a port")

    def _healthcheck(self, rest: str) -> None:
        self.health = json.loads(rest.partition(" CMD ")[2])

    def _cmd(self, rest: str) -> None:
        self.command = json.loads(rest)


def instructions(text: str) -> Iterator[str]:
    """The instructions of a Containerfile, a line each."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def _is_ours(word: str) -> bool:
    return word.startswith("/") and not word.startswith(_OF_THE_BASE)
