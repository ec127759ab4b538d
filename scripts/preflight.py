"""Say everything that is missing to set up, at once: the Python version, a C compiler, Python's headers.

Runs on any Python 3, so that an old one is told what to do.
The compiler and the headers build durable-rules, which has no wheel.
"""

import os
import platform
import shlex
import shutil
import sys
import sysconfig

OLDEST, NEWEST = (3, 11), (3, 14)


def main() -> int:
    """Return 0 if nothing is missing, else print what is and return 1."""
    problems = [text for text in (version(), libc(), venv(), compiler(), headers()) if text]
    for text in problems:
        print("missing: " + text, file=sys.stderr)
    return 1 if problems else 0


def version() -> str:
    """Check the version of Python."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return ""
    return "Python 3.11 to 3.14; this is {}. Name another one: make PYTHON=python3.12".format(platform.python_version())


def libc() -> str:
    """Check for glibc on Linux: the CEL runtime has no build for musl."""
    if sys.platform == "linux" and "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""):
        return "a system with glibc; the CEL runtime has no build for musl (Alpine)"
    return ""


def venv() -> str:
    """Check that virtual environments can be made."""
    try:
        import ensurepip  # noqa: F401, PLC0415  # asked for, not used
        import venv  # noqa: F401, PLC0415  # as above
    except ImportError:
        return "the modules venv and ensurepip (Debian, Ubuntu: apt-get install python3-venv)"
    return ""


def compiler() -> str:
    """Check for the C compiler that building would call."""
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    name = shlex.split(command)[0]
    if shutil.which(name):
        return ""
    return (
        "a C compiler, {} was not found (Debian, Ubuntu: apt-get install build-essential; Fedora: dnf install gcc; "
        "macOS: xcode-select --install)".format(name)
    )


def headers() -> str:
    """Check for Python's headers."""
    if os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
        return ""
    return "Python.h (Debian, Ubuntu: apt-get install python3-dev; Fedora: dnf install python3-devel)"


if __name__ == "__main__":
    sys.exit(main())
