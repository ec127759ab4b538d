from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from licet.ledger.home import DATABASE, KEY, LAST, PUBLIC, HomeError, open_home
from licet.ledger.verify import Key, VerificationError, check_checkpoint
from tests.unit.ledger.test_store import draft

LOG = "licet.example/log"


def test_a_checkpoint_is_checked_by_the_public_key_alone(tmp_path: Path) -> None:
    """The key stays the same from start to start, and only its owner reads the private one; a changed checkpoint is refused."""
    home = open_home(tmp_path, origin=LOG)
    home.store.append([draft("a"), draft("b")])
    note = home.checkpoint(home.store.tree)
    home.close()
    key = Key.parsed((tmp_path / PUBLIC).read_text())
    checked = check_checkpoint(note, key)
    assert (LOG, 2) == (checked.origin, checked.size)
    assert 0o600 == (tmp_path / KEY).stat().st_mode & 0o777
    again = open_home(tmp_path, origin=LOG)
    assert (checked.root, key) == (again.store.tree.root, again.signer.key)
    again.close()
    with pytest.raises(VerificationError, match="does not fit"):
        check_checkpoint(note.replace("\n2\n", "\n3\n"), key)
    with pytest.raises(VerificationError, match="no signature"):
        check_checkpoint(note, Key("another", key.public))


def test_a_database_behind_a_checkpoint_is_refused(tmp_path: Path) -> None:
    """A backup that lacks what callers were shown is found out, and so is a database that tells another story."""
    home = open_home(tmp_path / "a", origin=LOG)
    home.store.append([draft("a")])
    home.close()
    backup = shutil.copy(tmp_path / "a" / DATABASE, tmp_path / "backup.db")
    home = open_home(tmp_path / "a", origin=LOG)
    home.store.append([draft("b")])
    home.close()
    for leftover in (tmp_path / "a").glob(f"{DATABASE}*"):
        leftover.unlink()
    shutil.copy(backup, tmp_path / "a" / DATABASE)
    with pytest.raises(HomeError, match="behind the checkpoint"):
        open_home(tmp_path / "a", origin=LOG)
    open_home(tmp_path / "a", origin=f"{LOG}/2").close()

    other = open_home(tmp_path / "b", origin=LOG)
    other.store.append([draft("c"), draft("d")])
    other.close()
    shutil.copy(tmp_path / "b" / DATABASE, tmp_path / "a" / DATABASE)
    with pytest.raises(HomeError, match="its root is another"):
        open_home(tmp_path / "a", origin=LOG)


@pytest.mark.parametrize("file", [KEY, LAST])
def test_a_damaged_file_is_named(tmp_path: Path, file: str) -> None:
    """It does not start on a key or checkpoint that is none."""
    home = open_home(tmp_path, origin=LOG)
    home.store.append([draft("a")])
    home.close()
    (tmp_path / file).write_text(f"{LOG}\nnonsense")
    with pytest.raises(HomeError):
        open_home(tmp_path, origin=LOG)
