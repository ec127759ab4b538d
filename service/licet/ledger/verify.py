"""The auditor's verifier: one file that needs Python, `cryptography`, and nothing of Licet. Read it in ten minutes.

Sources: RFC 9162 (Merkle trees, inclusion and consistency proofs), C2SP signed-note and tlog-checkpoint (signatures), and for
subtrees draft-ietf-plants-merkle-tree-certs.

Size 0 proves nothing: an empty tree is consistent with every tree, so a consistency proof from size 0 is refused, as is one of a
size greater than the other. An empty subtree has the hash of no data and an empty proof.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import io
import json
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EMPTY_ROOT = hashlib.sha256(b"").digest()
_HASH = 32
_ED25519 = b"\x01"
_KEY_ID = 4
_DASH = "\u2014 "


class VerificationError(Exception):
    """What was to be proved is not proved; the text says what is wrong."""


# ---- the tree (RFC 9162, section 2.1) -----------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """So many entries from the first on, with their root."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Subtree:
    """The entries of a log from `start` up to, and without, `end`, with their root."""

    start: int
    end: int
    root: bytes


def check_inclusion(index: int, leaf: bytes, proof: Sequence[bytes], tree: Tree) -> None:
    """The entry with this leaf hash stands at `index` of the tree. Raises `VerificationError`."""
    if not 0 <= index < tree.size:
        raise VerificationError(f"entry {index} does not lie in a tree of {tree.size}")
    _check_hashes((leaf, tree.root, *proof))
    fn, sn, found = index, tree.size - 1, leaf
    for step in proof:
        if sn == 0:
            raise VerificationError("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            found = node_hash(step, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, step)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise VerificationError("the inclusion proof is too short")
    if found != tree.root:
        raise VerificationError("the inclusion proof leads to another root")


def check_consistency(first: Tree, second: Tree, proof: Sequence[bytes]) -> None:
    """The second tree begins with the entries of the first. Raises `VerificationError`."""
    if first.size < 1:
        raise VerificationError("a tree of no entries is consistent with any: that proves nothing")
    check_subtree_consistency(Subtree(0, first.size, first.root), second, proof)


def check_subtree_inclusion(index: int, leaf: bytes, proof: Sequence[bytes], subtree: Subtree) -> None:
    """The entry stands at `index` of the log, in the subtree. Raises `VerificationError`."""
    _check_subtree(subtree, subtree.end)
    check_inclusion(index - subtree.start, leaf, proof, Tree(subtree.end - subtree.start, subtree.root))


def check_subtree_consistency(subtree: Subtree, tree: Tree, proof: Sequence[bytes]) -> None:
    """The subtree is a part of the tree. Raises `VerificationError`."""
    _check_subtree(subtree, tree.size)
    if subtree.start == subtree.end:
        if proof or subtree.root != EMPTY_ROOT:
            raise VerificationError("an empty subtree has the hash of no data, and no proof")
        return
    _check_hashes(proof)
    fn, sn, tn = subtree.start, subtree.end - 1, tree.size - 1
    while fn != sn and (sn == tn or sn & 1):
        fn, sn, tn = fn >> 1, sn >> 1, tn >> 1
    start, *steps = [subtree.root, *proof] if fn == sn else proof or [b""]
    if _climbed((fn, sn, tn), start, steps) != (subtree.root, tree.root):
        raise VerificationError("the consistency proof does not lead to both roots")


def _climbed(at: tuple[int, int, int], start: bytes, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the subtree and of the tree to which the steps lead."""
    fn, sn, tn = at
    first = second = start
    for step in steps:
        if tn == 0:
            raise VerificationError("the consistency proof is too long")
        if sn & 1 or sn == tn:
            if fn < sn:
                first = node_hash(step, first)
            second = node_hash(step, second)
            while not sn & 1:
                fn, sn, tn = fn >> 1, sn >> 1, tn >> 1
        else:
            second = node_hash(second, step)
        fn, sn, tn = fn >> 1, sn >> 1, tn >> 1
    if tn:
        raise VerificationError("the consistency proof is too short")
    return first, second


def _check_subtree(subtree: Subtree, size: int) -> None:
    """A subtree begins at a multiple of its own size, rounded up to a power of two."""
    start, end = subtree.start, subtree.end
    width = 1 << max(end - start - 1, 0).bit_length()
    if not 0 <= start <= end <= size or (end - start and start % width):
        raise VerificationError(f"no subtree of {size} entries reaches from {start} to {end}")


def _check_hashes(values: Sequence[bytes]) -> None:
    for value in values:
        if len(value) != _HASH:
            raise VerificationError(f"a hash has {len(value)} bytes, expected {_HASH}")


# ---- checkpoints (C2SP signed-note, tlog-checkpoint) --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a log had come: its name, how many entries it held, and their root."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """A public key under a name, written `name+keyid+base64`."""

    name: str
    public: bytes

    @classmethod
    def parsed(cls, text: str) -> Key:
        """A key from its text. Raises `VerificationError`."""
        name, _, rest = text.strip().partition("+")
        id_, _, encoded = rest.partition("+")
        raw = _decoded(encoded, "the key")
        if len(raw) != len(_ED25519) + _HASH or raw[:1] != _ED25519 or not name:
            raise VerificationError("expected an Ed25519 key, written name+keyid+base64")
        key = cls(name, raw[1:])
        if key.id.hex() != id_:
            raise VerificationError(f"the key is said to have the id {id_}, and has {key.id.hex()}")
        return key

    @property
    def id(self) -> bytes:
        """What tells this key from others in a signature line."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"


def check_checkpoint(note: str, key: Key) -> Checkpoint:
    """What a signed checkpoint says, if this key signed it. Raises `VerificationError`."""
    return _checkpoint(check_note(note, key, "the checkpoint"))


def check_note(note: str, key: Key, what: str) -> str:
    """The text of a signed note, if this key signed it. Raises `VerificationError`, which calls the note `what`."""
    if not note.endswith("\n") or any(character < " " and character != "\n" for character in note):
        raise VerificationError(f"{what}: a signed note ends with a line end, and holds no other control characters")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = [line.removeprefix(_DASH).rpartition(" ") for line in signatures.splitlines() if line.startswith(_DASH)]
    signed = [(name, base64.b64decode(encoded)) for name, _, encoded in lines if _is_base64(encoded)]
    mine = [signature[_KEY_ID:] for name, signature in signed if (name, signature[:_KEY_ID]) == (key.name, key.id)]
    if not mine:
        raise VerificationError(f"{what} carries no signature{_instead(signed, key)}")
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(mine[0], text.encode())
    except InvalidSignature:
        raise VerificationError(f"the signature of {key.name} does not fit {what}: it was changed since") from None
    return text


def _instead(signed: Sequence[tuple[str, bytes]], key: Key) -> str:
    """Who signed in place of a key."""
    others = [signature[:_KEY_ID].hex() for name, signature in signed if name == key.name]
    if others:
        return f" of {key.name} with the key {key.id.hex()}: that name signed with the key {', '.join(others)}"
    return f" of {key.name}: it is signed by {', '.join(name for name, _ in signed)}" if signed else ": it is not signed"


def _checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0]:  # origin, size, root, and what follows the last line end
        raise VerificationError("a checkpoint has a line each for origin, size and root")
    origin, size, root = lines[:3]
    if not size.isascii() or not size.isdigit() or (size != "0" and size.startswith("0")):
        raise VerificationError(f"the checkpoint's size is {size[:20]!r}, expected a number")
    return Checkpoint(origin, int(size), _decoded(root, "the root of the checkpoint"))


def _decoded(text: str, what: str) -> bytes:
    if not _is_base64(text):
        raise VerificationError(f"{what} is no base64")
    return base64.b64decode(text)


def _is_base64(text: str) -> bool:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        return False


# ---- evidence -----------------------------------------------------------------------------------------------------------

PROVED = ("leaf.json", "request.blob", "result.blob", "release-leaf.json", "release.blob", "proof.json", "checkpoint")
"""What a bundle holds that is proved, with the files under `policies/`. All else in it is made from these, for reading."""
USAGE = "usage.blob"
"""Proved as well: there only where a yearly limit was used."""
_SOURCES, _COMPRESSED = "policies/", b"\x01"
SEAL = 64


def check_bundle(files: Mapping[str, bytes], key: Key) -> Iterator[str]:
    """What is proved of an evidence bundle, a line each. Raises `VerificationError` at the first thing that is not.

    1. The key signed the checkpoint.
    2. The leaf of the decision stands in the log of that checkpoint, and so does the leaf of its release.
    3. Request, result and sources are those whose digests the leaves hold.
    4. The policies in the bundle are those sources, no more and no less.
    """
    missing = [name for name in PROVED if name not in files]
    if missing:
        raise VerificationError(f"the bundle lacks {', '.join(missing)}")
    checkpoint = check_checkpoint(_text(files, "checkpoint"), key)
    yield f"the checkpoint of {checkpoint.origin} over {checkpoint.size} entries is signed by {key.name}"
    tree, proof = Tree(checkpoint.size, checkpoint.root), _json(files, "proof.json")
    leaf, release_leaf = _json(files, "leaf.json"), _json(files, "release-leaf.json")
    for name, part in (("leaf.json", "decision"), ("release-leaf.json", "release")):
        _check_leaf(files[name], proof, part, tree)
    decided = f"{leaf.get('outcome')}, decided at {leaf.get('decided_at')}"
    yield f"decision {leaf.get('id')}, {decided}, is entry {proof['decision']['index']}"
    if bool(leaf.get("usage")) != (USAGE in files):
        raise VerificationError(f"{USAGE} was {'added' if USAGE in files else 'left out'}")
    blobs = [("request.blob", leaf, "request"), ("result.blob", leaf, "result"), ("release.blob", release_leaf, "request")]
    for name, leaf_, field in [*blobs, *([(USAGE, leaf, "usage")] if USAGE in files else [])]:
        _check_digest(name, files[name], str(leaf_.get(field)))
        yield f"{name} is what was recorded: {leaf_.get(field)}"
    if not leaf.get("release") == release_leaf.get("release") == release_leaf.get("id"):
        raise VerificationError(f"the decision was made under the release {leaf.get('release')}, not {release_leaf.get('id')}")
    yield f"it was decided under the release {leaf.get('release')}, entry {proof['release']['index']}"
    yield f"the {_check_sources(files)} files under {_SOURCES} are that release"


def _check_sources(files: Mapping[str, bytes]) -> int:
    """How many files the release has. They are shown as they were recorded."""
    data = files["release.blob"]
    try:
        recorded = json.loads(zlib.decompress(data[1:])) if data[:1] == _COMPRESSED else None
    except (zlib.error, ValueError):
        recorded = None
    if not isinstance(recorded, dict):
        raise VerificationError("release.blob cannot be read")
    shown = {name.removeprefix(_SOURCES): data for name, data in files.items() if name.startswith(_SOURCES)}
    for name in sorted({*shown, *recorded}):
        if name not in recorded:
            raise VerificationError(f"{_SOURCES}{name} is not in the release: it was added")
        if shown.get(name) != str(recorded[name]).encode():
            what = "changed" if name in shown else "left out"
            raise VerificationError(f"{_SOURCES}{name} is not what release.blob holds: it was {what}")
    return len(recorded)


def _check_leaf(leaf: bytes, proof: Any, part: str, tree: Tree) -> None:
    try:
        index, hashes = int(proof[part]["index"]), [bytes.fromhex(text) for text in proof[part]["hashes"]]
    except (KeyError, TypeError, ValueError):
        raise VerificationError(f"proof.json holds no proof of the {part}") from None
    try:
        check_inclusion(index, leaf_hash(leaf), hashes, tree)
    except VerificationError as error:
        raise VerificationError(f"the leaf of the {part} is not proved: {error}") from None


def _check_digest(name: str, data: bytes, wanted: str) -> None:
    found = hashlib.sha256(data).hexdigest()
    if found != wanted:
        raise VerificationError(f"{name} has the digest {found}, and {wanted} was recorded: it was changed")


def _text(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[name].decode()
    except UnicodeDecodeError:
        raise VerificationError(f"{name} is no text") from None


def _json(files: Mapping[str, bytes], name: str) -> Any:
    try:
        found = json.loads(_text(files, name))
    except ValueError:
        raise VerificationError(f"{name} is no JSON") from None
    if not isinstance(found, dict):
        raise VerificationError(f"{name} holds no object")
    return found


def opened(data: bytes) -> dict[str, bytes]:
    """The files of a bundle. Raises `VerificationError` where a byte of it is not what it was.

    Its last 64 bytes are the SHA-256 of all before them: that finds accidents, also in what ZIP itself does not check.
    """
    if hashlib.sha256(data[:-SEAL]).hexdigest().encode() != data[-SEAL:]:
        raise VerificationError(f"the bundle is damaged{_where(data)}: its bytes do not fit the digest at its end")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            return {name: bundle.read(name) for name in bundle.namelist()}
    except zipfile.BadZipFile as error:
        raise VerificationError(f"the bundle is no ZIP file: {error}") from None


def _where(data: bytes) -> str:
    """In which file, where ZIP can say."""
    with suppress(Exception), zipfile.ZipFile(io.BytesIO(data)) as bundle:  # damaged bytes make it raise almost anything
        return f" in {name}" if (name := bundle.testzip()) is not None else ""
    return ""


def main() -> int:
    """`licet-verify BUNDLE --key FILE`: exit code 0 where everything is proved, 1 where something is not, 2 for bad use."""
    parser = argparse.ArgumentParser(prog="licet-verify", description="Checks an evidence bundle of Licet, offline.")
    parser.add_argument("bundle", help="the bundle, a ZIP file")
    parser.add_argument("--key", required=True, help="file with the log's public key, which you got from somewhere else")
    asked = parser.parse_args()
    try:
        with open(asked.key, encoding="utf-8") as file:  # noqa: PTH123  # plain Python, to be read in ten minutes
            key = Key.parsed(file.read())
        with open(asked.bundle, "rb") as bundle:  # noqa: PTH123  # as above
            files = opened(bundle.read())
        for line in check_bundle(files, key):
            print(f"✓ {line}")
    except (OSError, UnicodeDecodeError) as error:
        print(f"✗ cannot be read: {error}", file=sys.stderr)
        return 1
    except VerificationError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    reading = (name for name in sorted(set(files) - {*PROVED, USAGE}) if not name.startswith(_SOURCES))
    print(f"Not proved, only for reading: {', '.join(reading)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
