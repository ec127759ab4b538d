"""A process of its own, of low priority, that compiles policy files afresh: a busy server is not slowed by its own doubts.

`python -m licet.api.afresh` takes files on standard input and says on standard output which stored form they have.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping

from licet.policy.release import load_release
from licet.policy.stored import StoredError, digest_of, dumps, loads

_COMMAND = (sys.executable, "-P", "-m", "licet.api.afresh")
_LESS = 10
"""How much less the process counts than the server, where both want to compute."""
_PATIENCE_SECONDS = 120.0


async def form_afresh(files: Mapping[str, bytes]) -> str | None:
    """The digest of the stored form that policy files have, if another process can say it in time. No process is left."""
    try:
        process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    except OSError:
        return None
    try:
        said, _ = await asyncio.wait_for(process.communicate(_sent(files)), _PATIENCE_SECONDS)
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode() if process.returncode == 0 else None


def _sent(files: Mapping[str, bytes]) -> bytes:
    return json.dumps({name: content.decode("latin-1") for name, content in files.items()}).encode()


def _received(data: bytes) -> dict[str, bytes]:
    return {name: content.encode("latin-1") for name, content in json.loads(data).items()}


def main() -> None:
    """Says the digest of the stored form of the files on standard input.

    Raises `PolicyError`, and `StoredError` where what is read is not what was stored.
    """
    os.nice(_LESS)
    stored = dumps(load_release(_received(sys.stdin.buffer.read())))
    if dumps(loads(stored)) != stored:
        raise StoredError("what is read is not what was stored")
    sys.stdout.write(digest_of(stored))


if __name__ == "__main__":
    main()
