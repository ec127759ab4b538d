"""The structure that keeps the core pure and the code readable."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "service" / "licet"
CORE = ("language", "policy", "engine", "decision")
# The one module that reads folders, and the rete engine, which has a child process.
IMPURE = frozenset(("policy/folder.py",))
CHILDREN = "engine/rete"
FORBIDDEN_CALLS = frozenset(("open", "input", "print"))
FORBIDDEN_MODULES = frozenset(("os", "random", "secrets", "socket", "subprocess", "time", "uuid", "asyncio", "tempfile"))
# Paths of some machine, in whatever file.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/[\w.]")


def _modules() -> list[Path]:
    return sorted(path for path in SERVICE.rglob("*.py") if "v1" not in path.relative_to(SERVICE).parts)


def _name_of(path: Path) -> str:
    return path.relative_to(SERVICE).as_posix()


def _core_modules() -> list[Path]:
    in_core = (path for path in _modules() if path.relative_to(SERVICE).parts[0] in CORE)
    return [path for path in in_core if _name_of(path) not in IMPURE and not _name_of(path).startswith(CHILDREN)]


def test_dependencies_point_one_way() -> None:
    """The layers, the client's independence and the purity of the core hold as import-linter sees them."""
    found = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout[-2000:]


@pytest.mark.parametrize("path", _core_modules(), ids=_name_of)
def test_the_core_reads_no_clock_chance_environment_file_or_socket(path: Path) -> None:
    """No module of the core imports or calls what would make a result depend on more than its arguments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not {name for name in _imports(tree) if name.partition(".")[0] in FORBIDDEN_MODULES}
    assert not {call for call in _calls(tree) if call in FORBIDDEN_CALLS or call.endswith((".now", ".today", ".utcnow"))}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", _modules(), ids=_name_of)
def test_every_public_thing_says_what_it_is(path: Path) -> None:
    """Every public module, class and function of a module has a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), _name_of(path)
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{_name_of(path)}: {node.name}"


def test_no_module_outgrows_its_reader() -> None:
    """No module of the service is longer than 650 lines."""
    lengths = {_name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in _modules()}
    assert {name: length for name, length in lengths.items() if length > 650} == {}


def test_generated_code_is_what_the_protos_say() -> None:
    """The committed stubs are those that the script makes."""
    script = [sys.executable, str(ROOT / "scripts" / "gen_protos.py"), "--check"]
    found = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_nothing_names_a_machine() -> None:
    """No tracked text file holds a path of some developer's machine."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    suffixes = {".py", ".md", ".yaml", ".toml", ".proto", ".csv", ".sh"}
    files = [ROOT / name for name in listed.stdout.splitlines() if Path(name).suffix in suffixes]
    own = Path(__file__).resolve()
    found = [path for path in files if path != own and path.is_file() and MACHINE_PATHS.search(path.read_text(encoding="utf-8"))]
    assert found == []
