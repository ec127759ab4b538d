from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

import pytest

_ROOT: Final = Path(__file__).resolve().parents[2]
_SERVICE: Final = _ROOT / "service" / "licet"
_MODULES: Final = sorted(
    path.relative_to(_SERVICE).as_posix() for path in _SERVICE.rglob("*.py") if "v1" not in path.relative_to(_SERVICE).parts
)
_TESTS: Final = sorted(path.relative_to(_ROOT).as_posix() for path in (_ROOT / "tests").rglob("test_*.py"))
_LONGEST: Final = 600
_Defined: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _public(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, _Defined]]:
    """The public functions, classes and methods of a module, by name."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, f"{prefix}{node.name}.")


@pytest.mark.parametrize("name", _MODULES)
def test_no_module_is_too_long_to_read(name: str) -> None:
    """A module has at most about six hundred lines."""
    assert len((_SERVICE / name).read_text("utf-8").splitlines()) <= _LONGEST


@pytest.mark.parametrize("name", _MODULES)
def test_what_is_public_says_what_it_is(name: str) -> None:
    """Every module, and every public class, function and method in it, has a docstring."""
    tree = ast.parse((_SERVICE / name).read_text("utf-8"))
    silent = [named for named, node in _public(tree) if not ast.get_docstring(node)]
    assert [] == silent
    assert ast.get_docstring(tree)


@pytest.mark.parametrize("name", _TESTS)
def test_a_test_opens_with_what_it_promises(name: str) -> None:
    """Every test begins with one sentence that states the promise it checks."""
    tree = ast.parse((_ROOT / name).read_text("utf-8"))
    tests = [node for named, node in _public(tree) if named.rpartition(".")[2].startswith("test_")]
    silent = [node.name for node in tests if not (ast.get_docstring(node) or "").endswith((".", "?"))]
    assert [] == silent
    assert tests


# ---- words --------------------------------------------------------------------------------------------------------------

# Places that only the machine has on which something was written: they mean nothing to a reader.
_MACHINE: Final = re.compile(r"(?<![\w.~:/-])/(?:home|root|tmp|work|Users|private|var/folders)/[\w.-]+|\b[A-Z]:\\Users\\")


def _tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=_ROOT, capture_output=True, text=True, check=False)
    return [name for name in done.stdout.split("\0") if name and (_ROOT / name).is_file()] if done.returncode == 0 else []


@pytest.mark.skipif(not _tracked(), reason="not a checkout")
def test_no_file_names_a_place_on_somebodys_machine() -> None:
    """No tracked file names a home, temporary or work folder of the machine that it was written on."""
    found = []
    for name in _tracked():
        try:
            text = (_ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match[0]}" for match in _MACHINE.finditer(text)]
    assert [] == found


def test_the_search_for_such_places_finds_them() -> None:
    """The search finds absolute paths, and leaves relative ones and addresses alone."""
    slash = "/"
    for path in ("home/jo/x", "tmp/x", "work/x", "root/.ssh", "Users/jo"):
        assert _MACHINE.search(f"see {slash}{path}")
    for text in ("policies/us", f"https://example.org{slash}home/x", f"..{slash}tmp/x", "a framework/x"):
        assert not _MACHINE.search(text)
