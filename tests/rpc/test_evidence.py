from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.ledger.verify import PROVED, leaf_hash

if TYPE_CHECKING:
    from tests.support.servers import Server


@dataclass(frozen=True)
class Taken:
    """An evidence bundle of a decision, the public key, and the ledger it is from."""

    id: str
    bundle: Path
    key: Path
    data: Path


def licet(*words: object) -> subprocess.CompletedProcess[str]:
    """Runs the command line."""
    command = [sys.executable, "-m", "licet.cli.main", *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Evidence as an auditor takes it, from a server that is gone."""
    from tests.rpc.test_ledger import evaluate
    from tests.support.servers import POLICIES, Server, shipment

    folder = tmp_path_factory.mktemp("evidence")
    server = Server.spawn(POLICIES, data=folder / "data")
    try:
        evaluate(server, shipment())
        id_ = evaluate(server, shipment("YY")).id
        evaluate(server, shipment())
        assert 0 == server.stop()
    finally:
        server.close()
    exported = licet("audit", "export", id_, "--data", folder / "data", "--to", folder / "evidence.zip")
    assert 0 == exported.returncode, exported.stderr
    return Taken(id_, folder / "evidence.zip", folder / "data" / "licet.pub", folder / "data")


def verified(bundle: Path, key: Path, verifier: Path | None = None) -> subprocess.CompletedProcess[str]:
    """What the verifier says, run as a file of its own in an interpreter that does not see Licet."""
    from licet.ledger import verify

    source = verifier or Path(verify.__file__)
    alone = shutil.copy(source, bundle.parent / "alone.py")
    hidden = "import sys; sys.modules['licet'] = None; sys.argv = sys.argv[1:]; exec(open(sys.argv[0]).read())"
    command = [sys.executable, "-c", hidden, str(alone), str(bundle), "--key", str(key)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def test_evidence_is_checked_without_licet(taken: Taken) -> None:
    """The verifier in the bundle is the one that is shipped, knows nothing of Licet, and accepts."""
    with zipfile.ZipFile(taken.bundle) as bundle:
        assert set(PROVED) < set(bundle.namelist())
        bundle.extract("verify.py", taken.bundle.parent)
        assert "licet." not in re.sub(r'""".*?"""', "", bundle.read("verify.py").decode(), flags=re.DOTALL).split("# ----")[0]
    checked = verified(taken.bundle, taken.key, taken.bundle.parent / "verify.py")
    assert 0 == checked.returncode, checked.stderr
    assert taken.id in checked.stdout
    assert "PROHIBITED" in checked.stdout
    assert 7 == checked.stdout.count("✓")


@pytest.mark.parametrize("name", PROVED)
def test_any_flipped_bit_is_found(taken: Taken, tmp_path: Path, name: str) -> None:
    """A change anywhere in a part that is proved is refused; the text names what is wrong."""
    with zipfile.ZipFile(taken.bundle) as bundle:
        files = {each: bundle.read(each) for each in bundle.namelist()}
    whole = files[name]
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        if name == "proof.json" and changed.lower() == whole.lower():
            continue  # the same hexadecimal digit
        refused = _refused({**files, name: bytes(changed)}, taken.key)
        assert refused, f"{name}: a flip at byte {place} was not found"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files, name: {**files, name: files[name] + b" "}, "it was changed"),
        (lambda files, name: {each: data for each, data in files.items() if each != name}, "it was left out"),
        (lambda files, name: {**files, f"{name}.more": b""}, "it was added"),
    ],
)
def test_the_policies_shown_are_those_recorded(taken: Taken, change: Callable[..., Any], said: str) -> None:
    """A policy in the bundle that is not that of the release is refused by name."""
    from licet.ledger.verify import Key, VerificationError, check_bundle, opened

    files = opened(taken.bundle.read_bytes())
    name = next(each for each in sorted(files) if each.startswith("policies/") and each.endswith("policy.yaml"))
    with pytest.raises(VerificationError, match=f"{name}.*{said}"):
        list(check_bundle(change(files, name), Key.parsed(taken.key.read_text())))


def test_any_flipped_bit_of_the_file_is_found(taken: Taken, record_property: Callable[[str, object], None]) -> None:
    """A change anywhere in the bundle, its headers and what is only for reading included, is found."""
    from licet.ledger.verify import VerificationError, opened

    whole = taken.bundle.read_bytes()
    opened(whole)
    places = {*range(0, len(whole), max(1, len(whole) // 500)), *range(len(whole) - 400, len(whole))}
    for place in sorted(places):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        with pytest.raises(VerificationError, match="damaged"):
            opened(bytes(changed))
    record_property("fault", ["flipped bit in an evidence bundle, found", {"times": len(places)}])


def _refused(files: dict[str, bytes], key: Path) -> bool:
    from licet.ledger.verify import Key, VerificationError, check_bundle

    try:
        list(check_bundle(files, Key.parsed(key.read_text())))
    except VerificationError:
        return True
    return False


def test_evidence_under_another_key_is_refused(taken: Taken, tmp_path: Path) -> None:
    """The key in the bundle's own hands would prove nothing: it comes from elsewhere."""
    from licet.ledger.notes import Signer

    other = tmp_path / "other.pub"
    other.write_text(str(Signer.new("licet.local/decisions").key))
    checked = verified(taken.bundle, other)
    assert 1 == checked.returncode
    assert "no signature" in checked.stderr


def test_the_page_says_what_was_decided_and_why(taken: Taken) -> None:
    """The report names decision, rules and facts, and quotes them as text, not as markup."""
    with zipfile.ZipFile(taken.bundle) as bundle:
        page = bundle.read("report.html").decode()
    assert all(word in page for word in (taken.id, "prohibited", "zz.secret", "identical", "destination.country"))
    assert "<script" not in page


def test_replay_on_the_command_line(taken: Taken) -> None:
    """All is identical, counted in a table; what is not there is said."""
    every = licet("replay", "--all", "--data", taken.data)
    assert 0 == every.returncode, every.stderr
    assert re.search(r"3\s+│\s+3\s+│\s+0\s+│\s+0", every.stdout)
    assert 0 == licet("replay", taken.id, "--data", taken.data).returncode
    assert 0 == licet("replay", "--since", "2100-01-01", "--data", taken.data).returncode
    assert 2 == licet("replay", "nobody", "--data", taken.data).returncode
    assert 2 == licet("replay", "--data", taken.data).returncode
    assert 4 == licet("replay", "--all", "--data", taken.data.parent / "nothing").returncode


def test_a_changed_record_is_found(
    start: Callable[..., Server], shipment: Callable[..., Any], taken: Taken, tmp_path: Path
) -> None:
    """A record that somebody edits in the database is not shown; with the tree's hash of it edited too it is no longer proved."""
    import sqlite3

    data = shutil.copytree(taken.data, tmp_path / "data")
    with sqlite3.connect(data / "licet.db") as connection:
        connection.execute(
            "UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), 'PROHIBITED', 'AUTHORIZED') AS BLOB) WHERE id = ?",
            (taken.id,),
        )
    refused = licet("audit", "export", taken.id, "--data", data, "--to", tmp_path / "evidence.zip")
    assert (4, True) == (refused.returncode, "entry 2, whose leaf has another hash than the tree holds" in refused.stderr)
    with sqlite3.connect(data / "licet.db") as connection:
        (leaf,) = connection.execute("SELECT leaf FROM entries WHERE id = ?", (taken.id,)).fetchone()
        connection.execute('UPDATE nodes SET hash = ? WHERE level = 0 AND "index" = 2', (leaf_hash(leaf),))
    exported = licet("audit", "export", taken.id, "--data", data, "--to", tmp_path / "evidence.zip")
    assert 0 == exported.returncode, exported.stderr
    checked = verified(tmp_path / "evidence.zip", taken.key)
    assert 1 == checked.returncode
    assert "the leaf of the decision is not proved" in checked.stderr
