"""The tree over the entries of a log: growing it, and what proves an entry or a prefix (RFC 9162, section 2.1).

Roots of complete subtrees never change and are stored as they are completed; everything else follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from licet.ledger.verify import EMPTY_ROOT, node_hash


@dataclass(frozen=True, slots=True)
class Node:
    """The root of a complete subtree: of `2**level` entries, the `index`-th such from the left."""

    level: int
    index: int
    hash: bytes


NodeAt = Callable[[int, int], bytes]
"""The stored root of a complete subtree, by level and index."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """How far a log has come: its size, and the roots of the complete subtrees that make it up, the greatest first."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def grown(self, leaf: bytes) -> tuple[Frontier, tuple[Node, ...]]:
        """One entry more, and the subtrees that are complete with it, the entry itself first."""
        roots, found = list(self.roots), leaf
        nodes = [Node(0, self.size, leaf)]
        level, index = 0, self.size
        while index & 1:
            found = node_hash(roots.pop(), found)
            level, index = level + 1, index >> 1
            nodes.append(Node(level, index, found))
        return Frontier(self.size + 1, (*roots, found)), tuple(nodes)

    @property
    def root(self) -> bytes:
        """The root of the whole tree; of an empty one, the hash of no data."""
        if not self.roots:
            return EMPTY_ROOT
        *rest, found = self.roots
        for root in reversed(rest):
            found = node_hash(root, found)
        return found


def inclusion_proof(index: int, size: int, node_at: NodeAt) -> tuple[bytes, ...]:
    """What proves that an entry stands at `index` in the tree of `size` entries. Raises ValueError where it cannot."""
    if not 0 <= index < size:
        raise ValueError(f"entry {index} does not lie in a tree of {size}")
    return tuple(_root(start, end, node_at) for start, end in _beside(index, 0, size))


def consistency_proof(size1: int, size2: int, node_at: NodeAt) -> tuple[bytes, ...]:
    """What proves that the tree of `size2` entries begins with those of `size1`. Raises ValueError where it cannot."""
    if not 0 < size1 <= size2:
        raise ValueError(f"a tree of {size1} entries is no beginning of one of {size2} that could be proved")
    return tuple(_root(start, end, node_at) for start, end in _around(size1, 0, size2, known=True))


def root_at(size: int, node_at: NodeAt) -> bytes:
    """The root that the tree had when it held `size` entries."""
    return _root(0, size, node_at) if size else EMPTY_ROOT


def _beside(index: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The subtrees beside the way from an entry up to the root."""
    if end - start == 1:
        return
    middle = start + _half(end - start)
    if index < middle:
        yield from _beside(index, start, middle)
        yield middle, end
    else:
        yield from _beside(index, middle, end)
        yield start, middle


def _around(size: int, start: int, end: int, *, known: bool) -> Iterator[tuple[int, int]]:
    """The subtrees of a consistency proof; `known` where the verifier has the root of this one."""
    if size == end:
        if not known:
            yield start, end
        return
    middle = start + _half(end - start)
    if size <= middle:
        yield from _around(size, start, middle, known=known)
        yield middle, end
    else:
        yield from _around(size, middle, end, known=False)
        yield start, middle


def _root(start: int, end: int, node_at: NodeAt) -> bytes:
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node_at(level, start >> level)
    middle = start + _half(width)
    return node_hash(_root(start, middle, node_at), _root(middle, end, node_at))


def _half(width: int) -> int:
    """The greatest power of two below the width."""
    return 1 << (width - 1).bit_length() - 1
