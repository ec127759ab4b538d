from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from licet.ledger.notes import Signer
from licet.ledger.publishing import VersionTakenError, activate, active, kept_releases, notes_on, publish
from licet.ledger.release_file import ReleaseFile, signers
from licet.ledger.releases import kept, opened, read
from licet.ledger.store import Store
from licet.ledger.verify import check_inclusion, leaf_hash
from licet.policy.folder import read_folder
from licet.policy.release import load_release

POLICIES = Path(__file__).parents[2] / "rpc" / "policies"
WHEN = {"by": "press", "at": "2026-11-22T05:00:00Z"}


@cache
def printed(version: str = "", title: str = "") -> ReleaseFile:
    """The invented law under a version, and with another title of a rule."""
    files = dict(read_folder(POLICIES))
    if version:
        files["zz/policy.yaml"] = re.sub(rb"version: .*", f"version: {version}".encode(), files["zz/policy.yaml"])
    if title:
        files["zz/rules/rules.yaml"] = files["zz/rules/rules.yaml"].replace(b"title: Repealed", f"title: {title}".encode())
    return ReleaseFile.of(kept(load_release(files), files))


def test_what_is_published_is_kept_and_proved(store: Store, open_store: Callable[[], Store]) -> None:
    """Another process finds it, whole; each thing said of it is an entry, and published again it is said once."""
    file = printed().signed(Signer.new("testland.example/board"))
    for id_ in ("a", "b"):
        publish(store, file, id_=id_, **WHEN)
    other = open_store()
    (found,) = kept_releases(other)
    assert (file.kept.digest, ("yy", "zz"), False) == (found.digest, tuple(p.jurisdiction for p in found.packages), found.active)
    assert [("press", file.note)] == [(each.by, each.note) for each in found.publications]
    assert [file.note] == list(notes_on(other, file.kept.digest))
    assert ("testland.example/board",) == signers(found.publications[0].note)
    back = read(other, file.kept.digest)
    assert file.kept == back
    assert file.kept.digest == opened(file.kept).digest
    assert 2 == other.tree.size
    for index in range(2):
        entry = other.entry(index)
        assert entry is not None
        check_inclusion(index, leaf_hash(entry.leaf), other.inclusion(index, 2), other.tree)
    assert None is read(other, "f" * 64)


def test_a_signature_more_is_said_too(store: Store) -> None:
    """A release that was published unsigned can be published again, with a signature."""
    publish(store, printed(), id_="a", **WHEN)
    publish(store, printed().signed(Signer.new("x")), id_="b", **WHEN)
    (found,) = kept_releases(store)
    assert [(), ("x",)] == [signers(each.note) for each in found.publications]


def test_the_newest_activation_counts(store: Store, open_store: Callable[[], Store]) -> None:
    """None is active at first; then the one that was activated last, wherever; every activation stays, with who and why."""
    first, second = (publish(store, file, id_=file.kept.digest[:8], **WHEN).digest for file in (printed(), printed("2026.12.0")))
    assert "" == active(store)
    for number, digest in enumerate((first, second, first)):
        activate(store, digest, reason=f"reason {number}", by="chair", at=WHEN["at"], id_=f"activation-{number}")
        assert digest == active(open_store())
    found = kept_releases(open_store())
    assert [(first, True), (second, False)] == [(each.digest, each.active) for each in found]
    assert [["reason 0", "reason 2"], ["reason 1"]] == [[each.reason for each in release.activations] for release in found]


def test_an_activation_is_made_once_for_its_request(store: Store) -> None:
    """A retry gives the activation of then, and activates nothing anew."""
    first, second = (publish(store, file, id_=file.kept.digest[:8], **WHEN).digest for file in (printed(), printed("2026.12.0")))
    made = [activate(store, first, reason="", id_=f"a-{n}", request_id="once", **WHEN)[1] for n in range(2)]
    assert made[0] == made[1]
    activate(store, second, reason="", id_="b", **WHEN)
    activate(store, first, reason="", id_="a-2", request_id="once", **WHEN)
    assert second == active(store)


def test_what_is_not_kept_cannot_be_active(store: Store) -> None:
    """It is refused, and nothing is recorded."""
    with pytest.raises(LookupError, match="publish it first"):
        activate(store, "f" * 64, reason="", id_="a", **WHEN)
    assert 0 == store.tree.size


def test_a_version_stands_for_one_content(store: Store) -> None:
    """A package that says something else under the version of a published one is refused, by name; under a new one it is taken."""
    publish(store, printed(), id_="a", **WHEN)
    with pytest.raises(VersionTakenError, match=r"zz 2026\.11\.0 was published with other content"):
        publish(store, printed(title="Gone"), id_="b", **WHEN)
    publish(store, printed("2026.12.0", "Gone"), id_="c", **WHEN)
    assert 2 == len(kept_releases(store))
