from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[2]
_BIN: Final = Path(sys.executable).parent


def test_imports_keep_the_layers() -> None:
    """Every contract about who may import whom holds: layers, the pure core, the client, durable-rules."""
    command = [str(_BIN / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_generated_code_is_what_the_definitions_give() -> None:
    """The stubs in the repository are those that the script generates from the API's definition."""
    command = [sys.executable, "scripts/gen_protos.py", "--check"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
