"""Blobs: requests, results and releases as they are stored, under the SHA-256 of just those bytes.

The first byte says how to read the rest. Where a person is to be forgotten later the content is encrypted under a key of its own:
once the key is gone so is the person, while every digest and proof stays valid.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_COMPRESSED, _ENCRYPTED = b"\x01", b"\x02"
_NONCE = 12
_MOST = 256 * 1024 * 1024


class BlobError(Exception):
    """A blob cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes as stored, and their hex SHA-256."""

    data: bytes

    @property
    def digest(self) -> str:
        """The name of the blob."""
        return hashlib.sha256(self.data).hexdigest()


def new_key() -> bytes:
    """A key for the blobs of one entry."""
    return AESGCM.generate_key(bit_length=256)


def stored(content: bytes, key: bytes | None = None) -> Blob:
    """Content as it is stored: compressed, and encrypted where a key is given."""
    packed = zlib.compress(content)
    if key is None:
        return Blob(_COMPRESSED + packed)
    nonce = os.urandom(_NONCE)
    return Blob(_ENCRYPTED + nonce + AESGCM(key).encrypt(nonce, packed, None))


def content(data: bytes, key: bytes | None = None) -> bytes:
    """What a blob holds. Raises `BlobError` where its key is missing or wrong, or the bytes are damaged."""
    form, rest = data[:1], data[1:]
    if form == _ENCRYPTED:
        if key is None:
            raise BlobError("the key of this content has been erased")
        try:
            rest = AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], None)
        except InvalidTag:
            raise BlobError("the content does not fit its key, or is damaged") from None
    elif form != _COMPRESSED:
        raise BlobError(f"the content is stored in the form {form.hex() or 'empty'}, which this software does not know")
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(rest, _MOST)
    except zlib.error:
        raise BlobError("the content is damaged") from None
    if not unpacker.eof:
        raise BlobError("the content is cut off, or too large")
    return found
