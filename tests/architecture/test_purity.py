from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

_SERVICE: Final = Path(__file__).resolve().parents[2] / "service" / "licet"
_CORE: Final = ("language", "policy", "engine", "decision")
# The one module that reads folders; the two that keep durable-rules in a process of its own.
_EXCEPTED: Final = frozenset(("policy/folder.py", "engine/rete.py", "engine/rete_child.py"))
_MODULES: Final = sorted(path.relative_to(_SERVICE).as_posix() for folder in _CORE for path in (_SERVICE / folder).rglob("*.py"))
_IMPORTS: Final = frozenset(
    (
        *("asyncio", "concurrent", "getpass", "glob", "http", "io.open", "locale", "logging", "multiprocessing", "os", "pathlib"),
        *("platform", "queue", "random", "secrets", "select", "shutil", "signal", "socket", "subprocess", "sys", "tempfile"),
        *("threading", "time", "urllib", "uuid", "zoneinfo"),
    )
)
_CALLS: Final = frozenset(("open", "input", "print", "breakpoint", "__import__", "hash"))
_METHODS: Final = frozenset(
    (
        *("now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp", "getenv", "urandom", "uuid1", "uuid4"),
        *("read_text", "read_bytes", "write_text", "write_bytes", "getLogger"),
    )
)


def _impurities(source: str) -> list[str]:
    """What a module does that its arguments do not settle: imports, calls and methods, with their lines."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                found += [f"{node.lineno}: import {a.name}" for a in node.names if a.name.partition(".")[0] in _IMPORTS]
            case ast.ImportFrom() if (node.module or "").partition(".")[0] in _IMPORTS:
                found.append(f"{node.lineno}: from {node.module} import …")
            case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
                found.append(f"{node.lineno}: {name}()")
            case ast.Attribute(attr=name) if name in _METHODS:
                found.append(f"{node.lineno}: .{name}")
            case ast.Name(id="environ") | ast.Attribute(attr="environ"):
                found.append(f"{node.lineno}: environ")
            case _:
                pass
    return found


@pytest.mark.parametrize("name", [name for name in _MODULES if name not in _EXCEPTED])
def test_the_core_follows_from_its_arguments(name: str) -> None:
    """No module of the core reads a clock, chance, the environment, a file or a socket, or writes anywhere."""
    assert [] == _impurities((_SERVICE / name).read_text("utf-8"))


def test_the_exceptions_are_still_there() -> None:
    """Each module that is excepted exists and needs to be."""
    for name in _EXCEPTED:
        assert [] != _impurities((_SERVICE / name).read_text("utf-8")), name


@pytest.mark.parametrize(
    "source",
    [
        "import os.path",
        "from time import monotonic",
        "datetime.date.today()",
        "datetime.datetime.now(tz)",
        "open('x')",
        "os.environ['X']",
        "print(1)",
        "def f():\n    import random",
        "f = datetime.date.today",
        "hash('x')",
    ],
)
def test_the_scan_sees_what_it_should(source: str) -> None:
    """The scan finds each way to read what is no argument, so that a clean scan means something."""
    assert [] != _impurities(source)
