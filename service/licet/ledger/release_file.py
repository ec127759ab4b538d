"""A release as one file, to be signed, handed over and published; and its statement, which may lie beside a folder as well.

The file begins with the statement: text, and below it the signatures, as in a C2SP signed note. Then come the blobs that the
statement names by their SHA-256, as a ledger keeps them. So a signature holds for the very bytes that entries of a log name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from licet.ledger.blobs import Blob, BlobError, content
from licet.ledger.notes import Signer
from licet.ledger.releases import Kept, PackageVersion, ReleaseError, restored
from licet.ledger.verify import Key, VerificationError, check_note
from licet.policy.release import LANGUAGE, Release
from licet.policy.stored import unfolded

_KIND: Final = "licet.release/1"
_DASH: Final = "\u2014 "


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of a release, and signed: its digest, its packages, and the blobs that hold it."""

    release: str
    language: str
    sources: tuple[str, int]
    """The digest of the blob, and how many bytes it has."""
    lowered: tuple[str, int]
    packages: tuple[PackageVersion, ...]

    @classmethod
    def parsed(cls, text: str) -> Statement:
        """What a text states. Raises `ReleaseError` where it is no statement, to the letter."""
        try:
            kind, release, language, sources, lowered, *packages = [line.split(" ", 3) for line in text.splitlines()]
            found = cls(
                release=release[1],
                language=language[1],
                sources=(sources[1], int(sources[2])),
                lowered=(lowered[1], int(lowered[2])),
                packages=tuple(PackageVersion(jurisdiction, version, digest) for _, jurisdiction, digest, version in packages),
            )
        except (ValueError, IndexError):
            raise ReleaseError("this is no statement on a release") from None
        if kind != [_KIND] or str(found) != text:
            raise ReleaseError("the statement on the release is damaged, or of a form that this software does not know")
        return found

    def __str__(self) -> str:
        lines = [
            _KIND,
            f"release {self.release}",
            f"language {self.language}",
            "sources {} {}".format(*self.sources),
            "lowered {} {}".format(*self.lowered),
            *(f"package {each.jurisdiction} {each.digest} {each.version}" for each in self.packages),
        ]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A release with its statement, signed or not."""

    kept: Kept
    note: str
    """The statement, an empty line, and a line for each signature."""

    @classmethod
    def of(cls, kept: Kept) -> ReleaseFile:
        """A release that nobody has signed yet. Raises `ReleaseError` where it cannot be stated."""
        if kept.lowered is None:
            raise ReleaseError("a release without its lowered trees cannot be put into a file")
        sources, lowered = ((blob.digest, len(blob.data)) for blob in (kept.sources, kept.lowered))
        statement = Statement(kept.digest, kept.language, sources, lowered, kept.packages)
        Statement.parsed(str(statement))
        return cls(kept, f"{statement}\n")

    @classmethod
    def read(cls, data: bytes) -> ReleaseFile:
        """The release in a file. Raises `ReleaseError` where a byte of it is not what its statement says.

        Whether it is the release that it says, and who signed it, `confirmed` and `check_signed` tell.
        """
        if not data.startswith(_KIND.encode()):
            raise ReleaseError("this is no release file: make one with `licet release build`")
        text, _, rest = data.partition(b"\n\n")
        signatures = b""
        while rest.startswith(_DASH.encode()):
            line, end, rest = rest.partition(b"\n")
            signatures += line + end
        try:
            statement = Statement.parsed(f"{text.decode()}\n")
            note = f"{statement}\n{signatures.decode()}"
        except UnicodeDecodeError:
            raise ReleaseError("the statement on the release is damaged: it is no text") from None
        wanted = statement.sources[1] + statement.lowered[1]
        if len(rest) != wanted:
            raise ReleaseError(f"the file was changed: below statement and signatures it has {len(rest)} bytes, expected {wanted}")
        sources, lowered = Blob(rest[: statement.sources[1]]), Blob(rest[statement.sources[1] :])
        for name, blob, (digest, _) in (("sources", sources, statement.sources), ("lowered trees", lowered, statement.lowered)):
            if blob.digest != digest:
                raise ReleaseError(f"the {name} were changed: they have the digest {blob.digest}, and the statement says {digest}")
        return cls(Kept(statement.release, statement.language, statement.packages, sources, lowered), note)

    def to_bytes(self) -> bytes:
        """The file: the same bytes for the same release and signatures, where the same library compresses."""
        lowered = self.kept.lowered.data if self.kept.lowered is not None else b""
        return self.note.encode() + self.kept.sources.data + lowered

    def signed(self, signer: Signer) -> ReleaseFile:
        """The release with a signature more; one by the same key is made only once."""
        text = self.note.partition("\n\n")[0] + "\n"
        line = signer.note(text).removeprefix(f"{text}\n")
        return self if line in self.note else replace(self, note=self.note + line)


def confirmed(kept: Kept) -> Release:
    """The release, compiled from its sources. Raises `ReleaseError` where that is another, or has other lowered trees."""
    if kept.language != LANGUAGE:
        raise ReleaseError(f"it is in version {kept.language} of the policy language; this software speaks {LANGUAGE}")
    try:
        release = restored(content(kept.sources.data), kept.digest)
        same = kept.lowered is None or content(kept.lowered.data) == unfolded(release)
    except BlobError as error:
        raise ReleaseError(str(error)) from None
    if not same:
        raise ReleaseError("its lowered trees are not what this software makes of its sources: build it again with this version")
    found = {(p.jurisdiction, p.policy.version, p.digest) for p in release.packages.values()}
    if found != {(each.jurisdiction, each.version, each.digest) for each in kept.packages}:
        raise ReleaseError("its statement names other packages than its sources hold")
    return release


def check_signed(note: str, digest: str, keys: Sequence[Key]) -> Statement:
    """What a statement on this release says, if one of the keys signed it. Raises `VerificationError`, which says why of each key.

    With no keys nothing can be proved, and that is refused.
    """
    if not note:
        raise VerificationError("the release carries no signature: it is not signed")
    wrong = [] if keys else ["there is no key to check it with"]
    for key in keys:
        try:
            statement = Statement.parsed(check_note(note, key, "the release"))
        except VerificationError as error:
            wrong.append(str(error))
            continue
        except ReleaseError as error:
            raise VerificationError(str(error)) from None
        if statement.release != digest:
            raise VerificationError(f"what {key.name} signed is the release {statement.release}, not {digest}: sign this one")
        return statement
    raise VerificationError("; ".join(wrong))


def signers(note: str) -> tuple[str, ...]:
    """Who a note says has signed it, unchecked."""
    lines = note.partition("\n\n")[2].splitlines()
    return tuple(line.removeprefix(_DASH).rpartition(" ")[0] for line in lines if line.startswith(_DASH))
