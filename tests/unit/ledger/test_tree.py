from __future__ import annotations

import base64
import hashlib
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.ledger.tree import Frontier, NodeAt, consistency_proof, inclusion_proof, root_at
from licet.ledger.verify import EMPTY_ROOT, Tree, VerificationError, check_consistency, check_inclusion, leaf_hash, node_hash

# The eight leaves and roots of the test vectors that Certificate Transparency logs share (RFC 6962's reference).
LEAVES: Final = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOT_OF_EIGHT: Final = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def _grown(leaves: list[bytes]) -> tuple[Frontier, NodeAt]:
    frontier, nodes = Frontier(), dict[tuple[int, int], bytes]()
    for leaf in leaves:
        frontier, completed = frontier.grown(leaf_hash(leaf))
        nodes |= {(node.level, node.index): node.hash for node in completed}
    return frontier, lambda level, index: nodes[level, index]


def _defined(leaves: list[bytes]) -> bytes:
    """The root as RFC 9162 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(_defined(leaves[:half]), _defined(leaves[half:]))


def test_the_root_of_the_vectors() -> None:
    """The tree is that of Certificate Transparency."""
    frontier, _ = _grown([bytes.fromhex(leaf) for leaf in LEAVES])
    assert ROOT_OF_EIGHT == frontier.root.hex()
    assert "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=" == base64.b64encode(frontier.root).decode()


@given(size=st.integers(0, 70))
def test_the_root_is_the_defined_one(size: int) -> None:
    """At every size, from the frontier and from the stored nodes alike."""
    leaves = [str(n).encode() for n in range(size)]
    frontier, node_at = _grown(leaves)
    assert (size, _defined(leaves)) == (frontier.size, frontier.root)
    assert _defined(leaves[: size // 2]) == root_at(size // 2, node_at)
    assert size or frontier.root == EMPTY_ROOT


@given(data=st.data(), size=st.integers(1, 70))
def test_proofs_are_accepted_and_changed_ones_refused(data: st.DataObject, size: int) -> None:
    """Each entry and each prefix is proved; a flipped bit in a leaf, a root or a proof is found."""
    leaves = [str(n).encode() for n in range(size)]
    frontier, node_at = _grown(leaves)
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    tree, smaller = Tree(size, frontier.root), Tree(first, root_at(first, node_at))
    inclusion, consistency = list(inclusion_proof(index, size, node_at)), list(consistency_proof(first, size, node_at))
    check_inclusion(index, leaf_hash(leaves[index]), inclusion, tree)
    check_consistency(smaller, tree, consistency)
    flip = data.draw(st.integers(0, 255))
    with pytest.raises(VerificationError):
        check_inclusion(index, _flipped(leaf_hash(leaves[index]), flip), inclusion, tree)
    with pytest.raises(VerificationError):
        check_consistency(smaller, Tree(size, _flipped(frontier.root, flip)), consistency)
    with pytest.raises(VerificationError):
        check_consistency(Tree(first, _flipped(smaller.root, flip)), tree, consistency)
    for changed in _changed(inclusion, flip):
        with pytest.raises(VerificationError):
            check_inclusion(index, leaf_hash(leaves[index]), changed, tree)
    for changed in _changed(consistency, flip):
        with pytest.raises(VerificationError):
            check_consistency(smaller, tree, changed)


def _changed(proof: list[bytes], bit: int) -> list[list[bytes]]:
    """The proof with one of its hashes changed, for each."""
    return [[*proof[:place], _flipped(proof[place], bit), *proof[place + 1 :]] for place in range(len(proof))]


def _flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_what_is_not_there_is_not_proved(index: int, size: int) -> None:
    """No proof is made for an entry outside of the tree."""
    with pytest.raises(ValueError, match="does not lie"):
        inclusion_proof(index, size, lambda *_: b"")


@pytest.mark.parametrize(("size1", "size2"), [(0, 3), (4, 3)])
def test_no_consistency_is_proved_of_nothing(size1: int, size2: int) -> None:
    """An empty tree proves nothing, and no tree grows smaller."""
    with pytest.raises(ValueError, match="no beginning"):
        consistency_proof(size1, size2, lambda *_: b"")
