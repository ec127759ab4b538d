"""Whether the stored nodes of a log are those of its entries. Of two that do not fit, the one that nothing bears out is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from licet.ledger.tree import Frontier
from licet.ledger.verify import node_hash

_NOTHING = bytes(32)


@dataclass(frozen=True, slots=True)
class Fault:
    """A thing at fault, by name, and what is wrong with it."""

    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.what}: {self.text}"


@dataclass(frozen=True, slots=True)
class _Subtree:
    """The stored root of a complete subtree, and whether it is the hash of what is stored below it."""

    level: int
    index: int
    hash: bytes
    fits: bool

    @property
    def name(self) -> str:
        return f"node {self.index} of level {self.level}"


class StoredTree:
    """Takes the leaves of a log in order, each with the stored nodes that it completes, and names what does not fit."""

    def __init__(self) -> None:
        self._subtrees: list[_Subtree] = []
        self._size = 0

    @property
    def stored(self) -> Frontier:
        """How far the log has come, by the nodes as they are stored."""
        return Frontier(self._size, tuple(each.hash for each in self._subtrees))

    def add(self, leaf: bytes | None, nodes: Mapping[tuple[int, int], bytes]) -> Iterator[Fault]:
        """The faults of the subtrees that are complete now. `leaf` is the hash of the next entry; None where there is none."""
        here = self._subtree(0, self._size, leaf, nodes)
        if (0, self._size) not in nodes:
            yield Fault(here.name, "it is missing")
        while here.index & 1:
            left = self._subtrees.pop()
            above = self._subtree(here.level + 1, here.index >> 1, node_hash(left.hash, here.hash), nodes)
            if (above.level, above.index) not in nodes:
                yield Fault(above.name, "it is missing")
            for below in (left, here):
                yield from _blamed(below, borne_out=above.fits)
            here = above
        self._subtrees.append(here)
        self._size += 1

    def end(self, head: Sequence[bytes]) -> Iterator[Fault]:
        """The faults that the head of the log shows; it holds the roots of which the tree is made up."""
        if len(head) != len(self._subtrees):
            yield Fault("head", f"it holds {len(head)} subtrees; {self._size} entries make {len(self._subtrees)}")
            return
        for subtree, said in zip(self._subtrees, head, strict=True):
            if subtree.fits and subtree.hash != said:
                yield Fault("head", f"its root of {subtree.name} is not that of the tree")
            yield from _blamed(subtree, borne_out=subtree.hash == said)

    def _subtree(self, level: int, index: int, found: bytes | None, nodes: Mapping[tuple[int, int], bytes]) -> _Subtree:
        stored = nodes.get((level, index), found) or _NOTHING
        return _Subtree(level, index, stored, found is None or stored == found)


def _blamed(subtree: _Subtree, *, borne_out: bool) -> Iterator[Fault]:
    """Whose fault it is that a subtree does not fit: where what is above bears it out, that of what is below, else its own."""
    if subtree.fits:
        return
    if not borne_out:
        yield Fault(subtree.name, "it was changed: it is not the hash of what is below it, nor does the tree above bear it out")
    elif not subtree.level:
        yield Fault(f"entry {subtree.index}", "its leaf was changed: it has another hash than the tree holds")


__all__ = ["Fault", "StoredTree"]
