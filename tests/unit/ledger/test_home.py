from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from licet.ledger.blobs import content
from licet.ledger.envelope import Kind
from licet.ledger.home import DATABASE, KEY, LAST, PUBLIC, HomeError, open_home
from licet.ledger.notes import Signer
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

    (tmp_path / "b").mkdir()
    shutil.copy(tmp_path / "a" / KEY, tmp_path / "b")
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


def _lose_the_last_entry(folder: Path) -> None:
    """Callers were shown two entries of a log; its database is put back from when it held one."""
    home = open_home(folder, origin=LOG)
    home.store.append([draft("a")])
    home.store.close()
    backup = shutil.copy(folder / DATABASE, folder.parent / "backup.db")
    home = open_home(folder, origin=LOG)
    home.store.append([draft("b")])
    home.close()
    for leftover in folder.glob(f"{DATABASE}*"):
        leftover.unlink()
    shutil.copy(backup, folder / DATABASE)


def test_what_was_signed_is_remembered_when_the_server_is_killed(tmp_path: Path) -> None:
    """A checkpoint that was shown is kept while the server runs: nobody need stop it first. An older one takes no newer one's place."""
    home = open_home(tmp_path, origin=LOG)
    home.store.append([draft("a"), draft("b")])
    shown = home.checkpoint(home.store.tree)
    assert shown == (tmp_path / LAST).read_text()
    home.checkpoint(home.store.tree_at(1))
    home._kept_at = float("-inf")  # some seconds later
    home.checkpoint(home.store.tree_at(1))
    assert shown == (tmp_path / LAST).read_text()
    home.store.close()
    assert [] == list(tmp_path.glob("*.new"))


def test_a_log_that_lost_entries_goes_on_under_a_new_name(tmp_path: Path) -> None:
    """It keeps what it holds, says in an entry what it lacks, and never again signs under the name that promised more."""
    folder = tmp_path / "data"
    _lose_the_last_entry(folder)
    lost = (folder / LAST).read_text()
    with pytest.raises(HomeError, match=r"behind the checkpoint.*--new-origin"):
        open_home(folder, origin=LOG)
    for _ in range(2):  # a server that is started again is given the same arguments
        home = open_home(folder, origin=LOG, new_origin=f"{LOG}/2")
        assert 2 == home.store.tree.size
        assert home.store.named("a") is not None
        said = home.store.named(f"{LOG}/2")
        assert said is not None
        assert (1, Kind.ORIGIN, LOG) == (said.index, said.envelope.kind, said.envelope.about)
        assert lost == content(home.store.blob(said.envelope.request) or b"").decode()
        assert f"{LOG}/2" == check_checkpoint(home.checkpoint(home.store.tree), Key.parsed((folder / PUBLIC).read_text())).origin
        home.close()
    with pytest.raises(HomeError, match=f"has gone on as {LOG}/2"):
        open_home(folder, origin=LOG)
    open_home(folder, origin=f"{LOG}/2").close()


def test_a_new_name_is_one_that_no_log_had(tmp_path: Path) -> None:
    """A name that is taken is refused, and so is a log that is not there; nothing is made of either."""
    for name in (LOG, "other"):
        open_home(tmp_path, origin=name).close()
    for _ in range(2):
        with pytest.raises(HomeError, match="holds a log other already"):
            open_home(tmp_path, origin=LOG, new_origin="other")
        with pytest.raises(HomeError, match="no log nobody that could go on"):
            open_home(tmp_path, origin="nobody", new_origin="third")
    open_home(tmp_path, origin=LOG).close()


def test_all_servers_of_a_log_sign_with_one_key(tmp_path: Path) -> None:
    """Two folders share a database and a key, and what either signs the other's public key checks; a third key is refused."""
    key, database = tmp_path / "signing.pem", f"sqlite:///{tmp_path / 'shared.db'}"
    key.write_bytes(Signer.new("any").pem())
    homes = [open_home(tmp_path / name, origin=LOG, database=database, signing_key=key) for name in ("a", "b")]
    homes[0].store.append([draft("a")])
    note = homes[0].checkpoint(homes[0].store.tree)
    assert 1 == check_checkpoint(note, Key.parsed((tmp_path / "b" / PUBLIC).read_text())).size
    assert not (tmp_path / "a" / KEY).exists()
    for home in homes:
        home.close()
    with pytest.raises(HomeError, match="give each server of a log the same signing key"):
        open_home(tmp_path / "c", origin=LOG, database=database)


@pytest.mark.parametrize("text", [None, "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_signing_key_that_is_none_is_named(tmp_path: Path, text: str | None) -> None:
    """It is never made, and never replaced by another."""
    key = tmp_path / "signing.pem"
    if text is not None:
        key.write_text(text)
    with pytest.raises(HomeError, match=r"signing\.pem"):
        open_home(tmp_path / "a", origin=LOG, signing_key=key)
    assert not (tmp_path / "a" / DATABASE).exists()
