"""What tests of the command line share: the policies that Licet ships, read once, and a way to call `licet`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from licet.cli import local
from licet.cli.main import app
from licet.policy.release import Release

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@cache
def _shipped() -> Release:
    return local.load()


@pytest.fixture
def release() -> Release:
    """The policies that Licet ships."""
    return _shipped()


@pytest.fixture
def licet(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Calls the command line in this process; the shipped policies are not read again."""
    monkeypatch.setattr("licet.cli.main.load", lambda folder: _shipped() if folder is None else local.load(folder))

    def call(*arguments: object, **options: Any) -> Any:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], **options)

    return call


@pytest.fixture
def example() -> Callable[[str], Path]:
    """The file of an example by the beginning of its name."""
    return lambda start: next(path for path in sorted(EXAMPLES.glob("*.yaml")) if path.name.startswith(start))
