"""What lies beside the database of a log: its keys, and the checkpoints that were signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from licet.ledger.home import KEY, LAST, PUBLIC
from licet.ledger.inspection import Signed
from licet.ledger.notes import Signer
from licet.ledger.stored_tree import Fault
from licet.ledger.verify import Checkpoint, Key, Tree, VerificationError, check_checkpoint


def key_faults(folder: Path, key: Key) -> Iterator[Fault]:
    """What is wrong with the key files of a folder, as far as they are there; `key` is the log's."""
    public, private = folder / PUBLIC, folder / KEY
    if public.exists() and public.read_bytes() != f"{key}\n".encode():
        yield Fault(PUBLIC, f"it is not the key {key}")
    if private.exists():
        try:
            signer = Signer.read(key.name, private)
        except ValueError as error:
            yield Fault(KEY, f"it cannot be read: {error}")
        else:
            if signer.key != key:
                yield Fault(KEY, f"it is the private key of {signer.key}, not of {key}")


def signed(folder: Path, others: Iterable[Path], key: Key) -> Iterator[Signed | Fault]:
    """The trees that checkpoints say the log of a key had: the one kept in the folder, and others that somebody was shown.

    The folder's may be of the log before this one; others may not. Raises OSError.
    """
    files = [(folder / LAST, False)] if (folder / LAST).exists() else []
    for file, must in [*files, *((other, True) for other in others)]:
        name = f"checkpoint {file}" if must else LAST
        try:
            found = _checked(file.read_bytes(), key)
        except (VerificationError, UnicodeDecodeError) as error:
            yield Fault(name, str(error))
            continue
        if found.origin == key.name:
            yield Signed(name, Tree(found.size, found.root))
        elif must:
            yield Fault(name, f"it is of the log {found.origin}")


def _checked(data: bytes, key: Key) -> Checkpoint:
    """What a checkpoint says. The key signs under the name of the log."""
    note = data.decode()
    return check_checkpoint(note, Key(note.partition("\n")[0], key.public))


__all__ = ["key_faults", "signed"]
