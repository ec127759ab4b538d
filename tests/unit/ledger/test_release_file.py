from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from licet.ledger.blobs import content, stored
from licet.ledger.notes import Signer
from licet.ledger.release_file import ReleaseFile, check_signed, confirmed, signers
from licet.ledger.releases import ReleaseError, kept, opened
from licet.ledger.verify import VerificationError
from licet.policy.folder import read_folder
from licet.policy.release import load_release

POLICIES = Path(__file__).parents[2] / "rpc" / "policies"
NAME = "testland.example/policies"


@cache
def made() -> ReleaseFile:
    """The invented law as a release file, unsigned."""
    files = read_folder(POLICIES)
    return ReleaseFile.of(kept(load_release(files), files))


@cache
def signer(name: str = NAME, number: int = 0) -> Signer:
    """A signer; another for each number."""
    return Signer.new(name)


def test_a_file_comes_back_as_it_was() -> None:
    """Read again it is the same, and opens as the release that its sources make; made again it has the same bytes."""
    file = made().signed(signer())
    read = ReleaseFile.read(file.to_bytes())
    assert file == read
    assert confirmed(read.kept).digest == opened(read.kept).digest == read.kept.digest
    files = dict(sorted(read_folder(POLICIES).items(), reverse=True))
    assert made().to_bytes() == ReleaseFile.of(kept(load_release(files), files)).to_bytes()
    assert ["yy", "zz"] == [each.jurisdiction for each in read.kept.packages]


def test_a_file_holds_no_code() -> None:
    """Both blobs are JSON, of texts and of plain data."""
    file = made().kept
    assert file.lowered is not None
    for blob in (file.sources, file.lowered):
        assert isinstance(json.loads(content(blob.data)), dict)


def test_who_signed_is_proved() -> None:
    """Each of two signatures is enough, whichever key is asked for; the same key signs once."""
    other = signer("auditor.example/two")
    file = made().signed(signer()).signed(other).signed(signer())
    assert (NAME, "auditor.example/two") == signers(file.note)
    for keys in ([signer().key], [other.key], [signer("c").key, other.key]):
        assert file.kept.digest == check_signed(file.note, file.kept.digest, keys).release


def test_each_refusal_has_its_own_sentence() -> None:
    """Unsigned, signed by another name, by another key, over other bytes, on another release: each says just that."""
    file = made().signed(signer())
    stranger, impostor = signer("stranger.example/x"), signer(NAME, 1)
    changed = file.note.replace("language 1", "language 2")
    cases = (
        (made().note, signer(), file.kept.digest, "it is not signed"),
        (file.note, stranger, file.kept.digest, f"no signature of stranger.example/x: it is signed by {NAME}"),
        (file.note, impostor, file.kept.digest, f"that name signed with the key {signer().key.id.hex()}"),
        (changed, signer(), file.kept.digest, "it was changed since"),
        (file.note, signer(), "f" * 64, "sign this one"),
    )
    for note, by, digest, words in cases:
        with pytest.raises(VerificationError, match=words):
            check_signed(note, digest, [by.key])
    with pytest.raises(VerificationError, match="no key"):
        check_signed(file.note, file.kept.digest, [])


def test_any_changed_byte_is_found(record_property: Callable[[str, object], None]) -> None:
    """Whatever byte of a signed file is changed, it is refused, with a reason."""
    file = made().signed(signer())
    data = file.to_bytes()
    head = len(file.note.encode())
    places = (*range(head), *range(head, len(data), max(1, (len(data) - head) // 150)), len(data) - 1)
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        with pytest.raises((ReleaseError, VerificationError)):
            _checked(bytes(changed))
    for torn in (b"", data[:-1], data + b"\x00", data[:head], b"PK\x03\x04"):
        with pytest.raises(ReleaseError):
            ReleaseFile.read(torn)
    record_property("fault", ["flipped bit in a release file, found", {"times": len(places)}])


def _checked(data: bytes) -> None:
    read = ReleaseFile.read(data)
    check_signed(read.note, read.kept.digest, [signer().key])


def test_lowered_trees_of_another_law_are_found() -> None:
    """A file whose trees say another thing than its sources is refused, though every digest fits and a key signed it."""
    file = made().kept
    assert file.lowered is not None
    other = stored(content(file.lowered.data).replace(b"Export Act s. 2", b"Export Act s. 9"))
    forged = ReleaseFile.of(replace(file, lowered=other)).signed(signer())
    read = ReleaseFile.read(forged.to_bytes())
    check_signed(read.note, read.kept.digest, [signer().key])
    with pytest.raises(ReleaseError, match="not what this software makes of its sources"):
        confirmed(read.kept)


def test_a_newer_language_is_refused_in_words() -> None:
    """A release in a language that this software does not speak is kept and told, never guessed at."""
    for use in (opened, confirmed):
        with pytest.raises(ReleaseError, match="version 2 of the policy language"):
            use(replace(made().kept, language="2"))


def test_trees_that_cannot_be_read_are_made_anew() -> None:
    """Where the lowered trees are of another form, the sources are compiled."""
    assert made().kept.digest == opened(replace(made().kept, lowered=stored(b"{}"))).digest
