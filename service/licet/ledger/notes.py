"""Checkpoints, signed: C2SP tlog-checkpoint in a C2SP signed note, with Ed25519."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licet.ledger.verify import Checkpoint, Key


@dataclass(frozen=True, eq=False)
class Signer:
    """Signs under a name."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def new(cls, name: str) -> Signer:
        """A signer with a key made just now."""
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, name: str, file: Path) -> Signer:
        """The signer of a PEM file. Raises OSError, and ValueError where it holds no Ed25519 key without password."""
        try:
            private = serialization.load_pem_private_key(file.read_bytes(), password=None)
        except (UnsupportedAlgorithm, TypeError) as error:  # a key of another kind; one under a password
            raise ValueError(f"{file} holds no Ed25519 key: {error}") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError(f"{file} holds no Ed25519 key")  # noqa: TRY004  # it is the file's content that is wrong
        return cls(name, private)

    def pem(self) -> bytes:
        """The private key, to keep."""
        form, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self.private.private_bytes(form, pkcs8, serialization.NoEncryption())

    @property
    def key(self) -> Key:
        """The public key."""
        raw = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return Key(self.name, raw)

    def note(self, text: str) -> str:
        """A text with its signature below. The text ends with a line end."""
        signature = base64.b64encode(self.key.id + self.private.sign(text.encode())).decode()
        return f"{text}\n\u2014 {self.name} {signature}\n"

    def checkpoint(self, checkpoint: Checkpoint) -> str:
        """A checkpoint, signed."""
        root = base64.b64encode(checkpoint.root).decode()
        return self.note(f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n")
